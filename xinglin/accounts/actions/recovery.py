"""忘记密码: a new password in exchange for a code to the verified phone (P-06)."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F

from xinglin.history.actions import record
from xinglin.kernel.errors import Refused, Stale

from ..courier import courier
from ..enums import Guess, PhoneProof
from ..models import KnownPlace, PhoneCode, SignInFailure, SignInSession, User
from ..selectors import grants_of, viewer_for
from .codes import spend_code
from .entries import about_user
from .phones import note_phone

REASON = "the owner proved himself by a code"


@transaction.atomic
def recover_password(code: PhoneCode, password: str, *, address: str, request_id: str) -> None:
    """Set the password; every session of the account ends, known places and pauses are forgotten (wrong values
    of a second factor still count), the owner is told.

    The caller has checked the digits and the password's strength. Raises Stale when the code was used meanwhile,
    Refused when the account lost its password, its identities or this phone in between.
    """
    user = User.objects.for_system(REASON).select_related("person", "organization").get(pk=code.user_id)
    grants = grants_of(user)
    if not spend_code(code):
        raise Stale("验证码已经用过，请重新发送。")
    if not grants or not user.is_active or not user.has_usable_password():
        raise Refused("账号现在不能自己重置密码，请联系能重置密码的单位。", field="code")
    home, by = grants[0].organization, viewer_for(grants[0], address=address, request_id=request_id)
    User.objects.for_system(REASON).filter(pk=user.pk).update(
        password=make_password(password), session_epoch=F("session_epoch") + 1
    )
    SignInSession.objects.filter(user=user).delete()
    KnownPlace.objects.filter(user=user).delete()
    SignInFailure.objects.filter(account=code.account).exclude(kind=Guess.FACTOR).delete()
    note_phone(user, PhoneProof.CODE, by=by, organization=home)
    record([about_user("password_recovered", user.pk, home, person_id=user.person_id)], by=by)
    courier().tell_recovered(user.pk)
