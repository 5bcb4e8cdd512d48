"""A second review, and the base's look at a correction, show exactly what changed: no field more, none less (R-07, R-21)."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.people.actions import save_section
from xinglin.people.fields import personal_fields
from xinglin.residents.actions.correcting import return_personal
from xinglin.residents.actions.personal import save_personal
from xinglin.residents.actions.training import save_training
from xinglin.residents.fields import record_fields, training_declarations
from xinglin.residents.models import Correction, Enrollment, RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.selectors.review_desk import compare
from xinglin.residents.selectors.subjects import subjects
from xinglin.residents.showing.baseline import baseline
from xinglin.residents.showing.grid import Reading, parts
from xinglin.reviews import actions as reviews

from . import factories
from .signed_in import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-07", "R-21")]

PERSONAL: dict[str, Any] = {
    "basic_info.ethnic_group": "02",
    "basic_info.marital_status": "20",
    "basic_info.phone": "13900000099",
    "basic_info.email": "other@example.org",
    "basic_info.address": "澜江市另一条路 9 号",
    "basic_info.emergency_name": "程清知",
    "basic_info.photo": uuid.UUID(int=77),
    "education.bachelor.school": "青屏大学",
    "education.bachelor.major": "儿科学",
    "education.bachelor.full_time": False,
    "education.bachelor.degree_scan": uuid.UUID(int=78),
    "qualifications.status": "not_passed",
}
"""A value that each field does not have in a record of the factories."""
TRAINING: dict[str, Any] = {
    "funding_plan": "other_plan",
    "affiliate_name": "澜江区医院",
    "rural_oriented": True,
    "graduate_cohort": "previous",
    "military_hospital": True,
    "ends_on_reason": "产假顺延",
    "starts_on": dt.date(dt.date.today().year, 8, 1),
}


class Desk:
    """A record that was reported once and returned by the province."""

    def __init__(self) -> None:
        self.world = factories.make_world()
        self.enrollment = factories.make_enrollments(self.world)[0]
        self.resident = factories.complete(self.enrollment, self.world)
        self.pk = self.enrollment.pk
        assert reviews.report(RECRUITMENT, [self.pk], by=self.world.base).done
        assert reviews.return_(RECRUITMENT, [self.pk], comment="请核对", by=self.world.province).done

    def change(self, personal: dict[str, Any], training: dict[str, Any]) -> set[str]:
        """Save these values; returns the keys of everything that then differs from before."""
        before = subjects([self.pk])[self.pk].content
        for section in ("basic_info", "education", "qualifications"):
            values = {key: value for key, value in personal.items() if key.startswith(f"{section}.")}
            if values:
                save_section(section, values, by=self.resident)
        if training:
            save_training(self.pk, training, by=self.world.base)
        after = subjects([self.pk])[self.pk].content
        return {key for key in after if (after[key] or None) != (before.get(key) or None)}

    def state(self) -> RecruitmentReview:
        return RecruitmentReview.unscoped.select_related("version__key", "decided_version__key").get(pk=self.pk)

    def report_again(self) -> None:
        """Soft contradictions of invented values are no matter here."""
        outcome = reviews.report(RECRUITMENT, [self.pk], by=self.world.base, reply="与原件一致")
        assert outcome.done == [self.pk], outcome.refused


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize("key", sorted(PERSONAL))
def test_each_personal_field_alone_is_the_whole_difference(desk: Desk, key: str) -> None:
    changed = desk.change({key: PERSONAL[key]}, {})
    assert changed == {key}, "the value is another one"
    desk.report_again()
    found = compare(desk.state())
    assert not found.first
    assert [row.key for group in found.groups for row in group.changed] == [key]
    (row,) = [row for group in found.groups for row in group.changed]
    assert row.label == personal_fields()[key].declaration.label
    assert row.old != row.new or row.picture, "both sides are shown"


@pytest.mark.parametrize("name", sorted(TRAINING))
def test_each_training_field_alone_is_the_difference_with_what_follows_from_it(desk: Desk, name: str) -> None:
    changed = desk.change({}, {name: TRAINING[name]})
    assert f"training_info.{name}" in changed
    desk.report_again()
    shown = {row.key for group in compare(desk.state()).groups for row in group.changed}
    assert shown == changed
    assert training_declarations()[name].label in {
        row.label for group in compare(desk.state()).groups for row in group.changed
    }


@given(
    st.sets(st.sampled_from(sorted(PERSONAL)), max_size=6), st.sets(st.sampled_from(sorted(TRAINING)), max_size=4)
)  # fmt: skip
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changes_together_are_exactly_the_difference(desk: Desk, personal: set[str], training: set[str]) -> None:
    content = subjects([desk.pk])[desk.pk].content
    decided = desk.state().decided_version
    assert decided is not None
    desk.change({key: PERSONAL[key] for key in personal}, {name: TRAINING[name] for name in training})
    now = subjects([desk.pk])[desk.pk].content
    if desk.state().report_status == "unreported":
        desk.report_again()
    shown = {row.key for group in compare(desk.state()).groups for row in group.changed}
    reference = baseline(desk.state(), None, now)
    assert reference is not None
    expected = {key for key in record_fields() if (now.get(key) or None) != (reference.content.get(key) or None)}
    assert shown == expected
    assert content.keys() == now.keys()


def test_a_report_without_a_change_differs_in_nothing(desk: Desk) -> None:
    desk.report_again()
    found = compare(desk.state())
    assert found.changed == 0
    assert found.total > 20, "the whole record can still be read"


def test_a_value_that_was_changed_and_changed_back_is_no_difference(desk: Desk) -> None:
    before = subjects([desk.pk])[desk.pk].content["basic_info.address"]
    desk.change({"basic_info.address": "别处"}, {})
    desk.change({"basic_info.address": before}, {})
    desk.report_again()
    assert compare(desk.state()).changed == 0


@pytest.mark.req("P-19")
def test_numbers_stay_masked_on_both_sides(desk: Desk) -> None:
    old = subjects([desk.pk])[desk.pk].content["basic_info.phone"]
    desk.change({"basic_info.phone": PERSONAL["basic_info.phone"]}, {})
    desk.report_again()
    page = client_of(desk.world.province).get(reverse("review:record", args=[desk.pk])).content.decode()
    assert str(old) not in page and PERSONAL["basic_info.phone"] not in page
    assert "139****0099" in page


TYPED = sorted(key for key, value in PERSONAL.items() if not isinstance(value, uuid.UUID))


@pytest.mark.req("R-07")
@pytest.mark.parametrize("key", TYPED)
def test_the_base_sees_of_a_correction_exactly_the_answered_field(key: str) -> None:
    world = factories.make_world()
    enrollment = factories.make_enrollments(world)[0]
    resident = factories.complete(enrollment, world)
    comments = {key: "请核对这一项"}
    assert return_personal([enrollment.pk], comment="", field_comments=comments, by=world.base).done
    save_personal(key.split(".")[0], {key: PERSONAL[key]}, by=resident)
    assert Enrollment.unscoped.get(pk=enrollment.pk).correction_status == "corrected"
    correction = Correction.unscoped.select_related("before__key").get(enrollment_id=enrollment.pk)
    state = RecruitmentReview.unscoped.select_related("version__key", "decided_version__key").get(pk=enrollment.pk)
    now = subjects([enrollment.pk])[enrollment.pk].content
    against = baseline(state, correction, now)
    assert against is not None
    reading = Reading(before=against.content, comments=correction.field_comments)
    cells = [cell for part in parts(now, reading) for group in part.groups for cell in (*group.cells, *group.pictures)]
    assert [cell.key for cell in cells if cell.changed] == [key]
    assert [cell.key for cell in cells if cell.comment] == [key]
    page = client_of(world.base).get(reverse("residents:difference", args=[enrollment.pk]))
    text = re.sub(r"<[^>]+>", " ", page.content.decode())
    assert page.status_code == 200 and personal_fields()[key].declaration.label in text
