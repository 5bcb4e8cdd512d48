"""两步验证 at the sign-in: the password was right, nothing else answers before the second factor (P-08)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from xinglin.kernel.errors import Refused

from .. import sessions, throttle
from ..access import Stage, public, while_at
from ..actions import forget_failures, record_failure
from ..actions.factors import pass_factor
from ..addresses import address_of
from ..enums import Guess
from ..factor_forms import FactorForm
from ..factor_selectors import unused_codes
from ..models import User
from ..selectors import grants_of, viewer_for
from .sign_in import go_in

WRONG = "动态码不对，或已经用过。请等验证器换下一个数字再试；一直不对，请把手机的时间设为自动校准。"
WRONG_CODE = "恢复码不对，或已经用过。"


@public
@while_at(Stage.FACTOR)
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """A value of the app, or a recovery code: either leads in."""
    user = sessions.halfway(request)
    if user is None:
        request.session.flush()
        return HttpResponseRedirect(f"{reverse('accounts:sign-in')}?why=ended")
    recovery = (request.POST if request.method == "POST" else request.GET).get("way") == "recovery"
    form = FactorForm(request.POST or None, recovery=recovery)
    if request.method == "POST" and form.is_valid() and _passes(request, form, user, recovery):
        return _in(request, user)
    words = {"form": form, "account": user, "recovery": recovery, "codes_left": len(unused_codes(user.pk))}
    return render(request, "accounts/second_factor.html", words, status=422 if form.errors else 200)


def _passes(request: HttpRequest, form: FactorForm, user: User, recovery: bool) -> bool:
    """Wrong values are counted by account and address, as wrong passwords are."""
    who = throttle.guesser(f"user:{user.pk}", address_of(request))
    grants = grants_of(user)
    try:
        throttle.check(who, Guess.FACTOR)
        if not grants:
            raise Refused("账号目前没有有效的身份，请联系所在单位的管理员。")
        viewer = viewer_for(grants[0], request_id=request.request_id, address=address_of(request))  # type: ignore[attr-defined]
        if not pass_factor(user, form.cleaned_data["code"], by=viewer, organization=grants[0].organization):
            record_failure(who, Guess.FACTOR)
            raise Refused(WRONG_CODE if recovery else WRONG)
    except Refused as error:
        form.add_error("code", error.message)
        return False
    forget_failures(who, Guess.FACTOR)
    return True


def _in(request: HttpRequest, user: User) -> HttpResponse:
    track, where = request.session.get(sessions.TRACK, ""), request.session.get(sessions.NEXT, "")
    sessions.begin(request, user, track, two_factors=True)
    return go_in(request, user, track, where)
