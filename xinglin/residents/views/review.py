"""省级审核: the queue, one record with only what changed, approve or return, revoke (R-21)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from xinglin.accounts.access import needs
from xinglin.kernel.errors import Refused
from xinglin.kernel.numbers import whole
from xinglin.kernel.viewer import Viewer
from xinglin.reviews import actions as reviews
from xinglin.reviews.actions.stamping import recalled
from xinglin.reviews.enums import ReviewStatus, Verb
from xinglin.reviews.spec import Outcome

from ..checking import checked
from ..fields import record_names
from ..review_specs import RECRUITMENT
from ..selectors import review_desk as desk
from ..templatetags.review import anchor

COMMON_COMMENTS = (
    "扫描件看不清，请重新拍摄",
    "编号与扫描件不一致，请核对原件",
    "缺扫描件，请补传",
    "培训信息与招收计划不一致",
)
FIELD = "comment."
WHOLE = "对整条记录的退回意见"


@require_GET
@needs("residents.review")
def first(request: HttpRequest) -> HttpResponse:
    """The record that has waited longest, or the empty desk."""
    state = desk.queue(_viewer(request)).first()
    if state is not None:
        return redirect("review:record", state.pk)
    return render(request, "residents/review/empty.html", {"nav_key": "residents.review"})


@require_GET
@needs("residents.review")
def record(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """One record beside the queue."""
    return _page(request, enrollment_id)


@require_POST
@needs("residents.review")
def decide(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """Approve or return one record, then show the next in the queue. Input is kept when it is refused."""
    viewer = _viewer(request)
    found = desk.load(viewer, enrollment_id)
    if found is None:
        raise Http404
    state = found[1]
    following = desk.neighbours(viewer, state).after if state.review_status == ReviewStatus.PENDING else None
    seen = {enrollment_id: whole(request.POST.get("version")) or 0}
    try:
        outcome = _decide(request, enrollment_id, seen, viewer)
    except Refused as refusal:
        return _page(request, enrollment_id, fault=refusal.message, at=refusal.field or "", status=422)
    if not outcome.done:
        fault = outcome.refused[enrollment_id][0].message
        return _page(request, enrollment_id, fault=fault, status=409)
    name = found[0].record.person.name
    verb = "审核通过" if request.POST.get("verdict") == "approve" else "退回培训基地"
    messages.success(request, f"{name}：已{verb}。")
    return redirect("review:record", following) if following else redirect("review:queue")


def _decide(request: HttpRequest, enrollment_id: int, seen: dict[int, int], viewer: Viewer) -> Outcome:
    fields = _field_comments(request)
    if request.POST.get("verdict") == "approve":
        if fields or request.POST.get("comment", "").strip():
            raise Refused("已写了退回意见，不能通过。请清空意见，或点“退回”。", field=next(iter(fields), "comment"))
        return reviews.approve(RECRUITMENT, [enrollment_id], seen=seen, by=viewer)
    return reviews.return_(
        RECRUITMENT, [enrollment_id], comment=request.POST.get("comment", ""), field_comments=fields, seen=seen,
        by=viewer,
    )  # fmt: skip


@require_POST
@needs("residents.revoke")
def revoke(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """Take back an approval or a return, with a reason."""
    viewer = _viewer(request)
    if desk.load(viewer, enrollment_id) is None:
        raise Http404
    outcome = reviews.revoke(RECRUITMENT, [enrollment_id], reason=request.POST.get("reason", ""), by=viewer)
    if not outcome.done:
        raise Refused(outcome.refused[enrollment_id][0].message)
    messages.success(request, "决定已撤销，这条记录回到待审核。")
    return redirect("review:record", enrollment_id)


def _page(
    request: HttpRequest, enrollment_id: int, *, fault: str = "", at: str = "", status: int = 200
) -> HttpResponse:
    viewer = _viewer(request)
    found = desk.load(viewer, enrollment_id)
    if found is None:
        raise Http404
    subject, state = found
    pending = state.review_status == ReviewStatus.PENDING
    findings = checked([subject])[subject.id]
    events = desk.events(viewer, enrollment_id)
    place = desk.neighbours(viewer, state) if pending else None
    closed = RECRUITMENT.closed(subject, "review", viewer)
    comparison, comments = desk.compare(state), _field_comments(request)
    context = {
        "nav_key": "residents.review",
        "subject": subject,
        "state": state,
        "pending": pending,
        "closed": closed,
        "comparison": comparison,
        "show_all": request.GET.get("show") == "all" or (pending and comparison.hides(comments)),
        "findings": findings.findings,
        "confirmed": findings.confirmed,
        "place": place,
        "following": place.after if place else desk.onward(viewer, state),
        "queue": desk.queue_around(viewer, state),
        "decided_today": desk.decided_today(viewer),
        "events": events,
        "recalled": recalled(events[0]) if not pending and events and events[0].verb == Verb.RECALL else "",
        "reply": desk.reply_of(events) if pending else "",
        "reports": desk.reports_so_far(viewer, enrollment_id),
        "comments": comments,
        "comment": request.POST.get("comment", ""),
        "common": COMMON_COMMENTS,
        "fault": fault,
        "wrong": _wrong(at, fault) if pending and not closed else [],
        "wrong_at": at,
    }
    return render(request, "residents/review/record.html", context, status=status)


def _wrong(at: str, fault: str) -> list[tuple[str, str, str]]:
    """The line of the summary that leads to the box at fault; none where there is no such box."""
    name = WHOLE if at == "comment" else record_names().get(at)
    return [(name, fault, at if at == "comment" else f"f-{anchor(at)}")] if name else []


def _field_comments(request: HttpRequest) -> dict[str, str]:
    """Comments on single fields, by field key."""
    return {
        name[len(FIELD) :]: text.strip()
        for name, text in request.POST.items()
        if name.startswith(FIELD) and isinstance(text, str) and text.strip()
    }


def _viewer(request: HttpRequest) -> Viewer:
    return request.viewer  # type: ignore[attr-defined]
