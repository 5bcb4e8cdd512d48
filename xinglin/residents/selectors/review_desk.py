"""What the province's reviewer reads: the queue, and one record against the last version decided on (R-21)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from xinglin.kernel import clock
from xinglin.kernel.numbers import MOST
from xinglin.kernel.viewer import Viewer
from xinglin.people.enums import EducationLevel, Section
from xinglin.reviews.content import difference
from xinglin.reviews.enums import ReviewStatus, Verb
from xinglin.reviews.models import ReviewEvent
from xinglin.reviews.selectors import content_of, events_of

from ..enums import TrainingStatus
from ..fields import TRAINING, record_fields, shown_value
from ..models import RecruitmentReview
from .subjects import Subject, subjects

KIND = "recruitment"
QUEUE_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the comparison. ``old`` is empty where no version was decided on before."""

    key: str
    label: str
    old: str
    new: str
    changed: bool
    picture: str = ""
    sensitive: bool = False


@dataclass(slots=True)
class Group:
    """Fields of one section (of one level of education)."""

    title: str
    rows: list[Row] = field(default_factory=list)

    @property
    def changed(self) -> list[Row]:
        return [row for row in self.rows if row.changed]


@dataclass(slots=True)
class Comparison:
    """The reported version against the last one that was decided on."""

    groups: list[Group]
    first: bool

    @property
    def changed(self) -> int:
        return sum(len(group.changed) for group in self.groups)

    @property
    def total(self) -> int:
        return sum(len(group.rows) for group in self.groups)

    def hides(self, keys: Container[str]) -> bool:
        """Whether one of these fields would not be seen among those that changed."""
        return any(row.key in keys and not row.changed for group in self.groups for row in group.rows)


def queue(viewer: Viewer) -> QuerySet[RecruitmentReview]:
    """Pending reports in scope, longest waiting first."""
    return (
        RecruitmentReview.objects.visible_to(viewer)
        .filter(review_status=ReviewStatus.PENDING, enrollment__lapsed_at__isnull=True)
        .select_related("enrollment__person", "enrollment__organization")
        .order_by("reported_at", "pk")
    )


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where a record stands in the queue: place from 1, how many there are, ids before and after."""

    place: int
    size: int
    before: int | None
    after: int | None


def neighbours(viewer: Viewer, state: RecruitmentReview) -> Neighbours:
    """Place of a pending record in the queue, by waiting time."""
    rows = queue(viewer)
    size = rows.count()
    earlier = rows.filter(_earlier(state))
    later = rows.filter(_later(state))
    before = earlier.order_by("-reported_at", "-pk").values_list("pk", flat=True).first()
    after = later.values_list("pk", flat=True).first()
    return Neighbours(earlier.count() + 1, size, before, after)


def _earlier(state: RecruitmentReview) -> Q:
    """Before the record in the queue: reports of one selection have the same instant and follow by id."""
    return Q(reported_at__lt=state.reported_at) | Q(reported_at=state.reported_at, pk__lt=state.pk)


def _later(state: RecruitmentReview) -> Q:
    return Q(reported_at__gt=state.reported_at) | Q(reported_at=state.reported_at, pk__gt=state.pk)


def onward(viewer: Viewer, state: RecruitmentReview) -> int | None:
    """Where a reviewer goes on from a record that is not in the queue: what waited after it, else the longest waiting."""
    keys = queue(viewer).values_list("pk", flat=True)
    after = keys.filter(_later(state)).first() if state.reported_at else None
    return after or keys.first()


def queue_around(viewer: Viewer, state: RecruitmentReview | None) -> list[RecruitmentReview]:
    """The part of the queue that is shown: from a little before the record on."""
    rows = queue(viewer)
    if state is None or state.reported_at is None or state.review_status != ReviewStatus.PENDING:
        return list(rows[:QUEUE_SHOWN])
    earlier = list(rows.filter(_earlier(state)).order_by("-reported_at", "-pk")[:3])
    rest = list(rows.exclude(_earlier(state))[:QUEUE_SHOWN])
    return [*reversed(earlier), *rest]


def decided_today(viewer: Viewer) -> int:
    """How many records the viewer's organisation decided since midnight."""
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return (
        RecruitmentReview.objects.visible_to(viewer)
        .filter(decided_at__gte=midnight, decided_at__lt=midnight + timedelta(days=1))
        .count()
    )


def load(viewer: Viewer, enrollment_id: int) -> tuple[Subject, RecruitmentReview] | None:
    """A record of the viewer's province with its state, or None."""
    if enrollment_id > MOST:
        return None
    state = (
        RecruitmentReview.objects.visible_to(viewer)
        .select_related("version__key", "decided_version__key")
        .filter(pk=enrollment_id)
        .first()
    )
    if state is None:
        return None
    return subjects([enrollment_id])[enrollment_id], state


def compare(state: RecruitmentReview) -> Comparison:
    """Reported content against the last decided one; without one, everything is new."""
    new, old = content_of(state.version), content_of(state.decided_version)
    changed = {change.key for change in difference(old, new)}
    groups = [group for group in _groups(old, new, changed) if group.rows]
    return Comparison(groups, first=state.decided_version_id is None)


def _groups(old: dict[str, Any], new: dict[str, Any], changed: set[str]) -> Iterator[Group]:
    titles = {Section.BASIC_INFO.value: "基本信息", Section.QUALIFICATIONS.value: "证书信息", TRAINING: "培训信息"}
    sections: dict[str, Group] = {}
    for key, item in record_fields().items():
        if key not in new and key not in old:
            continue
        name = f"{item.section}.{item.level}" if item.level else item.section
        if item.level:
            title = f"学习经历 · {EducationLevel(item.level).label}"
        else:
            title = titles[item.section]
        value, before = new.get(key), old.get(key)
        if value in (None, "") and before in (None, ""):
            continue
        is_picture = item.declaration.kind == "image"
        sections.setdefault(name, Group(title)).rows.append(
            Row(
                key=key,
                label=item.declaration.label,
                old=shown_value(key, before, masked=True) if old else "",
                new=shown_value(key, value, masked=True),
                changed=key in changed,
                picture=str(value) if is_picture and value else "",
                sensitive=item.declaration.sensitive,
            )
        )
    yield from sections.values()


def reports_so_far(viewer: Viewer, enrollment_id: int) -> int:
    """How many times the record was reported."""
    return events_of(viewer, KIND, enrollment_id).filter(verb="report").count()


def events(viewer: Viewer, enrollment_id: int) -> list[ReviewEvent]:
    """What happened to the review of one record, newest first."""
    return list(events_of(viewer, KIND, enrollment_id))


def reply_of(events: Iterable[ReviewEvent]) -> str:
    """What was written with the last report of a record that was returned and not changed; of events newest first."""
    return next((event.comment for event in events if event.verb == Verb.REPORT), "")


def training_label(status: str) -> str:
    """培训状态 in words, "" before the first approval."""
    return TrainingStatus(status).label if status else ""
