"""省级审核 of a selection of the list: asks back, decides in steps, and shows the answer per record (R-21)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from xinglin.accounts.access import needs
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.reviews import actions as reviews
from xinglin.reviews.spec import Outcome
from xinglin.ui.lists import selection

from ..review_specs import RECRUITMENT
from ..selectors.enrollments import names_of
from ..selectors.subjects import subjects
from ..tables.intake import IntakeOverview
from .notes import Asked, Decided, keep, kept, posted
from .returning import back_to_list

STEP, AT_MOST, SHOWN, NAMED = 1000, 10_000, 200, 12
VERDICTS = ("approve", "return")


@require_POST
@needs("residents.review")
def batch(request: HttpRequest, verdict: str) -> HttpResponse:
    """Approve or return the selection; a first post that is not ``confirmed`` leads to the page that asks back."""
    if verdict not in VERDICTS:
        raise Http404
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    chosen = selection.read(request, IntakeOverview.name)
    ids = [int(pk) for pk in chosen.ids(AT_MOST)]
    asked = posted(request, chosen.fields())
    if request.POST.get("confirmed") != "1":
        return redirect("review:batch-ask", verdict, keep(request, asked))
    try:
        outcome = _decide(ids, verdict, asked.comment, viewer)
    except Refused as refusal:
        return _ask(request, verdict, asked, ids, fault=refusal.message)
    refused = [(pk, issues[0].message) for pk, issues in list(outcome.refused.items())[:SHOWN]]
    note = Decided(verdict, len(outcome.done), refused, len(outcome.refused), asked.state, outcome.done[:NAMED])
    return redirect("review:batch-result", keep(request, note))


@require_GET
@needs("residents.review")
def ask(request: HttpRequest, verdict: str, key: str) -> HttpResponse:
    """Who is to be decided, and the comment of a return."""
    if verdict not in VERDICTS:
        raise Http404
    asked = kept(request, Asked, key)
    if asked is None:
        return redirect("residents:intake")
    chosen = selection.again(request, IntakeOverview.name, asked.fields)
    return _ask(request, verdict, asked, [int(pk) for pk in chosen.ids(AT_MOST)])


@require_GET
@needs("residents.review")
def result(request: HttpRequest, key: str) -> HttpResponse:
    """Who was decided, and why the others were not."""
    note = kept(request, Decided, key)
    if note is None:
        return redirect("residents:intake")
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    mine = RECRUITMENT.states(viewer).filter(pk__in=[pk for pk, _ in note.refused]).values_list("pk", flat=True)
    names = {pk: found.record.person.name for pk, found in subjects(list(mine)).items()}
    context: dict[str, Any] = {
        "nav_key": "residents.review",
        "note": note,
        "refused": [(pk, names.get(pk, "--"), message) for pk, message in note.refused],
        "shown": SHOWN,
        "names": names_of(viewer, note.named).values(),
        "back": back_to_list(note.state),
    }
    return render(request, "residents/review/batch_done.html", context)


def _ask(request: HttpRequest, verdict: str, asked: Asked, ids: list[int], *, fault: str = "") -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    context = {
        "nav_key": "residents.review",
        "verdict": verdict,
        "fields": asked.fields,
        "state": asked.state,
        "back": back_to_list(asked.state),
        "size": len(ids),
        "names": names_of(viewer, ids[:NAMED]).values(),
        "comment": asked.comment,
        "fault": fault,
    }
    return render(request, "residents/review/batch.html", context, status=422 if fault else 200)


def _decide(ids: list[int], verdict: str, comment: str, viewer: Viewer) -> Outcome:
    """Steps of at most a thousand, each a transaction of its own."""
    total = Outcome()
    for start in range(0, len(ids), STEP):
        step = ids[start : start + STEP]
        if verdict == "approve":
            total.merge(reviews.approve(RECRUITMENT, step, by=viewer))
        else:
            total.merge(reviews.return_(RECRUITMENT, step, comment=comment, by=viewer))
    return total
