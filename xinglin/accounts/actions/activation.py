"""Activation sheets: a one-time link stands for the initial password, once, as long as the credential does (P-05)."""

from __future__ import annotations

import hmac
import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from xinglin.history.actions import record
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.vault.hashing import keyed_hash

from ..models import ActivationToken, InitialCredential, User
from ..selectors import activation_token, grants_of, open_credentials, organization_of, viewer_for
from .entries import about_user
from .passwords import reset_refusals

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
GROUPS, GROUP = 6, 4
AT_MOST = 200
NOT_WAITING = "没有待用的初始密码，请先重新发放。"
WRONG = "激活码不对，请扫描激活单上的二维码，或照激活单输入激活码。"
DEAD = "这张激活单已经用过、被更新的激活单代替，或已失效。请用初始密码登录，或请发放的单位重新打印。"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One printed sheet. ``secret`` exists on it only."""

    user: User
    credential: InitialCredential
    token_id: uuid.UUID
    secret: str


@dataclass(slots=True)
class Printed:
    """Sheets, and why some accounts got none."""

    sheets: list[Sheet]
    refused: dict[int, str]


def new_secret() -> str:
    """ABCD-EFGH-JKLM-NPQR-STUV-WXYZ: letters and digits without look-alikes, 120 bits: a keyed hash is enough for them."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def digest_of(token_id: uuid.UUID, typed: str) -> str:
    """Keyed hash of a secret, bound to its row; hyphens, spaces and case do not matter."""
    return keyed_hash("activation", f"{token_id.hex}:{re.sub(r'[^0-9A-Z]', '', typed.upper()[:64])}")


@transaction.atomic
def print_sheets(users: Sequence[User], *, by: Viewer) -> Printed:
    """New sheets for accounts that wait for their first sign-in; sheets printed before stop working.

    Whoever may reset an account may print its sheet. Raises Refused for more than AT_MOST.
    """
    if len(users) > AT_MOST:
        raise Refused(f"一次最多打印 {AT_MOST} 张，现在选了 {len(users):,} 个账号。请分几次打印。")
    now = clock.now()
    refused = reset_refusals(users, by)
    open_ones = {c.user_id: c for c in open_credentials(users) if c.is_pending(now) and not c.is_locked}
    refused |= {user.pk: NOT_WAITING for user in users if user.pk not in refused and user.pk not in open_ones}
    free = [user for user in users if user.pk not in refused]
    live = ActivationToken.objects.filter(credential__in=[open_ones[user.pk] for user in free])
    live.filter(used_at=None, revoked_at=None).update(revoked_at=now)
    sheets = [Sheet(user, open_ones[user.pk], uuid.uuid4(), new_secret()) for user in free]
    ActivationToken.objects.bulk_create(
        ActivationToken(
            pk=sheet.token_id,
            credential=sheet.credential,
            digest=digest_of(sheet.token_id, sheet.secret),
            issued_at=now,
        )
        for sheet in sheets
    )
    place = organization_of(by.organization_id) if by.organization_id else None
    if place is not None:
        record((about_user("sheet_printed", s.user.pk, place, person_id=s.user.person_id) for s in sheets), by=by)
    return Printed(sheets, refused)


def exchange(token_id: uuid.UUID, typed: str, *, address: str, request_id: str) -> InitialCredential:
    """The credential that the sheet stands for, once. Raises Refused in words that tell a stranger nothing.

    A wrong secret counts; after five the sheet is dead.
    """
    token = activation_token(token_id)
    right = hmac.compare_digest(token.digest if token else "", digest_of(token_id, typed))
    if token is None or not token.is_live:
        raise Refused(DEAD if token and right else WRONG, field="secret")
    if not right:
        ActivationToken.objects.filter(pk=token.pk).update(failed_tries=F("failed_tries") + 1)
        raise Refused(WRONG, field="secret")
    credential = token.credential
    if credential.is_locked or not credential.is_pending(clock.now()):
        raise Refused(DEAD, field="secret")
    _use(token, address=address, request_id=request_id)
    return credential


@transaction.atomic
def _use(token: ActivationToken, *, address: str, request_id: str) -> None:
    """Take the token: of two at once only one goes on."""
    user = token.credential.user
    grants = grants_of(user)
    if not grants or not user.is_active:
        raise Refused("账号目前没有有效的身份，请联系所在单位的管理员。", field="secret")
    live = ActivationToken.objects.filter(pk=token.pk, used_at=None, revoked_at=None)
    if live.update(used_at=clock.now()) == 0:
        raise Refused(DEAD, field="secret")
    viewer = viewer_for(grants[0], address=address, request_id=request_id)
    record([about_user("activation_used", user.pk, grants[0].organization, person_id=user.person_id)], by=viewer)
