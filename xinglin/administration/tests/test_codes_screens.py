"""代码表 on the screen: lists, changes with their refusals, editions; every form sees a change at once (P-10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from xinglin.accounts.tests.factories import make_staff, make_tree, sign_in, viewer_of
from xinglin.administration.tables.codes import ENTRY_LISTS, CodeEntries, CodeTables, keeper
from xinglin.dictionaries import actions, selectors
from xinglin.dictionaries.amendments import Wanted
from xinglin.dictionaries.models import CodeEdition, CodeEntry, CodeTable
from xinglin.exports.testing import ExportedListContract
from xinglin.kernel import clock
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.lists.testing import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-10")]


@pytest.fixture(autouse=True)
def _fresh() -> Any:
    selectors.forget()
    yield
    selectors.forget()


@pytest.fixture
def tree() -> Any:
    return make_tree()


@pytest.fixture
def keeper_client(tree: Any) -> Client:
    return sign_in(Client(), make_staff("association_admin", tree.association))


@pytest.fixture
def base_client(tree: Any) -> Client:
    return sign_in(Client(), make_staff("base_admin", tree.base))


def place(name: str, *args: Any) -> str:
    return reverse(f"administration:{name}", args=args)


def given(**over: Any) -> dict[str, Any]:
    return {"effective_from": clock.today().isoformat(), "source": "试验文件 1 号", "note": "核对原文"} | over


class TestTables(ExportedListContract):
    spec, path = CodeTables, "/administration/codes/"

    @pytest.fixture
    def scene(self, tree: Any) -> Scene:
        user = make_staff("base_admin", tree.base)
        keys = list(CodeTable.objects.values_list("pk", flat=True)[:4])
        return Scene(sign_in(Client(), user), viewer_of(user), keys, [])


class TestEntries(ExportedListContract):
    spec: type[ListSpec] = ENTRY_LISTS["specialty"]
    path = "/administration/codes/specialty/"

    @pytest.fixture
    def scene(self, tree: Any) -> Scene:
        user = make_staff("association_admin", tree.association)
        mine = list(CodeEntry.objects.filter(table__key="specialty").values_list("pk", flat=True)[:5])
        other = list(CodeEntry.objects.filter(table__key="sex").values_list("pk", flat=True))
        return Scene(sign_in(Client(), user), viewer_of(user), mine, other)


def test_every_table_of_the_product_has_its_list():
    assert set(ENTRY_LISTS) == set(CodeTable.objects.values_list("key", flat=True))
    assert len({spec.name for spec in ENTRY_LISTS.values()}) == len(ENTRY_LISTS)
    assert all(issubclass(spec, CodeEntries) for spec in ENTRY_LISTS.values())


@pytest.mark.parametrize("key", ["ethnic_group", "division", "specialty", "sex"])
def test_a_desk_reads_a_table_with_its_source(base_client, key):
    page = base_client.get(place("code-table", key))
    table = CodeTable.objects.get(key=key)
    assert page.status_code == 200 and table.source in page.text and table.edition in page.text
    assert place("code-editions", key) in page.text
    assert "更正名称" not in page.text and place("code-add", key) not in page.text
    editions = base_client.get(place("code-editions", key))
    assert editions.status_code == 200 and "没有改过" in editions.text and "代码只停用，不删除" in editions.text


@pytest.mark.parametrize(
    ("words", "found", "not_found"),
    [
        ("label=骨", "骨科", "内科"),
        ("label=nk", "内科", "骨科"),
        ("label=neike", "内科", "骨科"),
        ("code=14", "骨科", "内科"),
        ("state=retired", "预防医学科", "骨科"),
        ("state=in_force", "骨科", "预防医学科"),
        ("parent=03", "还没有", "骨科"),
    ],
)
def test_searching(keeper_client, words, found, not_found):
    page = keeper_client.get(f"{place('code-table', 'specialty')}?{words}")
    shown = [row.label for row in page.context["page"].page.rows]
    assert not_found not in shown
    assert found in shown or (found == "还没有" and not shown)


def test_who_keeps_a_table_is_said():
    said = {key: keeper(CodeTable.objects.get(key=key)) for key in ("sex", "ethnic_group", "practice_scope")}
    assert said == {"sex": "随产品更新", "ethnic_group": "国家标准或行业标准", "practice_scope": "自编代码"}


def test_adding_renaming_retiring_restoring(keeper_client):
    page = keeper_client.get(place("code-add", "ethnic_group"))
    assert "上级代码" not in page.text and "属性与哪一个相同" not in page.text
    answer = keeper_client.post(place("code-add", "ethnic_group"), given(code="60", label="示例族"), follow=True)
    assert "已新增代码 60 示例族" in answer.text
    rename = place("code-rename", "ethnic_group", "60")
    assert 'value="示例族"' in keeper_client.get(rename).text
    answer = keeper_client.post(rename, given(label="样板族", seen="示例族"), follow=True)
    assert "已改为“样板族”" in answer.text
    retire = place("code-retire", "ethnic_group", "60")
    assert "停用后不能再选" in keeper_client.get(retire).text
    answer = keeper_client.post(retire, given(), follow=True)
    assert "起停用" in answer.text and selectors.code_for("ethnic_group", "60") is None
    restore = place("code-restore", "ethnic_group", "60")
    assert "起停用" in keeper_client.get(restore).text
    assert "已恢复使用" in keeper_client.post(restore, given(), follow=True).text
    page = keeper_client.get(place("code-editions", "ethnic_group")).text
    for word in (
        "第 4 版",
        "恢复使用",
        "停用代码",
        "更正名称",
        "新增代码",
        "试验文件 1 号",
        "示例族 → 样板族",
        "核对原文",
    ):
        assert word in page


@pytest.mark.parametrize(
    ("name", "args", "over", "said"),
    [
        ("code-add", ("ethnic_group",), {"code": "01", "label": "新"}, "已经是“汉族”"),
        ("code-add", ("ethnic_group",), {"code": "60", "label": "汉族"}, "重名"),
        ("code-add", ("ethnic_group",), {"code": "60", "label": "新族", "source": ""}, "这个字段是必填项"),
        (
            "code-add",
            ("ethnic_group",),
            {"code": "60", "label": "新族", "effective_from": "2020-01-01"},
            "不能早于今天",
        ),
        ("code-add", ("specialty",), {"code": "60", "label": "新专科"}, "属性与哪一个相同"),
        ("code-rename", ("ethnic_group", "01"), {"label": "汉族", "short_label": "汉"}, "没有改动"),
        ("code-rename", ("ethnic_group", "01"), {"label": "汉人", "seen": "别的"}, "刚刚被改为"),
        ("code-retire", ("ethnic_group", "01"), {"note": ""}, "停用的理由"),
        ("code-retire", ("sex", "1"), {}, "只随产品更新"),
        ("code-restore", ("ethnic_group", "01"), {}, "没有停用"),
        ("code-edition-new", ("ethnic_group",), {"name": "1991"}, "现在就是 1991 版"),
    ],
)
def test_a_refusal_stands_at_its_field_and_loses_nothing(keeper_client, name, args, over, said):
    answer = keeper_client.post(place(name, *args), given(**over))
    assert answer.status_code in {409, 422} and said in answer.text
    if answer.status_code == 422:
        assert (over.get("label", "") in answer.text and "核对原文" in answer.text) or "note" in over
    assert not CodeEdition.objects.exists()


def test_unknown_tables_codes_and_editions_are_not_found(keeper_client):
    for address in (
        place("code-table", "weather"), place("code-editions", "weather"), place("code-add", "weather"),
        place("code-rename", "ethnic_group", "zz"), place("code-edition", "ethnic_group", 10**9),
    ):  # fmt: skip
        assert keeper_client.get(address).status_code == 404


def test_a_built_in_table_says_why_its_buttons_are_off(keeper_client):
    page = keeper_client.get(place("code-table", "sex")).text
    assert "只随产品更新" in page and f'href="{place("code-add", "sex")}"' not in page
    assert "只随产品更新" in keeper_client.get(place("code-retire", "sex", "1")).text


def test_the_way_of_a_new_edition(keeper_client, tree):
    key = "foreign_language_level"
    new = place("code-edition-new", key)
    answer = keeper_client.post(new, given(name="2027 年修订", retire_missing="on"), follow=True)
    draft = CodeEdition.objects.get()
    assert answer.redirect_chain[-1][0] == place("code-edition", key, draft.pk)
    assert "草稿还是空的" in answer.text and reverse("imports:start", args=["code-table"]) in answer.text
    assert keeper_client.get(reverse("imports:start", args=["code-table"])).status_code == 200
    by = viewer_of(make_staff("association_admin", tree.association))
    rows = [row for row in CodeEntry.objects.filter(table__key=key) if row.code != "tem4"]
    wanted = [Wanted(row.code, "四级新名" if row.code == "cet4" else row.label) for row in rows]
    actions.collect(draft.pk, [*wanted, Wanted("new1", "新等级")], by=by)
    page = keeper_client.get(place("code-edition", key, draft.pk))
    for word in ("新增 1，改名 1，停用 1", "新等级", "四级新名", "大学英语四级", "英语专业四级"):
        assert word in page.text
    assert "有一个新版本没有发布" in keeper_client.get(place("code-editions", key)).text
    publish = place("code-edition-publish", key, draft.pk)
    assert keeper_client.post(publish, {"seen": "x"}).status_code == 409
    answer = keeper_client.post(publish, {"seen": page.context["seen"]}, follow=True)
    assert "2027 年修订 版已发布" in answer.text and selectors.label(key, "cet4") == "四级新名"
    assert "新增 1，改名 1，停用 1" in keeper_client.get(place("code-edition", key, draft.pk)).text


def test_a_draft_is_given_up(keeper_client):
    keeper_client.post(place("code-edition-new", "ethnic_group"), given(name="2027"))
    draft = CodeEdition.objects.get()
    empty = keeper_client.post(place("code-edition-publish", "ethnic_group", draft.pk), {"seen": ""})
    assert empty.status_code in {409, 422}
    answer = keeper_client.post(place("code-edition-drop", "ethnic_group", draft.pk), follow=True)
    assert "草稿已放弃，民族没有变化" in answer.text


def test_a_scheduled_change_is_said_in_the_list(keeper_client):
    later = clock.today() + timedelta(days=30)
    keeper_client.post(place("code-retire", "ethnic_group", "02"), given(effective_from=later.isoformat()))
    keeper_client.post(
        place("code-add", "ethnic_group"), given(code="60", label="示例族", effective_from=later.isoformat())
    )
    page = keeper_client.get(place("code-table", "ethnic_group") + "?code=02").text
    assert f"到 {later} 为止" in page and "恢复使用" in page
    assert "未启用" in keeper_client.get(place("code-table", "ethnic_group") + "?state=coming").text


def test_a_browser_keeps_a_level_of_a_table_until_the_table_changes(base_client, keeper_client, settings):
    settings.DICTIONARY_POLL_SECONDS = 0
    address = reverse("ui:codes", args=["ethnic_group"])
    first = base_client.get(address)
    assert first["Cache-Control"] == "no-cache"
    assert base_client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    keeper_client.post(place("code-add", "ethnic_group"), given(code="60", label="示例族"))
    again = base_client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200 and ["60", "示例族"] in again.json()["codes"]
    assert base_client.get(reverse("ui:codes", args=["weather"])).status_code == 404
