"""Background work: records lapse and revive with their window (R-01), big reports (R-08), a rule's preview (R-26)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from xinglin.jobs.handle import JobHandle
from xinglin.jobs.models import Job
from xinglin.jobs.registry import every, job
from xinglin.kernel.viewer import Viewer
from xinglin.reviews import actions as reviews

from .actions import completeness
from .actions.completeness import RECOUNT_JOB
from .actions.lapsing import lapse_due, revive_due
from .review_specs import RECRUITMENT
from .selectors.rule_preview import STEP, Moves, open_records

REPORT_JOB = "residents.report"
PREVIEW_JOB = "residents.rule_preview"
_STEP = 250


@every(60, name="residents.lapse")
def lapse() -> None:
    """Stamp what the clock has decided."""
    by = Viewer.system("时间安排")
    revive_due(by=by)
    lapse_due(by=by)


def _result_link(done: Job) -> tuple[str, str]:
    return "看结果", reverse("residents:report-job", args=[done.pk])


@job(REPORT_JOB, title="上报", result_link=_result_link)
def report_many(handle: JobHandle, ids: list[int]) -> dict[str, Any]:
    """Report in steps of a second; a step that was done twice finds its records reported already (R-08)."""
    cursor = dict(handle.cursor)
    while (start := cursor.get("next", 0)) < len(ids):
        with handle.step() as step:
            outcome = reviews.report(RECRUITMENT, ids[start : start + _STEP], by=handle.viewer)
            cursor = {
                "next": start + _STEP,
                "done": cursor.get("done", 0) + len(outcome.done),
                "refused": [*cursor.get("refused", []), *outcome.refused],
            }
            step.done, step.total = min(cursor["next"], len(ids)), len(ids)
            step.message, step.cursor = f"已上报 {cursor['done']} 人", cursor
    return {"done": cursor.get("done", 0), "refused": cursor.get("refused", [])}


@job(RECOUNT_JOB, title="资料完整情况重新计算")
def recount_all(handle: JobHandle, rules: str) -> dict[str, Any]:
    """Count anew how much every open record lacks, after a change of the rules (R-26). Steps are repeatable."""
    cursor = dict(handle.cursor)
    while ids := completeness.open_ids(cursor.get("after", 0), completeness.STEP):
        with handle.step() as step:
            changed = completeness.recount(ids)
            cursor = {
                "after": ids[-1], "looked": cursor.get("looked", 0) + len(ids),
                "changed": cursor.get("changed", 0) + changed,
            }  # fmt: skip
            step.done = step.total = cursor["looked"]
            step.message, step.cursor = f"已计算 {cursor['looked']} 条", cursor
    return {"looked": cursor.get("looked", 0), "changed": cursor.get("changed", 0)}


@every(600, name="residents.completeness")
def follow_the_rules() -> None:
    """A new version of the product may bring other mandatory fields or cross-checks."""
    completeness.recount_after_change(by=Viewer.system("核对规则"))


def _preview_link(done: Job) -> tuple[str, str]:
    query = urlencode({"level": done.arguments["level"], "job": done.pk})
    return "看结果", f"{reverse('rules:preview', args=[done.arguments['code']])}?{query}"


@job(PREVIEW_JOB, title="核对规则调整前查看", result_link=_preview_link)
def preview_rule(handle: JobHandle, code: str, level: str) -> dict[str, Any]:
    """Look at every open record in the asker's scope; it writes nothing but its own progress."""
    rows = open_records(handle.viewer)
    total, cursor = rows.count(), dict(handle.cursor)
    while ids := list(rows.filter(pk__gt=cursor.get("after", 0)).values_list("pk", flat=True)[:STEP]):
        with handle.step() as step:
            moves = Moves.from_json(cursor.get("moves", {}))
            moves.look(ids, code, level)
            cursor = {"after": ids[-1], "moves": moves.as_json()}
            step.done, step.total = moves.looked, max(total, moves.looked)
            step.message, step.cursor = f"已核对 {moves.looked} 条", cursor
    return dict(cursor.get("moves", {}))
