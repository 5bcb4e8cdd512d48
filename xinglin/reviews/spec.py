"""What a reviewed kind declares: its state table, rights, what is missing, its content, what follows from a decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db.models import QuerySet

from xinglin.history.actions import Entry
from xinglin.kernel.issues import Issue
from xinglin.kernel.viewer import Viewer
from xinglin.vault.models import DataKey

from .content import Content
from .models import ReviewState


class Subject(Protocol):
    """What the mechanism needs to know of a record under review."""

    id: int
    organization_path: str
    province_id: int | None
    key: DataKey
    content: Content


@dataclass(slots=True)
class Outcome:
    """Answer per item: ids done, and for each refused id why (with all that is missing)."""

    done: list[int] = field(default_factory=list)
    refused: dict[int, list[Issue]] = field(default_factory=dict)

    def refuse(self, subject_id: int, message: str, name: str = "") -> None:
        self.refused.setdefault(subject_id, []).append(Issue(name, message))

    def merge(self, other: Outcome) -> None:
        """Add the answer of a further batch."""
        self.done += other.done
        self.refused.update(other.refused)


@dataclass(frozen=True, slots=True)
class ReviewSpec:
    """One reviewed kind.

    ``states(viewer)`` gives the state rows in the viewer's scope, keyed by subject id as primary key.
    ``load(ids)`` gives the subjects with their present content. ``closed(subject, phase, by)`` says why the window
    does not admit this now (phase: 'filling', 'review' or 'correct'), or None. ``missing(subjects)`` lists per
    subject what stops a report. ``answers(subjects)``, where it is given: a returned record that was not changed is
    reported with an answer only, and these are the words that were given since the return, by subject id.
    ``field_names()`` are the fields that a return may comment on, by key. Hooks run in the transaction of the verb, for all done subjects at once.
    """

    kind: str
    label: str
    state_model: type[ReviewState]
    report_permission: str
    review_permission: str
    revoke_permission: str
    load: Callable[[Iterable[int]], dict[int, Any]]
    missing: Callable[[list[Any]], dict[int, list[Issue]]]
    closed: Callable[[Any, str, Viewer], str | None]
    entry: Callable[[Any], Entry]
    field_names: Callable[[], Mapping[str, str]]
    frozen_once_approved: bool = True
    answers: Callable[[list[Any]], dict[int, str]] | None = None
    on_reported: Callable[[list[Any], Viewer], None] | None = None
    on_approved: Callable[[list[Any], Viewer], None] | None = None
    on_returned: Callable[[list[Any], Viewer], None] | None = None
    on_revoked: Callable[[list[Any], Viewer], None] | None = None
    built_on: Callable[[Any], str | None] | None = None

    def states(self, viewer: Viewer) -> QuerySet[Any]:
        return self.state_model.objects.visible_to(viewer)


_specs: dict[str, ReviewSpec] = {}


def register(spec: ReviewSpec) -> ReviewSpec:
    """Make a kind known; a second declaration of the same kind is a programming error."""
    if spec.kind in _specs:
        raise ValueError(f"review kind {spec.kind} is declared twice")
    _specs[spec.kind] = spec
    return spec


def spec_of(kind: str) -> ReviewSpec:
    """The declared kind. Raises KeyError."""
    return _specs[kind]


def all_specs() -> list[ReviewSpec]:
    return list(_specs.values())
