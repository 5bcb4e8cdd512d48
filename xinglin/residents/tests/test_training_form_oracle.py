"""培训信息 as a form, tried without a browser: what is offered, read, refused, derived, and what is still missing (R-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xinglin.organizations.models import SpecialtyBase
from xinglin.residents.forms.training import SHOW_WHEN, TrainingForm, token_of
from xinglin.residents.models import Enrollment

from . import factories

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-05")]

GOOD = {
    "funding_plan": "national_plan", "personnel_type": "independent", "military_hospital": "0",
    "graduate_cohort": "fresh", "rural_oriented": "0", "west_china_support": "0", "training_division": "110101",
    "specialty": "0100", "approved_years": "3", "starts_on": "2026-09-01",
}  # fmt: skip
# typed → stored
READ = [
    ("starts_on", "2026-09-01", dt.date(2026, 9, 1)),
    ("starts_on", "2026/9/1", dt.date(2026, 9, 1)),
    ("starts_on", "２０２６-０９-０１", dt.date(2026, 9, 1)),
    ("starts_on", " 2026-09-01 ", dt.date(2026, 9, 1)),
    ("approved_years", "1", 1),
    ("approved_years", "3", 3),
    ("military_hospital", "1", True),
    ("military_hospital", "0", False),
    ("rural_oriented", "1", True),
    ("employer_name", "  第一医院 ", "第一医院"),
    ("personnel_type", "sponsored", "sponsored"),
    ("specialty", "0100", "0100"),
]
REFUSED = [
    ("starts_on", "2026-02-30"), ("starts_on", "明天"), ("starts_on", "2026"), ("ends_on", "2029-13-01"),
    ("approved_years", "4"), ("approved_years", "0"), ("approved_years", "-1"), ("approved_years", "两年半"),
    ("specialty", "9999"), ("specialty", "内外科"), ("funding_plan", "nobody_knows"), ("personnel_type", "x"),
    ("employer_uscc", "123"), ("employer_uscc", "91110000MA0000001X"), ("graduate_cohort", "?"),
]  # fmt: skip


@pytest.fixture
def world() -> factories.World:
    return factories.make_world()


@pytest.fixture
def row(world: factories.World) -> Enrollment:
    return factories.make_enrollments(world)[0]


def form_of(
    world: factories.World, row: Enrollment, data: Mapping[str, Any] | None = None, **options: Any
) -> TrainingForm:
    own = list(SpecialtyBase.unscoped.filter(organization=row.organization))
    return TrainingForm(row, own, world.base, data, **options)


def said(form: TrainingForm) -> dict[str, str]:
    form.is_valid()
    return {name: "；".join(map(str, errors)) for name, errors in form.errors.items()}


def test_a_good_form_is_read_whole_and_lacks_nothing(world: factories.World, row: Enrollment) -> None:
    form = form_of(world, row, GOOD)
    assert form.is_valid(), form.errors
    assert form.missing() == []
    assert form.cleaned_data["ends_on"] == dt.date(2029, 8, 31) and form.cleaned_data["ends_on_reason"] == ""
    assert form.cleaned_data["approved_years"] == 3 and form.cleaned_data["military_hospital"] is False


def test_other_ways_of_writing_are_read_and_wrong_ones_stand_at_their_field(
    world: factories.World, row: Enrollment
) -> None:
    wrong = []
    for name, typed, stored in READ:
        form = form_of(world, row, {**GOOD, name: typed})
        if not form.is_valid() or form.cleaned_data[name] != stored:
            wrong.append(f"{name}={typed!r}: {said(form) or form.cleaned_data[name]!r}")
    for name, typed in REFUSED:
        found = said(form_of(world, row, {**GOOD, name: typed}))
        if list(found) != [name] or not found[name]:
            wrong.append(f"{name}={typed!r} should be refused there: {found}")
    assert not wrong, "\n".join(wrong)


def test_missing_values_are_accepted_and_named_afterwards(world: factories.World, row: Enrollment) -> None:
    """A base may save what it has; the report asks for the rest (R-08)."""
    for name in GOOD:
        form = form_of(world, row, {key: value for key, value in GOOD.items() if key != name})
        assert form.is_valid(), (name, form.errors)
        fields = {issue.field for issue in form.missing()}
        also = {"training_info.ends_on"} if name in ("approved_years", "starts_on") else set()
        assert fields == {f"training_info.{name}"} | also, name
    empty = form_of(world, row, {})
    assert empty.is_valid() and len(empty.missing()) == len(GOOD) + 1


@pytest.mark.parametrize(
    ("personnel", "asked"),
    [
        ("independent", set()),
        ("own_employee", {"employer_name", "employer_uscc"}),
        ("sponsored", {"employer_name", "employer_uscc"}),
        ("other", {"other_personnel"}),
    ],
)
def test_the_employer_is_asked_of_those_who_have_one(
    world: factories.World, row: Enrollment, personnel: str, asked: set[str]
) -> None:
    form = form_of(world, row, {**GOOD, "personnel_type": personnel})
    assert form.is_valid()
    assert {issue.field.partition(".")[2] for issue in form.missing()} == asked


def test_the_end_is_the_day_before_the_anniversary(world: factories.World, row: Enrollment) -> None:
    @given(st.dates(dt.date(2014, 1, 1), dt.date(2035, 12, 31)), st.integers(1, 3))
    @example(dt.date(2028, 2, 29), 1)
    @settings(max_examples=20, deadline=None)
    def check(start: dt.date, years: int) -> None:
        form = form_of(world, row, {**GOOD, "starts_on": start.isoformat(), "approved_years": str(years)})
        assert form.is_valid(), form.errors
        after = form.cleaned_data["ends_on"] + dt.timedelta(days=1)
        day = (3, 1) if (start.month, start.day) == (2, 29) else (start.month, start.day)
        assert (after.year, after.month, after.day) == (start.year + years, *day)
        assert form.derived_end == form.cleaned_data["ends_on"].isoformat()

    check()


def test_an_end_by_hand_is_kept_and_wants_a_reason(world: factories.World, row: Enrollment) -> None:
    typed = {**GOOD, "ends_on": "2029-12-31"}
    form = form_of(world, row, typed)
    assert form.is_valid() and form.cleaned_data["ends_on"] == dt.date(2029, 12, 31)
    assert {issue.field for issue in form.missing()} == {"training_info.ends_on_reason"}
    assert form.derived_end == "2029-08-31"
    form = form_of(world, row, {**typed, "ends_on_reason": "病假顺延"})
    assert form.is_valid() and form.missing() == [] and form.cleaned_data["ends_on_reason"] == "病假顺延"


@pytest.mark.parametrize(("start", "years"), [("", "3"), ("2026-09-01", ""), ("x", "3"), ("2026-09-01", "x")])
def test_without_start_or_years_no_end_is_proposed(
    world: factories.World, row: Enrollment, start: str, years: str
) -> None:
    assert form_of(world, row, {**GOOD, "starts_on": start, "approved_years": years}).derived_end == ""


def test_only_the_bases_own_specialties_and_the_present_one_are_offered(
    world: factories.World, row: Enrollment
) -> None:
    def offered() -> list[str]:
        choices = cast(Any, form_of(world, row).fields["specialty"]).choices
        return [code for code, _label in choices if code]

    assert offered() == ["0100"]
    row.specialty = "0200"
    assert offered() == ["0100", "0200"], "a specialty that the record has already is kept"
    form = form_of(world, row, {**GOOD, "specialty": "0200"})
    assert form.is_valid() and form.cleaned_data["specialty"] == "0200"


def test_fixed_fields_are_not_in_the_form_and_a_forged_one_is_not_read(world: factories.World, row: Enrollment) -> None:
    form = form_of(world, row, {**GOOD, "intake_year": "1999", "organization": "1", "training_status": "completed"})
    assert form.is_valid()
    assert not {"intake_year", "organization", "training_status", "person"} & (
        set(form.fields) | set(form.cleaned_data)
    )


def test_a_locked_form_reads_nothing(world: factories.World, row: Enrollment) -> None:
    form = form_of(world, row, locked=True)
    assert all(field.disabled for field in form.fields.values())


def test_the_token_changes_with_what_is_stored_and_with_nothing_else(world: factories.World, row: Enrollment) -> None:
    before = token_of(row)
    assert token_of(row) == before
    seen = {before}
    for name, value in (("approved_years", 2), ("employer_name", "第一医院"), ("starts_on", dt.date(2026, 9, 1))):
        setattr(row, name, value)
        seen.add(token_of(row))
    assert len(seen) == 4
    row.filled_at = row.created_at
    row.correction_status = "requested"
    assert token_of(row) in seen and len(seen | {token_of(row)}) == 4


def test_what_belongs_to_a_choice_is_shown_with_it(world: factories.World, row: Enrollment) -> None:
    assert SHOW_WHEN["other_personnel"] == "personnel_type=other"
    assert SHOW_WHEN["employer_name"] == SHOW_WHEN["employer_uscc"] == "personnel_type=own_employee|sponsored"
    years = cast(Any, form_of(world, row).fields["approved_years"]).choices
    assert [code for code, _label in years] == ["", "1", "2", "3"] and years[0][1] == "请选择"
