"""首页, 个人信息, 培训信息 and 我的 of the resident (R-19, mock 08)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from xinglin.accounts.access import needs
from xinglin.accounts.selectors import grants_of

from ..fields import TRAINING
from ..showing.own_home import next_words, part_states, ring_value, tags_of, turn_of
from ..showing.own_page import SECTIONS, own_page, part_to_read
from ..showing.own_section import returned_lines
from .own_screen import viewer_of


@require_GET
@needs("own.view")
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Whose turn it is, how complete the record is, what comes next, who can help."""
    page = own_page(viewer_of(request))
    parts = part_states(page)
    turn = turn_of(page, parts)
    words = {
        "page": page, "parts": parts, "turn": turn, "tags": tags_of(page), "ring_value": ring_value(page),
        "next_words": next_words(page, turn),
    }  # fmt: skip
    return render(request, "residents/own/home.html", words)


@require_GET
@needs("own.view")
@never_cache
def record(request: HttpRequest) -> HttpResponse:
    """The three parts as they are saved, each with the way to its form while it may be changed."""
    page = own_page(viewer_of(request))
    states = {state.section: state for state in part_states(page)}
    parts = [(part_to_read(page, section), states[section]) for section in SECTIONS]
    words = {"page": page, "parts": parts, "tags": tags_of(page), "returned": returned_lines(page)}
    return render(request, "residents/own/record.html", words)


@require_GET
@needs("own.view")
@never_cache
def training(request: HttpRequest) -> HttpResponse:
    """培训信息 as the base filled it, to read."""
    page = own_page(viewer_of(request))
    part = part_to_read(page, TRAINING) if page.enrollment else None
    return render(request, "residents/own/training.html", {"page": page, "part": part, "tags": tags_of(page)})


@require_GET
@needs("own.view")
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    """The account: identities where there are several, password, look, signing out."""
    several = len(grants_of(request.user)) > 1  # type: ignore[arg-type]
    return render(request, "residents/own/me.html", {"page": own_page(viewer_of(request)), "several": several})
