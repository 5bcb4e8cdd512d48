"""A reviewed kind for tests: real state rows and history, content and windows held in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps

from xinglin.accounts.tests.factories import Tree, make_person, make_staff, make_tree, viewer_of
from xinglin.history.actions import Entry
from xinglin.kernel import clock
from xinglin.kernel.issues import Issue
from xinglin.kernel.viewer import Viewer
from xinglin.reviews.spec import ReviewSpec
from xinglin.vault.models import DataKey

KIND = "trial"
State = apps.get_model("residents", "RecruitmentReview")
_Enrollment = apps.get_model("residents", "Enrollment")
_Window = apps.get_model("windows", "CollectionWindow")


@dataclass
class Record:
    """A record under review as the mechanism sees it."""

    id: int
    organization_path: str
    province_id: int | None
    key: DataKey
    content: dict[str, Any]


@dataclass
class Trial:
    """One tree, the viewers of both sides, records by id, and what the spec answers about them."""

    tree: Tree
    window: Any
    base: Viewer
    province: Viewer
    sibling: Viewer
    other_province: Viewer
    association: Viewer
    records: dict[int, Record] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)
    lacking: dict[int, list[Issue]] = field(default_factory=dict)
    built: set[int] = field(default_factory=set)
    told: list[tuple[str, list[int]]] = field(default_factory=list)
    frozen: bool = True

    @property
    def spec(self) -> ReviewSpec:
        return ReviewSpec(
            kind=KIND,
            label="试",
            state_model=State,
            report_permission="residents.report",
            review_permission="residents.review",
            revoke_permission="residents.revoke",
            load=self._load,
            missing=lambda rows: {row.id: self.lacking.get(row.id, []) for row in rows},
            closed=lambda row, phase, by: self.closed.get(phase),
            entry=self._entry,
            field_names=lambda: {"a": "甲", "b": "乙"},
            frozen_once_approved=self.frozen,
            on_reported=lambda rows, by: self._tell("reported", rows),
            on_approved=lambda rows, by: self._tell("approved", rows),
            on_returned=lambda rows, by: self._tell("returned", rows),
            on_revoked=lambda rows, by: self._tell("revoked", rows),
            built_on=lambda row: "已经建立在培记录，不能撤销。" if row.id in self.built else None,
        )

    def _load(self, ids: Iterable[int]) -> dict[int, Record]:
        return {pk: self.records[pk] for pk in ids}

    def _tell(self, what: str, rows: list[Any]) -> None:
        self.told.append((what, [row.id for row in rows]))

    def _entry(self, row: Record) -> Entry:
        return Entry(
            verb="", subject_type="trial", subject_id=row.id, organization_path=row.organization_path, key=row.key,
            facts={"of": "trial"},
        )  # fmt: skip

    def add(self, base: Any = None, **content: Any) -> int:
        """A record that was never reported; returns its id."""
        home = base or self.tree.base
        person, now = make_person(), clock.now()
        enrollment = _Enrollment.unscoped.create(
            person=person, window=self.window, organization=home, province=home.province, track="western",
            intake_year=self.window.year, created_at=now, updated_at=now,
        )  # fmt: skip
        State.unscoped.create(enrollment=enrollment)
        values = content or {"a": "一", "b": 2}
        self.records[enrollment.pk] = Record(enrollment.pk, home.path, home.province_id, person.key, values)
        return int(enrollment.pk)

    def state(self, pk: int) -> Any:
        return State.unscoped.get(pk=pk)

    def triple(self, pk: int) -> tuple[str, str, str]:
        """Report status, review status, last verdict."""
        state = self.state(pk)
        return state.report_status, state.review_status, state.last_verdict


def make_trial() -> Trial:
    tree, now = make_tree(), clock.now()
    window = _Window.objects.create(
        purpose="recruitment", year=now.year, batch=1, track="western", created_at=now - timedelta(days=1)
    )
    return Trial(
        tree,
        window,
        base=viewer_of(make_staff("base_admin", tree.base)),
        province=viewer_of(make_staff("province_reviewer", tree.province)),
        sibling=viewer_of(make_staff("base_admin", tree.sibling)),
        other_province=viewer_of(make_staff("province_reviewer", tree.other_province)),
        association=viewer_of(make_staff("association_admin", tree.association)),
    )
