"""The record's page: who sees it, what it says, whose turn it is; full numbers; deletion; change records."""

import pytest
from django.urls import reverse

from xinglin.history.models import HistoryEntry
from xinglin.people.actions import save_section
from xinglin.residents.actions.correcting import return_personal
from xinglin.residents.actions.personal import save_personal
from xinglin.residents.actions.training import save_training
from xinglin.residents.models import Enrollment
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.reviews import actions as reviews

from . import factories
from .signed_in import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return factories.make_world()


@pytest.fixture
def ready(world):
    enrollment = factories.make_enrollments(world)[0]
    factories.complete(enrollment, world)
    return enrollment


def url(name, enrollment):
    return reverse(f"residents:{name}", args=[enrollment.pk])


def read(viewer, enrollment, query=""):
    answer = client_of(viewer).get(url("detail", enrollment) + query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.req("R-06")
@pytest.mark.parametrize(
    "tab", ["basic_info", "education", "qualifications", "training_info", "training_status", "nonsense"]
)
def test_every_tab_opens_for_base_and_province(world, ready, tab):
    for viewer in (world.base, world.province, world.association):
        html = read(viewer, ready, f"?tab={tab}")
        for word in ("基本信息", "学习经历", "证书信息", "培训信息", "培训状态"):
            assert word in html


@pytest.mark.req("R-06")
def test_values_of_a_tab_are_shown_in_words(world, ready):
    html = read(world.base, ready, "?tab=education")
    assert "澜江大学" in html
    assert "临床医学" in html
    assert "未填：专科、硕士、博士" in html


@pytest.mark.req("P-07")
def test_foreign_ones_see_nothing(world, ready):
    for viewer in (world.sibling, world.other_province):
        for name in ("detail", "difference"):
            assert client_of(viewer).get(url(name, ready)).status_code == 404
    for name in ("training", "return", "delete"):
        assert client_of(world.sibling).get(url(name, ready)).status_code == 404
        assert client_of(world.province).get(url(name, ready)).status_code == 403


@pytest.mark.req("P-19", "P-22")
def test_full_numbers_are_shown_once_by_a_recorded_post(world, ready):
    person = ready.person
    assert person.id_number not in read(world.base, ready)
    client = client_of(world.base)
    assert client.get(url("reveal", ready)).status_code == 405
    answer = client.post(url("reveal", ready))
    assert person.id_number in answer.content.decode()
    assert person.phone in answer.content.decode()
    assert person.id_number not in client.get(url("detail", ready)).content.decode()
    entry = HistoryEntry.unscoped.get(verb="view.identity")
    assert (entry.actor_name, entry.subject_id) == (world.base.user_name, str(ready.pk))
    assert "近 30 天被查看 1 次" in client.get(url("detail", ready)).content.decode()


@pytest.mark.req("P-19")
def test_a_script_gets_the_numbers_alone_and_others_nothing(world, ready):
    answer = client_of(world.base).post(url("reveal", ready), headers={"HX-Request": "true"})
    assert ready.person.id_number in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert client_of(world.association).post(url("reveal", ready)).status_code == 403
    assert client_of(world.sibling).post(url("reveal", ready)).status_code == 404
    assert HistoryEntry.unscoped.filter(verb="view.identity").count() == 1


@pytest.mark.req("P-21")
def test_the_next_step_follows_the_holder(world):
    enrollment = factories.make_enrollments(world)[0]
    html = read(world.base, enrollment)
    assert "补培训信息" in html
    assert "还没有填写" in html
    factories.complete(enrollment, world)
    assert (
        'type="submit"><svg class="xl-i" aria-hidden="true"><use href="/static/xinglin/icons.svg#i-send"></use></svg>上报'
        in read(world.base, enrollment)
    )
    reviews.report(RECRUITMENT, [enrollment.pk], by=world.base)
    assert "撤回上报" in read(world.base, enrollment)
    assert reverse("review:record", args=[enrollment.pk]) in read(world.province, enrollment)
    reviews.approve(RECRUITMENT, [enrollment.pk], by=world.province)
    html = read(world.base, enrollment)
    assert "审核通过" in html
    assert "撤回上报" not in html


@pytest.mark.req("R-08")
def test_what_is_missing_is_listed_by_who_mends_it(world):
    enrollment = factories.make_enrollments(world)[0]
    save_section("basic_info", {"basic_info.email": "a@example.com"}, by=factories.resident_viewer(enrollment))
    html = read(world.base, enrollment)
    assert "缺“民族”" in html
    assert "缺“培训专业”" in html
    assert "学习经历至少填一个学历" in html
    assert f"{url('return', enrollment)}?missing=1" in html


@pytest.mark.req("R-21", "R-07")
def test_a_provinces_return_and_what_changed_since_stand_on_the_page(world, ready):
    reviews.report(RECRUITMENT, [ready.pk], by=world.base)
    reviews.return_(RECRUITMENT, [ready.pk], comment="年限不对", by=world.province)
    save_training(ready.pk, {"approved_years": 2, "ends_on": None}, by=world.base)
    html = read(world.base, ready, "?tab=training_info&changed=1")
    assert "“年限不对”" in html
    assert "<s>3</s>" in html
    assert "重新上报" in html
    assert "协同单位" not in html.partition('class="xl-dl"')[2].partition("</dl>")[0]


@pytest.mark.req("R-16")
def test_the_history_panel_tells_and_filters(world, ready):
    reviews.report(RECRUITMENT, [ready.pk], by=world.base)
    assert "填写培训信息" in read(world.base, ready)
    flow = read(world.base, ready, "?log=flow")
    assert "账号导入" in flow
    assert "填写培训信息" not in flow
    assert 'id="log-t"' not in read(world.base, ready, "?log=off")


@pytest.mark.req("R-16", "P-19")
def test_changed_phones_are_masked_in_the_history(world, ready):
    new = "19000000007"
    save_personal("basic_info", {"basic_info.phone": new}, by=factories.resident_viewer(ready))
    html = read(world.base, ready, "?log=changed")
    assert new not in html
    assert "190****0007" in html


@pytest.mark.req("R-16")
def test_a_change_is_shown_field_by_field(world, ready):
    save_training(ready.pk, {"approved_years": 2, "ends_on": None}, by=world.base)
    entry = HistoryEntry.unscoped.filter(verb="enrollment.training").order_by("-id").first()
    answer = client_of(world.base).get(reverse("residents:change", args=[entry.pk]))
    html = answer.content.decode()
    assert "核定培训年限" in html
    assert '<td data-when="更新前"><del>3</del>' in html
    assert '<td class="new" data-when="更新后"><ins>2</ins>' in html
    assert client_of(world.sibling).get(reverse("residents:change", args=[entry.pk])).status_code == 404


@pytest.mark.req("R-04")
def test_deleting_asks_first_and_leaves_the_history(world, ready):
    client = client_of(world.base)
    assert "删除" in client.get(url("delete", ready)).content.decode()
    assert Enrollment.unscoped.filter(pk=ready.pk).exists()
    answer = client.post(url("delete", ready), follow=True)
    assert f"已删除{ready.person.name}" in answer.content.decode()
    assert not Enrollment.unscoped.filter(pk=ready.pk).exists()
    assert "删除" in client.get("/residents/changes/?update_type=deleted").content.decode()


@pytest.mark.req("R-04", "P-21")
def test_a_pending_record_is_not_deleted_and_the_page_says_why(world, ready):
    reviews.report(RECRUITMENT, [ready.pk], by=world.base)
    client = client_of(world.base)
    assert "请先撤回上报" in client.get(url("delete", ready)).content.decode()
    answer = client.post(url("delete", ready))
    assert answer.status_code == 422
    assert Enrollment.unscoped.filter(pk=ready.pk).exists()


@pytest.mark.req("P-22")
def test_reading_writes_nothing(world, ready):
    return_personal([ready.pk], comment="请核对", by=world.base)
    before = HistoryEntry.unscoped.count()
    stamps = Enrollment.unscoped.values_list("updated_at", flat=True).get(pk=ready.pk)
    for name in ("detail", "difference", "training", "return", "delete"):
        assert client_of(world.base).get(url(name, ready)).status_code == 200
    assert HistoryEntry.unscoped.count() == before
    assert Enrollment.unscoped.values_list("updated_at", flat=True).get(pk=ready.pk) == stamps
