"""平台设置: the association's for the installation, a province's for itself (P-14)."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from xinglin.accounts.access import needs
from xinglin.history.selectors import of_subject
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind
from xinglin.ui.actions import set_site
from xinglin.ui.palette import stylesheet
from xinglin.ui.selectors import Site, site_for, stored_setting

from ..forms.site import PRODUCT_COLOUR, WORDS, SiteForm

NAV = "administration.site"
_COLOUR = re.compile("[0-9a-f]{6}")
_SHOWN = 50


@require_http_methods(["GET", "POST"])
@needs("site.edit")
def site(request: HttpRequest) -> HttpResponse:
    """The settings with what stands above them; 预览 shows the page in them without saving."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    province_id = viewer.organization_id if viewer.organization_kind == Kind.PROVINCE else None
    stored = stored_setting(province_id)
    has_logo = bool(stored and stored.has_logo)  # type: ignore[attr-defined]
    above, whose = (Site(), "产品") if province_id is None else (site_for(None), "全国")
    form = SiteForm(
        request.POST or None, request.FILES or None, instance=stored, above=above, whose=whose, has_logo=has_logo
    )
    preview: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        if request.POST.get("do") == "preview":
            preview = _preview(form, above)
        elif _saved(form, province_id, viewer):
            messages.success(request, "平台设置已保存，马上生效。")
            return redirect("administration:site")
    context = {
        "nav_key": NAV, "form": form, "preview": preview, "has_logo": has_logo, "whole": province_id is None,
        "place": viewer.organization_name, "log": _log(viewer, stored.pk if stored else 0), "product_colour": PRODUCT_COLOUR,
    }  # fmt: skip
    return render(request, "administration/system/site.html", context, status=422 if form.errors else 200)


@require_GET
@needs("site.edit")
def preview_theme(request: HttpRequest, colour: str) -> HttpResponse:
    """The colours of the preview; nothing is stored."""
    if not _COLOUR.fullmatch(colour):
        raise Http404
    return HttpResponse(stylesheet(f"#{colour}"), content_type="text/css; charset=utf-8")


def _saved(form: SiteForm, province_id: int | None, viewer: Viewer) -> bool:
    try:
        set_site(by=viewer, province_id=province_id, logo=form.new_logo, **form.words)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    return True


def _preview(form: SiteForm, above: Site) -> dict[str, Any]:
    """What pages would show: each word, or what stands above it."""
    words = form.words
    shown: dict[str, Any] = {name: words[name] or getattr(above, name) for name in WORDS}
    form.data = {**form.data.dict(), "kept_logo": form.carried}  # type: ignore[attr-defined]
    return {
        **shown,
        "colour": (words["theme_colour"] or above.theme_colour or PRODUCT_COLOUR).lstrip("#"),
        "logo": form.carried,
    }


def _log(viewer: Viewer, setting_id: int) -> list[Any]:
    return list(of_subject(viewer, "ui.site_setting", setting_id)[:_SHOWN]) if setting_id else []
