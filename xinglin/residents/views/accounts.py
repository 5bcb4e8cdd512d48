"""重置密码 of one resident (P-06)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from xinglin.accounts.access import needs
from xinglin.accounts.actions import reset_passwords
from xinglin.accounts.selectors import resident_grants
from xinglin.kernel.viewer import Viewer
from xinglin.ui.lists.addresses import back_to


@require_POST
@needs("residents.reset_password")
def reset_password(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Back to the initial password; a random one is shown this once."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    grant = resident_grants(viewer).filter(pk=grant_id).first()
    if grant is None:
        raise Http404
    issue = reset_passwords([grant.user], issuer_organization=grant.organization, by=viewer)
    password = issue.default or issue.passwords[grant.user_id]
    once = "" if issue.default else "（只显示这一次，请当面告知本人）"
    messages.success(request, f"{grant.user.display_name}的密码已重置为 {password}{once}，下次登录须设新密码。")
    return redirect(back_to("residents:accounts", request.POST.get("state", "")))
