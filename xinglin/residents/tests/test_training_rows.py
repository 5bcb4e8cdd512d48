"""Training import row by row: every refusal of R-05 with its words, what a blank keeps, capacity said once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from xinglin.accounts.tests.factories import make_staff, viewer_of
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock, uscc
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import SpecialtyBase
from xinglin.residents.actions.lapsing import lapse_due
from xinglin.residents.actions.training import save_many, save_training, with_derived_end
from xinglin.residents.import_specs import TRAINING
from xinglin.residents.import_specs.training import duplicated, specialty_choices
from xinglin.residents.models import Enrollment, RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.selectors.capacity import capacity_warning, own_specialties
from xinglin.reviews import actions as reviews

from . import factories
from .bench import Line, applied, errors, judged, warnings

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-05")]
YEAR = clock.today().year
SURGERY = "0900"
EMPLOYER = {"工作单位名称": "澜江医院", "工作单位统一社会信用代码": uscc.synthetic("320199", 77)}


@pytest.fixture
def world() -> factories.World:
    return factories.make_world()


def of(enrollment: Enrollment, **over: str) -> Line:
    cells = {
        "姓名": enrollment.person.name,
        "证件类型": "居民身份证",
        "证件号码": enrollment.person.id_number,
        "培养类型": "国家计划培养",
        "人员类型": "面向社会招收住院医师",
        "其他人员": "",
        "工作单位名称": "",
        "工作单位统一社会信用代码": "",
        "是否军队医院": "否",
        "应届/往届": "应届",
        "是否为农村订单定向免费医学毕业生": "否",
        "是否为西部支援行动住院医师": "否",
        "培训所在行政区划": "110101",
        "培训专业": "内科",
        "核定培训年限": "3",
        "培训开始日期": f"{YEAR}-09-01",
        "计划结束日期": "",
        "计划结束日期改动原因": "",
    }
    return cells | over


REFUSALS: list[tuple[Line, list[tuple[str, str]]]] = [
    *(({label: ""}, [(name, "没有填写")]) for label, name in (
        ("培养类型", "funding_plan"), ("人员类型", "personnel_type"), ("是否军队医院", "military_hospital"),
        ("应届/往届", "graduate_cohort"), ("是否为农村订单定向免费医学毕业生", "rural_oriented"),
        ("是否为西部支援行动住院医师", "west_china_support"), ("培训所在行政区划", "training_division"),
        ("培训专业", "specialty"), ("核定培训年限", "approved_years"), ("培训开始日期", "starts_on"),
    )),
    ({"证件号码": ""}, [("id_number", "没有填写")]),
    ({"姓名": "沈另一人"}, [("name", "姓名与该证件号码在系统里登记的姓名不同，请核对证件")]),
    ({"证件类型": "外籍护照", "证件号码": "E12345678"}, [("id_number", "本基地没有这位住院医师")]),
    ({"人员类型": "本单位住院医师"}, [("employer_name", "没有填写"), ("employer_uscc", "没有填写")]),
    ({"人员类型": "委派(委托)单位住院医师"}, [("employer_name", "没有填写"), ("employer_uscc", "没有填写")]),
    ({"人员类型": "本单位住院医师", "工作单位名称": "澜江医院"}, [("employer_uscc", "没有填写")]),
    ({"人员类型": "本单位住院医师", **EMPLOYER, "工作单位名称": ""}, [("employer_name", "没有填写")]),
    ({"人员类型": "其他"}, [("other_personnel", "没有填写")]),
    ({"人员类型": "本单位住院医师", **EMPLOYER, "工作单位统一社会信用代码": "123"}, [("employer_uscc", "")]),
    ({"人员类型": "单位的人"}, [("personnel_type", "没有这一项")]),
    ({"人员类型": "本院"}, [("personnel_type", "可填：本单位住院医师")]),
    ({"培训专业": "无此专业"}, [("specialty", "")]),
    ({"核定培训年限": "4"}, [("approved_years", "")]),
    ({"核定培训年限": "0"}, [("approved_years", "")]),
    ({"核定培训年限": "三"}, [("approved_years", "")]),
    ({"是否军队医院": "也许"}, [("military_hospital", "")]),
    ({"培训开始日期": f"{YEAR}-02-30"}, [("starts_on", "")]),
    ({"计划结束日期": f"{YEAR + 4}-08-31"}, [("ends_on_reason", "没有填写")]),
]  # fmt: skip
"""Cells of a good row that are changed; where the remarks stand, and their words."""


def test_each_refusal_stands_at_its_cell_with_its_words(world: factories.World) -> None:
    residents = factories.make_enrollments(world, len(REFUSALS))
    lines = [of(who) | cells for who, (cells, _) in zip(residents, REFUSALS, strict=True)]
    rows, _ = judged(TRAINING, world.base, *lines)
    wrong = []
    for row, (cells, told) in zip(rows, REFUSALS, strict=True):
        found = dict(errors(row))
        right = set(found) == {name for name, _ in told} and all(words in found[name] for name, words in told)
        if row.verdict != "error" or not right:
            wrong.append(f"{cells}: {errors(row)}")
    assert not wrong, "\n".join(wrong)


ACCEPTED: list[tuple[Line, dict[str, Any]]] = [
    ({}, {"personnel_type": "independent", "ends_on": date(YEAR + 3, 8, 31)}),
    ({"人员类型": "在读临床(口腔)硕士专业学位研究生"}, {"approved_years": 3}),
    ({"人员类型": "本单位住院医师", **EMPLOYER}, {"personnel_type": "own_employee", "employer_name": "澜江医院"}),
    ({"人员类型": "其他", "其他人员": "援藏医师"}, {"personnel_type": "other", "other_personnel": "援藏医师"}),
    ({"核定培训年限": "2 年"}, {"approved_years": 2, "ends_on": date(YEAR + 2, 8, 31)}),
    ({"是否军队医院": "是"}, {"military_hospital": True}),
    (
        {"计划结束日期": f"{YEAR + 4}-08-31", "计划结束日期改动原因": "产假"},
        {"ends_on": date(YEAR + 4, 8, 31), "ends_on_reason": "产假"},
    ),
    ({"计划结束日期": f"{YEAR + 3}-08-31"}, {"ends_on": date(YEAR + 3, 8, 31), "ends_on_reason": ""}),
]


def test_what_is_accepted_is_stored_as_written(world: factories.World) -> None:
    residents = factories.make_enrollments(world, len(ACCEPTED))
    lines = [of(who) | cells for who, (cells, _) in zip(residents, ACCEPTED, strict=True)]
    rows = applied(TRAINING, world.base, *lines)
    assert [(row.verdict, errors(row)) for row in rows] == [("update", [])] * len(rows)
    for who, (cells, expected) in zip(residents, ACCEPTED, strict=True):
        stored = Enrollment.unscoped.filter(pk=who.pk).values(*expected).get()
        assert stored == expected, cells
    again, _ = judged(TRAINING, world.base, *lines)
    assert [row.verdict for row in again] == ["unchanged"] * len(rows)
    assert HistoryEntry.unscoped.filter(verb="enrollment.training").count() == len(rows)


def test_a_misnamed_specialty_gets_the_nearest_of_the_base(world: factories.World) -> None:
    (who,) = factories.make_enrollments(world)
    (row,), _ = judged(TRAINING, world.base, of(who, 培训专业="内科学"))
    assert [(issue.field, issue.suggestion) for issue in row.issues] == [("specialty", "内科")]


def test_only_the_bases_own_specialties_are_offered(world: factories.World) -> None:
    who, other = factories.make_enrollments(world, 2)
    assert [code for code, _ in specialty_choices(world.base)] == [factories.INTERNAL_MEDICINE]
    label = dict(specialty_choices(world.base))[factories.INTERNAL_MEDICINE]
    (foreign,), _ = judged(TRAINING, world.base, of(who, 培训专业="外科"))
    assert errors(foreign) == [("specialty", "本基地没有这个专业")] and foreign.issues[0].suggestion is None
    SpecialtyBase.unscoped.create(
        organization=world.tree.base, track="western", specialty=SURGERY, capacity=1, accreditation="accredited"
    )
    assert [row.specialty for row in own_specialties(who)] == [factories.INTERNAL_MEDICINE, SURGERY]
    (row, same), _ = judged(TRAINING, world.base, of(who, 培训专业="外科"), of(other, 培训专业=label))
    assert errors(row) == errors(same) == []
    assert specialty_choices(world.association) == ()


def test_whoever_is_not_held_by_this_base_is_unknown_here(world: factories.World) -> None:
    foreign = factories.make_enrollments(world, base=world.tree.sibling, by=world.sibling)[0]
    free = factories.make_enrollments(world)[0]
    Enrollment.unscoped.filter(pk=free.pk).update(holding=False)
    rows, _ = judged(TRAINING, world.base, of(foreign), of(free))
    for row in rows:
        assert [column for column, _ in errors(row)] == ["id_number"] and "请先导入账号" in errors(row)[0][1]
        assert row.subject_id is None, "nothing about another base's record is told"
    with pytest.raises(Refused, match="培训基地"):
        judged(TRAINING, world.province, of(foreign))


def test_a_repeated_row_is_refused_and_the_first_is_kept(world: factories.World) -> None:
    who = factories.make_enrollments(world)[0]
    first, second = applied(TRAINING, world.base, of(who), of(who, 核定培训年限="1"))
    assert (first.verdict, second.verdict) == ("update", "error")
    assert duplicated(second) and not duplicated(first)
    assert Enrollment.unscoped.get(pk=who.pk).approved_years == 3


def test_a_blank_optional_cell_and_a_missing_column_keep_what_is_there(world: factories.World) -> None:
    who = factories.make_enrollments(world)[0]
    applied(TRAINING, world.base, of(who, 协同单位="江畔协同医院"))
    blank = of(who, 协同单位="")
    short = {label: cell for label, cell in of(who, 核定培训年限="2").items() if label not in ("姓名", "证件类型")}
    rows = applied(TRAINING, world.base, blank)
    assert rows[0].verdict == "unchanged"
    (row,) = applied(TRAINING, world.base, short | {"证件类型": ""})
    assert row.verdict == "update"
    stored = Enrollment.unscoped.get(pk=who.pk)
    assert (stored.affiliate_name, stored.approved_years) == ("江畔协同医院", 2)


def test_the_year_and_the_base_never_change(world: factories.World) -> None:
    who = factories.make_enrollments(world)[0]
    labels = {column.label for column in TRAINING.columns}
    assert not labels & {"招收年份", "培训基地"}
    save_training(who.pk, {"intake_year": 2000, "approved_years": 1}, by=world.base)
    stored = Enrollment.unscoped.get(pk=who.pk)
    assert (stored.intake_year, stored.approved_years) == (YEAR, 1)


def test_locked_records_are_refused_on_the_row_with_the_reason(world: factories.World) -> None:
    approved, lapsed, pending = factories.make_enrollments(world, 3)
    for who in (approved, pending):
        factories.complete(who, world)
    reviews.report(RECRUITMENT, [approved.pk, pending.pk], by=world.base)
    reviews.approve(RECRUITMENT, [approved.pk], by=world.province)
    rows = applied(TRAINING, world.base, of(approved, 核定培训年限="2"), of(pending, 核定培训年限="2"))
    assert errors(rows[0])[0][0] == "" and "已审核通过" in errors(rows[0])[0][1]
    assert rows[1].verdict == "update"
    assert RecruitmentReview.unscoped.get(pk=pending.pk).report_status == "unreported"
    now = clock.now()
    world.window.phases.filter(kind="filling").update(
        starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=1)
    )
    (late,), _ = judged(TRAINING, world.base, of(lapsed))
    assert errors(late)[0][0] == "" and "填报" in errors(late)[0][1]
    lapse_due(by=Viewer.system("test"))
    (gone,), _ = judged(TRAINING, world.base, of(lapsed))
    assert errors(gone) == [("id_number", "本基地没有这位住院医师，请先导入账号，或核对证件号码")]


@pytest.mark.parametrize("capacity", [0, 1, 2, 3])
def test_beyond_the_capacity_every_further_row_is_asked_about(world: factories.World, capacity: int) -> None:
    SpecialtyBase.unscoped.filter(organization=world.tree.base).update(capacity=capacity)
    residents = factories.make_enrollments(world, 4)
    save_training(residents[0].pk, factories.training(), by=world.base)
    rows, _ = judged(TRAINING, world.base, *(of(who) for who in residents[1:]))
    warned = [bool(warnings(row)) for row in rows]
    assert warned == [number > capacity for number in (2, 3, 4)]
    said = {words for row in rows for _, words in warnings(row)}
    assert said <= {f"内科今年的人数超过核定容量（{capacity} 人）"}
    assert [row.verdict for row in rows] == ["update"] * 3
    for who, number in ((residents[0], 1), (residents[1], 2)):
        words = capacity_warning(who, factories.INTERNAL_MEDICINE, world.base)
        assert bool(words) == (number > capacity) and (not words or f"第 {number} 人" in words)


def test_capacity_counts_one_year_of_one_base_without_the_lapsed(world: factories.World) -> None:
    SpecialtyBase.unscoped.update(capacity=1)
    who, earlier, lapsed = factories.make_enrollments(world, 3)
    there = factories.make_enrollments(world, base=world.tree.sibling, by=world.sibling)[0]
    Enrollment.unscoped.exclude(pk=who.pk).update(specialty=factories.INTERNAL_MEDICINE)
    Enrollment.unscoped.filter(pk=earlier.pk).update(intake_year=YEAR - 1)
    Enrollment.unscoped.filter(pk=lapsed.pk).update(lapsed_at=clock.now(), holding=False)
    (row,), _ = judged(TRAINING, world.base, of(who))
    assert warnings(row) == [] and capacity_warning(who, factories.INTERNAL_MEDICINE, world.base) == ""
    assert capacity_warning(who, SURGERY, world.base) == "", "a specialty that the base does not have has no capacity"
    Enrollment.unscoped.filter(pk=earlier.pk).update(intake_year=YEAR)
    (row,), _ = judged(TRAINING, world.base, of(who))
    assert [column for column, _ in warnings(row)] == ["specialty"]
    assert there.organization_id != who.organization_id


def test_saving_is_all_or_nothing_and_in_scope(world: factories.World) -> None:
    mine = factories.make_enrollments(world)[0]
    theirs = factories.make_enrollments(world, base=world.tree.sibling, by=world.sibling)[0]
    with pytest.raises(Refused, match="不在您的管理范围内"):
        save_many({mine.pk: {"approved_years": 1}, theirs.pk: {"approved_years": 1}}, by=world.base)
    assert set(Enrollment.unscoped.values_list("approved_years", flat=True)) == {None}
    for viewer in (world.province, world.association, factories.resident_viewer(mine)):
        with pytest.raises(NotAllowed):
            save_training(mine.pk, {"approved_years": 1}, by=viewer)
    second = viewer_of(make_staff("base_admin", world.tree.base))
    assert save_training(mine.pk, {"approved_years": 1}, by=second) == ["training_info.approved_years"]
    assert save_many({}, by=world.base) == {}


ENDS = [
    ({}, {}, None),
    ({}, {"starts_on": date(2026, 9, 1)}, None),
    ({"approved_years": 3}, {"starts_on": date(2026, 9, 1)}, date(2029, 8, 31)),
    ({"starts_on": "2026-09-01", "approved_years": 3}, {"approved_years": 1}, date(2027, 8, 31)),
    ({"starts_on": "2026-09-01"}, {"approved_years": 2}, date(2028, 8, 31)),
    ({"approved_years": 1}, {"starts_on": date(2028, 2, 29)}, date(2029, 2, 28)),
    ({"starts_on": "2026-09-01", "approved_years": 3, "ends_on_reason": "产假"}, {"approved_years": 1}, None),
    ({"starts_on": "2026-09-01", "approved_years": 3}, {"ends_on": date(2030, 1, 1)}, date(2030, 1, 1)),
]


@pytest.mark.parametrize(("present", "given", "end"), ENDS)
def test_the_planned_end_is_derived_only_where_nobody_set_one(present: Any, given: Any, end: date | None) -> None:
    kept = dict(given)
    assert with_derived_end(present, given).get("ends_on") == end
    assert given == kept, "what was given is not touched"
