"""One way for every form of these screens: show, save, go back to the organisation; a refusal loses no input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from xinglin.kernel.errors import NotAllowed, Refused, Stale
from xinglin.organizations.models import Organization

NAV = "administration.organizations"
OWN_NAV = "administration.own-organization"


def place(organization: Organization, tab: str = "") -> str:
    """Address of an organisation's page, at a tab."""
    address = reverse("administration:organization", args=[organization.pk])
    return f"{address}?tab={tab}" if tab else address


def nav_of(request: HttpRequest, organization: Organization) -> str:
    """The menu entry that the page belongs to: one's own unit, or the tree."""
    own = request.viewer.organization_id == organization.pk  # type: ignore[attr-defined]
    return OWN_NAV if own and organization.kind == "hospital" else NAV


def form_page(
    request: HttpRequest,
    organization: Organization,
    form: BaseForm,
    save: Callable[[], str],
    *,
    title: str,
    button: str,
    tab: str = "",
    after: Callable[[], str] | None = None,
    template: str = "administration/organizations/form.html",
    **words: Any,
) -> HttpResponse:
    """``save`` answers what to say, or raises Refused, NotAllowed or Stale; then the form stays with the reason."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                messages.success(request, save())
                return redirect(after() if after else place(organization, tab))
            except (Refused, Stale, NotAllowed) as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
                status = refusal.status
    context = {
        "form": form, "title": title, "button": button, "organization": organization, "back": place(organization, tab),
        "nav_key": nav_of(request, organization), **words,
    }  # fmt: skip
    return render(request, template, context, status=status)
