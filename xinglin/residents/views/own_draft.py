"""Drafts that the form sends by itself, the own number, and reasons for soft contradictions."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from xinglin.accounts.access import needs
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.people.actions import save_draft
from xinglin.people.enums import Section

from ..actions.confirming import confirm as confirm_rules
from ..actions.own import view_own_number
from ..selectors.own import own_enrollment
from ..showing.own_page import own_page
from .own_screen import stamp_of, viewer_of
from .own_section import typed


@require_POST
@needs("own.edit")
def draft(request: HttpRequest, section: str) -> HttpResponse:
    """Keep what is typed, also while the record is locked: ``{"saved_at": "17:54", "stamp": …}``."""
    if section not in Section.values:
        raise Http404
    viewer = viewer_of(request)
    kept = save_draft(section, typed(section, request.POST), by=viewer)
    stamp = stamp_of(own_page(viewer), section)
    return JsonResponse({"saved_at": f"{clock.local(kept.saved_at):%H:%M}", "stamp": stamp})


@require_POST
@needs("own.reveal")
@never_cache
def number(request: HttpRequest) -> HttpResponse:
    """Record the view, then show the own number in full in this one answer (P-19)."""
    shown = view_own_number(by=viewer_of(request))
    return render(request, "residents/own/parts/number_shown.html", {"number": shown})


@require_POST
@needs("own.edit")
def confirm(request: HttpRequest, section: str) -> HttpResponse:
    """说明理由: a soft contradiction is right as it stands (R-26)."""
    if section not in Section.values:
        raise Http404
    viewer = viewer_of(request)
    enrollment = own_enrollment(viewer)
    if enrollment is None:
        raise Http404
    reason = request.POST.get("reason", "")
    try:
        confirm_rules([enrollment.pk], reason=reason, by=viewer, rules=[request.POST.get("rule", "")])
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "理由已记下，基地和省级审核时看得到。")
    return redirect("own:section", section)
