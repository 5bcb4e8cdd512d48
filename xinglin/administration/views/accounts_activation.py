"""The link on an activation sheet: opening it changes nothing, sending its form signs in to the first password (P-05).

The secret stands behind # in the printed address, so that no server, proxy or log ever sees it before the form is sent.
"""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from xinglin.accounts import sessions
from xinglin.accounts.access import public, while_confined
from xinglin.accounts.actions import exchange
from xinglin.accounts.middleware import address_of
from xinglin.kernel.errors import Refused

from ..forms.accounts import sent


class ActivationForm(forms.Form):
    """激活码: filled in by the script from the address, or typed from the sheet."""

    use_required_attribute = False
    secret = forms.CharField(
        label="激活码", max_length=64, help_text="印在激活单上，六组，每组四个字母或数字",
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "data-activation": ""}
        ),
        error_messages={"required": "请填写激活单上的激活码。"},
    )  # fmt: skip


@public
@while_confined
@never_cache
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """GET asks; POST exchanges the sheet for a session that is confined to setting the first password."""
    form = ActivationForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            credential = exchange(
                token_id, form.cleaned_data["secret"], address=address_of(request),
                request_id=request.request_id,  # type: ignore[attr-defined]
            )  # fmt: skip
        except Refused as refusal:
            form.add_error("secret", refusal.message)
        else:
            sessions.begin_confined(request, credential, activated=True)
            return HttpResponseRedirect(reverse("accounts:initial-password"))
    status = 422 if form.errors else 200
    return render(request, "administration/accounts/activate.html", {"form": form}, status=status)
