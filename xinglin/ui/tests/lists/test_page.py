"""P-15, P-21: what the page shows and how it leads on."""

import pytest

from xinglin.organizations.models import Organization
from xinglin.ui.lists import counting, pages
from xinglin.ui.lists.counting import Count
from xinglin.ui.lists.pages import Page
from xinglin.ui.tests.lists import scenes
from xinglin.ui.tests.lists.sample import UnitList

pytestmark = [pytest.mark.django_db, pytest.mark.urls("xinglin.ui.tests.lists.sample")]


@pytest.fixture
def scene(client):
    return scenes.scene(client)


def html(scene, query=""):
    return scene.client.get(f"{scenes.PATH}{query}").content.decode()


@pytest.mark.req("P-15")
def test_a_row_has_its_cells_actions_and_box(scene):
    shown = html(scene, "?name=&kind=province")
    key = scene.viewer.organization_id
    assert f'<a href="/units/{key}/" data-open>' in shown
    assert f'name="pick" value="{key}"' in shown
    assert f'formaction="/units/{key}/delete/" class="xl-bad" data-confirm="真的删除？"' in shown
    assert "更多" in shown
    assert "字数（字）" in shown
    assert 'aria-sort="ascending"' in shown


@pytest.mark.req("P-21")
def test_what_is_off_says_why(scene):
    shown = html(scene)
    assert 'title="窗口已关闭"' in shown
    assert "只有协会可以停用" in shown


@pytest.mark.parametrize("acting", ["all", "some", "none"])
def test_a_column_of_entries_stands_only_where_a_row_has_one(scene, monkeypatch, acting):
    kept = UnitList.row_actions
    has = {
        "all": lambda row: True,
        "some": lambda row: row.pk == scene.viewer.organization_id,
        "none": lambda row: False,
    }
    monkeypatch.setattr(
        UnitList, "row_actions", lambda self, row, viewer: kept(self, row, viewer) if has[acting](row) else ()
    )
    shown = html(scene, "?name=&kind=")
    rows = shown.count("<tr data-key=")
    assert rows > 1
    assert shown.count("xl-fix-r") == (0 if acting == "none" else rows + 1)
    assert ('<th scope="col" class="xl-fix-r">操作</th>' in shown) == (acting != "none")


def test_what_is_not_permitted_is_absent(scene):
    assert "新增" not in html(scene)
    assert "寄送" not in html(scene)


def test_markup_in_values_is_text(scene):
    Organization.unscoped.filter(pk=scene.inside[1]).update(name="<b>坏</b>", code='"><script>')
    shown = html(scene, "?name=%3Cscript%3E%22") + html(scene)
    assert "<b>坏" not in shown
    assert "<script>" not in shown.replace("<script ", "")


def test_a_sensitive_column_is_masked(scene):
    scenes.more_units(scene.viewer, 1)
    shown = html(scene)
    assert "139****0000" in shown
    assert "13900000000" not in shown


def test_missing_values_are_dashes(scene):
    Organization.unscoped.filter(pk=scene.inside[1]).update(code="")
    assert '<span class="xl-3rd">--</span>' in html(scene)


def test_the_list_is_refused_without_the_right(client):
    other = scenes.scene(client, role="resident")
    assert other.client.get(scenes.PATH).status_code == 403


@pytest.mark.req("P-21")
def test_nothing_at_all_names_the_next_step(scene, monkeypatch):
    monkeypatch.setattr(UnitList, "queryset", lambda self, viewer: Organization.objects.visible_to(viewer).none())
    shown = html(scene)
    assert "还没有机构" in shown
    assert 'href="/units/new/"' in shown
    assert "<table" not in shown


@pytest.mark.req("P-21")
def test_nothing_left_names_the_way_back(scene):
    shown = html(scene, "?name=没有这样的")
    assert "没有符合条件的机构" in shown
    assert ">去掉“名称”" in shown
    assert "重置全部条件" in shown


@pytest.mark.req("P-15")
def test_the_condition_that_excludes_most_is_named(scene):
    scenes.more_units(scene.viewer, 5)
    page = scene.client.get(f"{scenes.PATH}?name=云汀第&kind=province").context["page"]
    assert page.relief.condition.filter.label == "类别"
    assert page.relief.count == Count(5, True)
    assert page.relief_link == "?name=%E4%BA%91%E6%B1%80%E7%AC%AC"
    hopeless = html(scene, "?name=没有&year=1999")
    assert ">去掉“" not in hopeless
    assert "没有一条记录同时符合这些条件" in hopeless


def test_counts_are_exact_up_to_the_bound_and_on_demand_beyond(scene, monkeypatch):
    scenes.more_units(scene.viewer, 30)
    monkeypatch.setattr(counting, "BOUND", 20)
    page = scene.client.get(scenes.PATH).context["page"]
    assert page.count == Count(20, False)
    assert page.count.text == "20+"
    assert "数一数" in html(scene)
    assert scene.client.get(f"{scenes.PATH}{page.count_link}").context["page"].count == Count(33, True)


def test_pages_are_numbered_and_sized(scene):
    scenes.more_units(scene.viewer, 60)
    page = scene.client.get(f"{scenes.PATH}?page=2").context["page"]
    assert (page.page.first, page.page.last, page.page.has_next) == (21, 40, True)
    answer = scene.client.post(scenes.PATH, {"do": "size", "size": "50", "state": "?page=3&sort=-name"})
    assert answer["Location"] == f"{scenes.PATH}?sort=-name&size=50"
    assert len(scene.client.get(scenes.PATH).context["page"].page.rows) == 50, "remembered"
    again = scene.client.get(f"{scenes.PATH}?page=2").context["page"].page
    assert again.first == 21, "an address keeps its meaning when the remembered size changes"
    jump = scene.client.post(scenes.PATH, {"do": "page", "page": "2", "state": "?sort=-name"})
    assert jump["Location"] == f"{scenes.PATH}?sort=-name&page=2"
    assert "page=" not in scene.client.post(scenes.PATH, {"do": "page", "page": "二"})["Location"]


def test_far_pages_read_keys_first_and_give_the_same_rows(scene):
    scenes.more_units(scene.viewer, 300)
    near = scene.client.get(f"{scenes.PATH}?size=100&page=3").context["page"].page
    far = scene.client.get(f"{scenes.PATH}?size=20&page=11").context["page"].page
    assert [row.pk for row in far.rows] == [row.pk for row in near.rows[:20]]


def test_beyond_the_numbered_pages_the_list_asks_for_conditions(scene):
    assert "不能直接跳到这一页" in html(scene, "?page=501")
    assert pages.deepest(20) == 500


@pytest.mark.parametrize(
    ("number", "total", "shown"),
    [
        (1, 5, [1]),
        (1, 186, [1, 2, 3, None, 10]),
        (5, 186, [1, None, 4, 5, 6, None, 10]),
        (10, 186, [1, None, 9, 10]),
        (1, 0, [1]),
    ],
)
def test_the_pager_leaves_gaps(number, total, shown):
    assert pages.numbers(Page([], number, 20), Count(total, True)) == shown


def test_unfolding_works_without_scripts_and_shows_hidden_conditions(scene):
    assert scene.client.get(scenes.PATH).context["page"].bar_open is False
    assert scene.client.get(f"{scenes.PATH}?more=1").context["page"].bar_open is True
    assert scene.client.get(f"{scenes.PATH}?year=2026").context["page"].bar_open is True


def test_what_is_folded_on_a_phone_is_counted_and_can_be_taken_off(scene):
    shown = html(scene, "?kind=hospital&year=2026")
    shut = shown.partition('class="xl-bar-shut"')[2].partition('id="xl-filter"')[0]
    assert "筛选" in shut
    assert ">2<" in shut
    assert "年份：2026" in shut
    assert 'href="?year=2026"' in shut
    assert "xl-count" not in html(scene).partition('class="xl-bar-shut"')[2].partition('id="xl-filter"')[0]


def test_several_values_are_boxes_that_stay_ticked(scene):
    shown = html(scene, "?kinds=hospital&kinds=province")
    assert 'aria-label="多个类别：已选 2 项"' in shown
    assert 'name="kinds" value="hospital" checked>' in shown
    assert 'name="kinds" value="association">' in shown
    answer = scene.client.post(scenes.PATH, {"do": "filter", "kinds": ["hospital", "province"], "name": ""})
    assert answer["Location"] == f"{scenes.PATH}?kinds=hospital&kinds=province"


def test_a_condition_in_force_is_marked(scene):
    shown = html(scene, "?name=a&kind=hospital&created_from=2026-01-01")
    assert shown.count(" xl-on") == 4
    assert '<option value="hospital" selected>' in shown
    assert 'value="2026-01-01"' in shown
