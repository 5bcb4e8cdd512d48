"""Lists of residents: columns, filters and buttons in the manual's words and order; the change record in its subtree (R-02, R-09, R-16)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import Http404

from xinglin.accounts.tests.factories import make_staff, viewer_of
from xinglin.kernel.viewer import Viewer
from xinglin.people.actions import save_section
from xinglin.people.selectors import id_number_hash, last6_hash
from xinglin.residents.actions.deleting import delete
from xinglin.residents.actions.training import save_training
from xinglin.residents.models import Enrollment
from xinglin.residents.selectors.changes import (
    person_hash_filter,
    person_name_filter,
    province_names,
    resident_change,
    resident_changes,
)
from xinglin.residents.tables.accounts import AccountsList
from xinglin.residents.tables.changes import ChangesList
from xinglin.residents.tables.intake import IntakeList, IntakeOverview
from xinglin.residents.tables.past import PastList
from xinglin.ui.lists.preferences import Preference, shown_columns

from . import factories, stages
from .signed_in import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-02", "R-16")]

FIFTEEN = [
    "招收年份", "培训专业", "姓名", "证件号码", "人员类型", "应届/往届", "医师资格考试", "学历", "学位", "学位类型",
    "核定培训年限", "上报状态", "审核状态", "农村订单定向免费医学毕业生", "西部支援行动住院医师",
]  # fmt: skip
SHOWN = {
    IntakeList: ["姓名", "基本信息退回情况", "基地上报状态", "省审核状态", "招收年份", "培训专业", "性别", "证件类型",
                 "证件号码", "手机号", "人员类型"],
    IntakeOverview: ["姓名", "省份", "培训基地", "基本信息退回情况", "基地上报状态", "省审核状态", "招收年份", "培训专业",
                     "性别", "证件类型", "证件号码", "手机号", "人员类型"],
    PastList: ["姓名", "上报状态", "上报时间", "审核状态", "招收年份", "省份", "培训专业", "性别", "证件类型", "证件号码",
               "手机号", "人员类型", "培训基地"],
    ChangesList: ["序号", "省份", "培训基地", "培训专业", "培训状态", "姓名", "证件号", "更新类型", "更新时间", "更新人",
                  "更新字段"],
    AccountsList: ["姓名", "证件号（账号）", "手机号", "账户状态"],
}  # fmt: skip
FILTERS = {
    ChangesList: ["培训专业", "更新类型", "证件号", "姓名", "更新时间"],
    AccountsList: ["姓名", "证件号（账号）", "账户状态"],
}


@pytest.fixture
def world() -> factories.World:
    return factories.make_world()


def labels(parts: Any) -> list[str]:
    return [part.label for part in parts]


@pytest.mark.req("R-09", "R-17")
@pytest.mark.parametrize("spec", SHOWN, ids=lambda spec: spec.name)
def test_the_columns_that_stand_without_being_chosen(spec: Any) -> None:
    assert labels(column for column in spec.columns if column.default_on) == SHOWN[spec]
    assert len(set(labels(spec.columns))) == len(spec.columns) == len({column.name for column in spec.columns})
    assert [column.label for column in spec.columns if column.always] == ["姓名"]


@pytest.mark.req("R-09")
def test_the_manuals_filters_stand_in_the_manuals_order() -> None:
    assert labels(IntakeList.filters)[:15] == FIFTEEN
    assert [label for label in labels(IntakeOverview.filters) if label in FIFTEEN] == FIFTEEN
    assert labels(PastList.filters)[:15] == FIFTEEN
    assert {"省份", "培训基地"} <= set(labels(IntakeOverview.filters)) & set(labels(PastList.filters))
    for spec, wanted in FILTERS.items():
        assert labels(spec.filters) == wanted


def readers(world: factories.World) -> dict[str, Viewer]:
    ministry = viewer_of(make_staff("ministry_reader", world.tree.ministry))
    admin = viewer_of(make_staff("province_admin", world.tree.province))
    return {
        "base": world.base, "province": world.province, "association": world.association, "ministry": ministry,
        "province admin": admin,
    }  # fmt: skip


@pytest.mark.req("R-08", "R-21", "P-21")
def test_the_verbs_of_each_reader(world: factories.World) -> None:
    base, above = IntakeList(), IntakeOverview()
    assert labels(base.batch_actions(world.base)) == ["基本信息退回", "撤回上报", "上报 {n} 项"]
    assert all(not action.reason for action in base.batch_actions(world.base))
    tools = [tool.label for pair in base.toolbar(world.base) for tool in pair]  # type: ignore[union-attr]
    assert tools == ["住院医师账号导入", "账号模板下载", "培训信息导入", "培训信息模板下载"]
    for name, viewer in readers(world).items():
        wanted = ["退回 {n} 项", "审核通过 {n} 项"] if name == "province" else []
        assert labels(above.batch_actions(viewer)) == wanted, name
        assert labels(above.head_tools(viewer)) == ["历史招录信息查询"]


@pytest.mark.req("R-21")
def test_only_what_waits_can_be_reviewed_from_the_list(world: factories.World) -> None:
    rows = {stage: stages.make(world, stage).pk for stage in ("imported", "ready", "pending", "returned", "approved")}
    spec = IntakeOverview()
    for name, viewer in readers(world).items():
        found = {row.pk: labels(spec.row_actions(row, viewer)) for row in spec.queryset(viewer)}
        assert set(found) == set(rows.values())
        assert {pk for pk, acts in found.items() if acts} == ({rows["pending"]} if name == "province" else set())


@pytest.mark.req("R-04", "P-21")
def test_the_bases_row_buttons_say_why_they_are_off(world: factories.World) -> None:
    off = {"imported": set(), "pending": {"删除"}, "returned": set(), "approved": {"编辑", "删除"}}  # type: dict[str, set[str]]
    rows = {stages.make(world, stage).pk: stage for stage in off}
    spec = IntakeList()
    found = list(spec.queryset(world.base))
    spec.prepare_screen(found, world.base)
    for row in found:
        actions = {action.label: action.reason for action in spec.row_actions(row, world.base)}
        assert list(actions) == ["编辑", "删除"]
        assert {label for label, reason in actions.items() if reason} == off[rows[row.pk]], rows[row.pk]
        assert spec.row_label(row) == row.person.name and spec.row_url(row, world.base) == f"/residents/{row.pk}/"


@pytest.mark.req("P-03", "P-07")
def test_each_list_shows_its_subtree_only(world: factories.World) -> None:
    mine = stages.make(world, "approved")
    theirs = factories.make_enrollments(world, base=world.tree.sibling, by=world.sibling)[0]
    for spec in (IntakeOverview(), PastList(), ChangesList(), AccountsList()):
        assert spec.queryset(world.base).exists(), spec.name
        assert not spec.queryset(world.other_province).exists(), spec.name
    seen = {
        "base": {mine.person_id}, "sibling": {theirs.person_id}, "province": {mine.person_id, theirs.person_id},
    }  # fmt: skip
    for name, people in seen.items():
        viewer = getattr(world, name)
        assert set(resident_changes(viewer).values_list("person_id", flat=True)) == people, name
        assert set(IntakeOverview().queryset(viewer).values_list("person_id", flat=True)) == people, name


def test_every_save_is_a_line_and_looking_is_none(world: factories.World) -> None:
    row = factories.make_enrollments(world)[0]
    resident = factories.resident_viewer(row)

    def types() -> list[str]:
        return list(resident_changes(world.base).values_list("update_type", flat=True))

    assert types() == ["created"]
    save_section("basic_info", {"basic_info.address": "澜江市"}, by=resident)
    save_section("basic_info", {"basic_info.address": "澜江市"}, by=resident)
    assert len(types()) == 2, "a save that changes nothing is no update"
    save_training(row.pk, {"approved_years": 2}, by=world.base)
    assert len(types()) == 3
    client = client_of(world.base)
    assert client.get(f"/residents/{row.pk}/").status_code == client.post(f"/residents/{row.pk}/numbers/").status_code
    assert len(types()) == 3
    delete([row.pk], by=world.base)
    assert types()[0] == "deleted" and len(types()) == 4


@pytest.mark.req("P-19")
def test_people_are_found_by_name_and_by_the_hash_of_the_number(world: factories.World) -> None:
    one, two = factories.make_enrollments(world, 2)
    Person = type(one.person)
    Person.unscoped.filter(pk=one.person_id).update(name="江若溪")
    Person.unscoped.filter(pk=two.person_id).update(name="沈明澈")
    rows, number = resident_changes(world.base), one.person.id_number

    def people(found: Any) -> set[int]:
        return set(found.values_list("person_id", flat=True))

    assert people(person_name_filter(rows, "若溪", world.base)) == {one.person_id}
    assert people(person_name_filter(rows, "无此人", world.base)) == set()
    assert people(person_hash_filter(rows, ("hash", [id_number_hash(number)]), world.base)) == {one.person_id}
    assert people(person_hash_filter(rows, ("last6", [last6_hash(number)]), world.base)) >= {one.person_id}
    assert people(person_hash_filter(rows, ("hash", []), world.base)) == set()
    foreign = resident_changes(world.sibling)
    assert people(person_hash_filter(foreign, ("hash", [id_number_hash(number)]), world.sibling)) == set()
    assert people(person_name_filter(foreign, "若溪", world.sibling)) == set()


def test_one_change_opens_in_scope_only(world: factories.World) -> None:
    row = factories.make_enrollments(world)[0]
    save_training(row.pk, {"approved_years": 2}, by=world.base)
    entry = resident_changes(world.base).first()
    assert entry is not None
    for viewer in readers(world).values():
        assert resident_change(viewer, entry.pk).pk == entry.pk
    for stranger in (world.sibling, world.other_province):
        with pytest.raises(Http404):
            resident_change(stranger, entry.pk)
        assert client_of(stranger).get(f"/residents/changes/{entry.pk}/").status_code == 404
    with pytest.raises(Http404):
        resident_change(world.base, 0)
    page = client_of(world.base).get(f"/residents/changes/{entry.pk}/").text
    assert "核定培训年限" in page and row.person.id_number not in page


def test_a_line_names_at_most_three_fields_and_the_export_all(world: factories.World) -> None:
    row = factories.make_enrollments(world)[0]
    save_training(row.pk, factories.training(), by=world.base)
    save_training(row.pk, {"approved_years": 2, "ends_on": None}, by=world.base)
    spec = ChangesList()
    rows = list(spec.queryset(world.base))[:2]
    spec.prepare(rows, world.base)
    column = next(column for column in spec.columns if column.name == "what")
    drawn = [str(column.cell(found, world.base)) for found in rows]  # type: ignore[misc]
    few, many = (re.sub("<[^>]+>", "", html) for html in drawn)
    assert "核定培训年限" in few and " 等 " not in few
    size = len(rows[1].opened.changes)
    assert many.endswith(f" 等 {size} 项") and many.count("、") == 2
    assert f">等 {size} 项<" in drawn[1].partition('class="xl-brief"')[2], "the number is not cut off with the labels"
    assert shown_columns(spec, Preference())[0].label == "姓名", "who it was stands first also on a phone"
    told = column.value(rows[1])  # type: ignore[operator]
    assert told.count(" → ") == size and "核定培训年限：-- → 3" in told
    assert rows[0].province_short == province_names()[rows[0].province_id]
    assert spec.row_label(rows[0]) == f"{row.person.name} 修改"


@pytest.mark.req("R-09")
def test_the_past_keeps_the_name_and_number_of_its_day(world: factories.World) -> None:
    row = stages.make(world, "approved")
    name = row.person.name
    type(row.person).unscoped.filter(pk=row.person_id).update(name="江若溪")
    spec = PastList()
    for viewer in readers(world).values():
        rows = list(spec.queryset(viewer))
        spec.prepare(rows, viewer)
        assert [spec.row_label(found) for found in rows] == [name]
        assert rows[0].snapshot["basic_info.id_number"] == row.person.id_number
    assert not spec.queryset(world.sibling).exists()
    assert labels(spec.head_tools(world.base)) == ["返回"]
    waiting = stages.make(world, "pending")
    assert Enrollment.unscoped.filter(pk=waiting.pk).exists()
    assert spec.queryset(world.base).count() == 1, "what is not decided is not yet past"
