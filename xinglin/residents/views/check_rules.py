"""核对规则: everybody at the desk reads them, the association switches them after seeing what moves (R-26)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.accounts.access import needs
from xinglin.jobs import actions as jobs
from xinglin.jobs.enums import JobStatus
from xinglin.jobs.models import Job
from xinglin.kernel.errors import Refused
from xinglin.kernel.scope import get_visible_or_404
from xinglin.kernel.viewer import Viewer

from ..actions.rules import LONGEST_REASON, PERMISSION, set_level
from ..enums import CheckLevel
from ..job_specs import PREVIEW_JOB
from ..selectors.rule_preview import SHOWN, Moves, moved_records, open_records, would_move
from ..selectors.rules import RuleInForce, editions, rule_in_force, rules_in_force

NAV = "residents.rules"
AT_ONCE = 1000
NOT_YOURS = "核对规则由中国医师协会调整。"
COUNT_FIRST = "请先核对全部记录，看过影响再调整。"


@require_GET
@needs("residents.view")
def rules(request: HttpRequest) -> HttpResponse:
    """All rules with the level in force."""
    return render(request, "residents/rules/list.html", {"nav_key": NAV, "rules": rules_in_force(),
                  "may_edit": _viewer(request).may(PERMISSION)})  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("residents.view")
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """One rule, and with ``level`` what that would move. A POST counts in the background when there are many."""
    rule = _rule(code)
    if request.method == "GET":
        return _page(request, rule, request.GET.get("level", ""), request.GET.get("job", ""))
    level = request.POST.get("level", "")
    if level not in CheckLevel.values or level == rule.level:
        return redirect("rules:preview", code)
    job = jobs.enqueue(
        PREVIEW_JOB, by=_viewer(request), arguments={"code": code, "level": level}, title=f"核对规则：{rule.rule.title}"
    )
    query = urlencode({"level": level, "job": job.pk})
    return redirect(f"{reverse('rules:preview', args=[code])}?{query}")


@require_POST
@needs(PERMISSION)
def set_rule(request: HttpRequest, code: str) -> HttpResponse:
    """Switch the rule; a refusal leads back to the preview with its reason."""
    rule, sent = _rule(code), request.POST
    seen = sent.get("edition", "")
    try:
        row = set_level(
            code, sent.get("level", ""), reason=sent.get("reason", ""), by=_viewer(request),
            seen=int(seen) if seen.isdecimal() else None,
        )  # fmt: skip
    except Refused as refusal:
        return _page(request, rule, sent.get("level", ""), sent.get("job", ""), refused=refusal)
    messages.success(
        request,
        f"“{rule.rule.title}”已改为“{CheckLevel(row.level).label}”，从现在起上报时按此核对；各条还差几项随之重新计算，记录多时稍等几分钟。",
    )
    return redirect("rules:list")


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def _rule(code: str) -> RuleInForce:
    rule = rule_in_force(code)
    if rule is None:
        raise Http404("没有这条核对规则。")
    return rule


def _page(
    request: HttpRequest, rule: RuleInForce, level: str, job: str, refused: Refused | None = None
) -> HttpResponse:
    viewer = _viewer(request)
    wanted = CheckLevel(level) if level in CheckLevel.values and level != rule.level else None
    context: dict[str, Any] = {
        "nav_key": NAV, "rule": rule, "levels": list(CheckLevel), "wanted": wanted, "editions": editions(rule.rule.code),
        "refused": refused.message if refused else "", "reason": request.POST.get("reason", ""), "longest": LONGEST_REASON,
        "off": "" if viewer.may(PERMISSION) else NOT_YOURS, "shown": SHOWN,
    }  # fmt: skip
    if wanted is not None:
        context |= _found(viewer, rule.rule.code, wanted, job)
        if context["moves"] is None:
            context["off"] = context["off"] or COUNT_FIRST
    return render(request, "residents/rules/preview.html", context, status=422 if refused else 200)


def _found(viewer: Viewer, code: str, level: CheckLevel, job: str) -> dict[str, Any]:
    """What the level would move: from a job of the viewer's, at once when the records are few, else not yet."""
    found = _job(viewer, code, level, job) if job else None
    size = open_records(viewer).count()
    moves = None
    if found is not None and found.status == JobStatus.DONE:
        moves = Moves.from_json(found.result)
    elif found is None and size <= AT_ONCE:
        moves = would_move(code, level, viewer)
    records = moved_records(moves, viewer) if moves else []
    counts = sorted(moves.counts.items()) if moves else []
    return {"moves": moves, "records": records, "counts": counts, "job": found, "size": size}


def _job(viewer: Viewer, code: str, level: CheckLevel, key: str) -> Job:
    try:
        found = get_visible_or_404(Job, viewer, pk=UUID(key), name=PREVIEW_JOB)
    except ValueError:
        raise Http404("没有这次核对。") from None
    if found.arguments != {"code": code, "level": level.value}:
        raise Http404("没有这次核对。")
    return found
