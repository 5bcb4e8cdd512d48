"""The end of a first sign-in: own password, and a phone that is known to be the owner's (P-05, P-06)."""

from __future__ import annotations

from django.db import transaction

from xinglin.kernel.errors import Stale
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import Organization

from ..enums import PhoneProof
from ..models import InitialCredential, PhoneCode, User
from .codes import spend_code
from .passwords import set_first_password
from .phones import note_phone


@transaction.atomic
def finish_first_sign_in(
    credential: InitialCredential, password: str, *, by: Viewer, organization: Organization, sign_in_name: str = "",
    phone: str = "", code: PhoneCode | None = None,
) -> User:  # fmt: skip
    """``phone``: the number that was typed and compared; ``code``: the code that came back instead.

    Raises Stale when credential or code were used or renewed meanwhile.
    """
    if code is not None and not spend_code(code):
        raise Stale("手机验证码已经用过，请重新发送。")
    user = set_first_password(credential, password, by=by, organization=organization, sign_in_name=sign_in_name)
    if code is not None:
        note_phone(user, PhoneProof.CODE, by=by, organization=organization)
    elif phone:
        note_phone(user, PhoneProof.MATCHED, by=by, organization=organization, phone=phone)
    return user
