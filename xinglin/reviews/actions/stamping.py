"""Shared by the verbs: locking state rows, stamping, events and history of many records at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from xinglin.history import actions as history
from xinglin.kernel import clock
from xinglin.kernel.bulk import insert_rows
from xinglin.kernel.remarks import in_full
from xinglin.kernel.viewer import Viewer

from ..enums import ReportStatus, ReviewStatus, Verb
from ..models import ReviewEvent
from ..spec import Outcome, ReviewSpec

EVENT_COLUMNS = (
    "kind", "subject_id", "organization_path", "province_id", "verb", "at", "by_id", "by_name", "by_role", "from_id",
    "from_name", "version_id", "comment", "field_comments",
)  # fmt: skip


def lock_states(spec: ReviewSpec, ids: Iterable[int], by: Viewer, outcome: Outcome) -> dict[int, Any]:
    """State rows in scope, locked in id order; ids outside the scope are refused as unknown."""
    wanted = list(dict.fromkeys(ids))
    rows = spec.states(by).filter(pk__in=wanted).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    states = {row.pk: row for row in rows}
    for missing in wanted:
        if missing not in states:
            outcome.refuse(missing, "没有这条记录，或不在您的管理范围内。")
    return states


def standing(state: Any) -> str:
    """The present state in words, with who decided and when, for whoever came second."""
    if state.report_status == ReportStatus.REPORTED and state.review_status == ReviewStatus.PENDING:
        return f"已由{state.reported_by_name}于 {_at(state.reported_at)} 上报，待省级审核"
    if state.review_status:
        label = ReviewStatus(state.review_status).label
        return f"已由{state.decided_by_name}于 {_at(state.decided_at)} {label}"
    return "未上报"


def recalled(event: ReviewEvent) -> str:
    """Who recalled a report and when, for whoever was about to decide on it."""
    place = f"（{event.from_name}）" if event.from_name else ""
    return f"已由{event.by_name}{place}于 {_at(event.at)} 撤回上报"


def last_recalls(kind: str, ids: Iterable[int]) -> dict[int, ReviewEvent]:
    """The recalls that are the last thing that happened to these reviews."""
    events = ReviewEvent.objects.for_system("events of records that were locked in scope").filter(
        kind=kind, subject_id__in=list(ids)
    )
    last: dict[int, ReviewEvent] = {}
    for event in events.order_by("-at", "-id"):
        last.setdefault(event.subject_id, event)
    return {pk: event for pk, event in last.items() if event.verb == Verb.RECALL}


def _at(moment: datetime | None) -> str:
    return clock.local(moment).strftime("%Y-%m-%d %H:%M:%S") if moment else "--"


def write_events(
    spec: ReviewSpec,
    verb: Verb,
    subjects: Sequence[Any],
    *,
    versions: dict[int, int | None],
    comment: str = "",
    comments: Mapping[int, str] = {},
    field_comments: dict[str, str] | None = None,
    by: Viewer,
) -> None:
    """Append one event and one history entry per subject. ``comments``: by subject id, where they are not all the same."""
    now = clock.now()
    insert_rows(
        ReviewEvent,
        EVENT_COLUMNS,
        [
            (
                spec.kind, s.id, s.organization_path, s.province_id, verb.value, now, by.user_id, by.user_name,
                by.role_label, by.organization_id, by.organization_name, versions.get(s.id),
                comments.get(s.id, comment), field_comments or {},
            )
            for s in subjects
        ],
    )  # fmt: skip
    entries = []
    for subject in subjects:
        entry = spec.entry(subject)
        entry.verb = f"{spec.kind}.{verb.value}"
        entry.reason = in_full(comments.get(subject.id, comment), field_comments or {}, spec.field_names())
        entry.facts = {**entry.facts, "review": verb.value, "version": versions.get(subject.id)}
        entries.append(entry)
    history.record(entries, by=by)
