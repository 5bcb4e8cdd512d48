"""Report and recall (R-08)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from xinglin.kernel import clock
from xinglin.kernel.bulk import allocate_ids, insert_rows
from xinglin.kernel.remarks import COMMENT, remark
from xinglin.kernel.viewer import Viewer
from xinglin.vault import cipher

from ..content import canonical, digest
from ..enums import ReportStatus, ReviewStatus, Verb
from ..models import ContentVersion
from ..models.version import CONTENT_CONTEXT
from ..selectors import as_returned
from ..spec import Outcome, ReviewSpec
from .stamping import lock_states, standing, write_events

UNANSWERED = "省级退回后没有修改。请按意见修改；不用改的，写明说明后再上报。"
VERSION_COLUMNS = ("id", "kind", "subject_id", "organization_path", "key_id", "content", "digest", "made_at")


def make_versions(kind: str, subjects: list[Any]) -> dict[int, int]:
    """Seal the present content of the subjects; returns the version's id per subject id."""
    now = clock.now()
    ids = allocate_ids(ContentVersion, len(subjects))
    rows = [
        (
            version_id, kind, s.id, s.organization_path, s.key.id,
            cipher.seal(s.key, canonical(s.content), CONTENT_CONTEXT), digest(s.content), now,
        )
        for version_id, s in zip(ids, subjects, strict=True)
    ]  # fmt: skip
    insert_rows(ContentVersion, VERSION_COLUMNS, rows)
    return {s.id: version_id for version_id, s in zip(ids, subjects, strict=True)}


@transaction.atomic
def report(spec: ReviewSpec, ids: Iterable[int], *, by: Viewer, reply: str = "") -> Outcome:
    """Report the complete ones; the others are refused with everything that is missing.

    ``reply`` answers the return of those that were not changed since; the others go without it.
    Raises NotAllowed, Refused for a reply that is too long. Call with at most a thousand ids: it is one transaction.
    """
    by.require(spec.report_permission)
    reply = remark(reply, COMMENT, field="reply")
    outcome = Outcome()
    states = lock_states(spec, ids, by, outcome)
    open_ids = []
    for pk, state in states.items():
        if state.report_status == ReportStatus.REPORTED:
            outcome.refuse(pk, f"{standing(state)}，不用重复上报。")
        elif spec.frozen_once_approved and state.review_status == ReviewStatus.APPROVED:
            outcome.refuse(pk, "已审核通过，不能再上报。")
        else:
            open_ids.append(pk)
    subjects = spec.load(open_ids)
    admitted = []
    for pk, subject in subjects.items():
        phase = "correct" if states[pk].review_status == ReviewStatus.RETURNED else "filling"
        reason = spec.closed(subject, phase, by)
        if reason:
            outcome.refuse(pk, reason)
        else:
            admitted.append(subject)
    missing = spec.missing(admitted)
    ready = []
    for subject in admitted:
        issues = [issue for issue in missing.get(subject.id, []) if issue.is_error]
        if issues:
            outcome.refused[subject.id] = issues
        else:
            ready.append(subject)
    answers = {pk: reply or words for pk, words in as_returned(spec, states, ready).items()}
    for pk in [pk for pk, words in answers.items() if not words]:
        outcome.refuse(pk, UNANSWERED)
    ready = [subject for subject in ready if subject.id not in outcome.refused]
    if not ready:
        return outcome
    versions = make_versions(spec.kind, ready)
    _stamp_report(spec, versions, by)
    write_events(spec, Verb.REPORT, ready, versions=dict(versions), comments=answers, by=by)
    if spec.on_reported:
        spec.on_reported(ready, by)
    outcome.done = [subject.id for subject in ready]
    return outcome


def _stamp_report(spec: ReviewSpec, versions: dict[int, int], by: Viewer) -> None:
    rows = spec.states(by).filter(pk__in=list(versions))
    table = connection.ops.quote_name(spec.state_model._meta.db_table)
    key = connection.ops.quote_name(str(spec.state_model._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET version_id = %s WHERE {key} = %s", [(v, pk) for pk, v in versions.items()]
        )
    rows.update(
        report_status=ReportStatus.REPORTED,
        review_status=ReviewStatus.PENDING,
        reported_at=clock.now(),
        reported_by_id=by.user_id,
        reported_by_name=by.user_name,
        reported_from_id=by.organization_id or 0,
        lock=F("lock") + 1,
    )


@transaction.atomic
def recall(spec: ReviewSpec, ids: Iterable[int], *, by: Viewer) -> Outcome:
    """Take pending reports out of the queue; the last verdict is what stands again. Raises NotAllowed."""
    by.require(spec.report_permission)
    outcome = Outcome()
    states = lock_states(spec, ids, by, outcome)
    pending = []
    for pk, state in states.items():
        if state.review_status == ReviewStatus.PENDING:
            pending.append(pk)
        else:
            outcome.refuse(pk, f"{standing(state)}，没有可撤回的上报。")
    subjects = []
    for pk, subject in spec.load(pending).items():
        phase = "correct" if states[pk].last_verdict == ReviewStatus.RETURNED else "filling"
        reason = spec.closed(subject, phase, by)
        if reason:
            outcome.refuse(pk, reason)
        else:
            subjects.append(subject)
    recall_pending(spec, subjects, by=by)
    outcome.done = [subject.id for subject in subjects]
    return outcome


def recall_pending(spec: ReviewSpec, subjects: list[Any], *, by: Viewer, reason: str = "") -> None:
    """Unset pending reports as an effect of a save or a return, inside that action's transaction.

    The last verdict stands again, with the comment of the last return, which a report leaves in place.
    """
    rows = spec.state_model.objects.for_system("recall follows from the action that changed the content").filter(
        pk__in=[subject.id for subject in subjects], review_status=ReviewStatus.PENDING
    )
    versions = dict(rows.values_list("pk", "version_id"))
    if not versions:
        return
    rows.update(report_status=ReportStatus.UNREPORTED, review_status=F("last_verdict"), lock=F("lock") + 1)
    done = [subject for subject in subjects if subject.id in versions]
    write_events(spec, Verb.RECALL, done, versions=versions, comment=reason, by=by)
