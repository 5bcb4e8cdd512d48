"""No field of a record changes without its line in the change record: label, before, after, who (R-16, P-19)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.dictionaries.selectors import labels
from xinglin.history.models import HistoryEntry
from xinglin.history.selectors import Opened, open_entries
from xinglin.kernel import masks
from xinglin.people.actions import save_section
from xinglin.people.fields import personal_fields
from xinglin.residents.actions.deleting import delete
from xinglin.residents.actions.training import save_training
from xinglin.residents.fields import training_declarations
from xinglin.residents.models import Enrollment, RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.showing.timeline import line_of
from xinglin.reviews import actions as reviews

from . import factories
from .signed_in import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-16")]

# kind → two values and the words the change record has for them
BY_KIND: dict[str, tuple[tuple[Any, str], tuple[Any, str]]] = {
    "text": (("甲一", "甲一"), ("乙二", "乙二")),
    "name": (("程景禾", "程景禾"), ("程清知", "程清知")),
    "date": ((dt.date(2019, 7, 1), "2019-07-01"), (dt.date(2020, 7, 1), "2020-07-01")),
    "bool": ((True, "是"), (False, "否")),
    "mobile": (("13900000041", "13900000041"), ("13900000042", "13900000042")),
    "email": (("a@example.org", "a@example.org"), ("b@example.org", "b@example.org")),
    "int": ((1, "1"), (2, "2")),
    "uscc": (("91110000MA00000019", "91110000MA00000019"), ("91110000MA00000027", "91110000MA00000027")),
    "image": ((uuid.UUID(int=7), "已上传"), (uuid.UUID(int=8), "换了新图")),
}
BY_TABLE: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "ethnic_group": (("01", "汉族"), ("02", "蒙古族")),
    "marital_status": (("10", "未婚"), ("20", "已婚")),
    "qualification_status": (("not_taken", "未参加"), ("not_passed", "未通过")),
}
DERIVED = {"basic_info.sex", "basic_info.birth_date"}
"""Follow from the ID number and so never change alone."""


def two_values(kind: str, table: str | None) -> tuple[tuple[Any, str | None], tuple[Any, str | None]]:
    """Two different values with their words; words are None where the table's own label is taken."""
    if table in BY_TABLE:
        return BY_TABLE[table]
    if kind == "code":
        (one, first), (two, second) = list(labels(table or "").items())[:2]
        return (one, first), (two, second)
    return BY_KIND[kind]


PERSONAL = [
    key for key, field in personal_fields().items() if not field.declaration.fixed and key not in DERIVED
]  # fmt: skip
TRAINING = [name for name, declaration in training_declarations().items() if not declaration.fixed]


class Desk:
    """One resident, the base's viewer, and the last line of the change record."""

    def __init__(self) -> None:
        self.world = factories.make_world()
        self.enrollment = factories.make_enrollments(self.world)[0]
        self.resident = factories.resident_viewer(self.enrollment)

    def lines(self) -> list[Opened]:
        rows = HistoryEntry.unscoped.filter(person_id=self.enrollment.person_id).order_by("-id")
        return open_entries(list(rows))

    def save(self, key: str, value: Any) -> None:
        section = key.split(".")[0]
        save_section(section, {key: value}, by=self.resident)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def same_words(told: str, expected: str | None) -> bool:
    return expected is None or told == expected


@pytest.mark.parametrize("key", PERSONAL)
def test_a_change_of_a_personal_field_is_told_with_label_before_and_after(desk: Desk, key: str) -> None:
    field = personal_fields()[key]
    (first, one), (second, two) = two_values(field.declaration.kind, field.declaration.code_table)
    desk.save(key, first)
    desk.save(key, second)
    line = desk.lines()[0]
    assert list(line.changes) == [field.label]
    before, after = line.changes[field.label]
    assert same_words(before, one), before
    assert same_words(after, two), after
    assert line.entry.verb == f"person.save.{key.split('.')[0]}"
    assert line.entry.update_type == "changed"
    assert line.entry.actor_user_id == desk.resident.user_id
    assert line.entry.changes == {}, "what a person typed is sealed under the person's key"
    written = HistoryEntry.unscoped.count()
    desk.save(key, second)
    assert HistoryEntry.unscoped.count() == written, "the same value again writes nothing"


@pytest.mark.parametrize("name", TRAINING)
def test_a_change_of_a_training_field_is_told_with_label_before_and_after(desk: Desk, name: str) -> None:
    declaration = training_declarations()[name]
    (first, _one), (second, two) = two_values(declaration.kind, declaration.code_table)
    save_training(desk.enrollment.pk, {name: first}, by=desk.world.base)
    save_training(desk.enrollment.pk, {name: second}, by=desk.world.base)
    line = desk.lines()[0]
    assert line.entry.verb == "enrollment.training"
    assert declaration.label in line.changes
    assert same_words(line.changes[declaration.label][1], two)
    assert line.entry.actor_organization_name == desk.world.tree.base.name
    stored = getattr(Enrollment.unscoped.get(pk=desk.enrollment.pk), name)
    assert stored == second


SENSITIVE = [key for key in PERSONAL if personal_fields()[key].declaration.mask]


@pytest.mark.req("P-19")
@pytest.mark.parametrize("key", SENSITIVE)
def test_numbers_are_masked_wherever_the_line_is_shown(desk: Desk, key: str) -> None:
    field = personal_fields()[key]
    value = "13900000041" if field.declaration.mask == "phone" else "202111110110199199801020017"
    desk.save(key, value)
    line = line_of(desk.lines()[0])
    (edit,) = line.edits
    assert value not in edit.new
    assert edit.new == getattr(masks, field.declaration.mask or "")(value)
    page = client_of(desk.world.base).get("/residents/changes/").content.decode()
    assert value not in page


@given(st.sets(st.sampled_from([key for key in PERSONAL if key.startswith("basic_info.")]), min_size=1, max_size=6))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_save_is_one_line_with_every_field_it_changed(desk: Desk, keys: set[str]) -> None:
    fields = personal_fields()
    target = {key: two_values(fields[key].declaration.kind, fields[key].declaration.code_table)[1][0] for key in keys}
    start = {key: two_values(fields[key].declaration.kind, fields[key].declaration.code_table)[0][0] for key in keys}
    save_section("basic_info", start, by=desk.resident)
    before = len(desk.lines())
    save_section("basic_info", target, by=desk.resident)
    lines = desk.lines()
    assert len(lines) == before + 1
    assert set(lines[0].changes) == {fields[key].label for key in keys}


def test_every_step_of_the_flow_has_its_line_in_order(desk: Desk) -> None:
    world, pk = desk.world, desk.enrollment.pk
    factories.complete(desk.enrollment, world)
    reviews.report(RECRUITMENT, [pk], by=world.base)
    reviews.return_(RECRUITMENT, [pk], comment="照片不清", by=world.province)
    reviews.report(RECRUITMENT, [pk], by=world.base, reply="照片合要求")
    reviews.approve(RECRUITMENT, [pk], by=world.province)
    reviews.revoke(RECRUITMENT, [pk], reason="看错了人", by=world.province)
    rows = HistoryEntry.unscoped.filter(subject_type="enrollment", subject_id=str(pk)).order_by("id")
    titles = [line_of(line).title for line in open_entries(list(rows))]
    assert titles[0] == "账号导入"
    assert titles[-5:] == ["上报", "省级退回", "上报", "省级审核通过", "省级撤销决定"]
    reasons = [line.reason for line in open_entries(list(rows))]
    assert reasons[-4] == "照片不清" and reasons[-1] == "看错了人"
    assert RecruitmentReview.unscoped.get(pk=pk).review_status == "pending"


def test_the_change_record_survives_its_subject(desk: Desk) -> None:
    """A deleted record leaves lists and figures, never the history (R-04)."""
    name = desk.enrollment.person.name
    desk.save("basic_info.address", "澜江市杏林路 1 号")
    count = len(desk.lines())
    assert delete([desk.enrollment.pk], by=desk.world.base).done
    lines = desk.lines()
    assert len(lines) > count
    told = {line.who.get("name") for line in lines if line.entry.subject_type == "enrollment"}
    assert told == {name}
    assert not Enrollment.unscoped.filter(pk=desk.enrollment.pk).exists()
    page = client_of(desk.world.base).get("/residents/changes/").content.decode()
    assert name in page and "删除" in page
