"""授予, 结束, 到期日: identities given by those who may, by the table of who opens whom (P-07)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from xinglin.history.actions import record
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind, Track
from xinglin.organizations.models import Organization
from xinglin.organizations.selectors import is_base

from ..models import Grant, User
from ..roles import role
from ..rules import end_text, opening_refusal
from ..selectors import grants_of, still_holds
from .entries import about_grant
from .grants import end_grant, give_grant

REASON_AT_MOST = 200


def check_opening(
    by: Viewer, role_code: str, organization: Organization, *, track: str = "", receiver: User | None = None
) -> None:
    """Raises NotAllowed or Refused when the viewer may not give, end or date this identity now (docs/decisions/0025)."""
    if not still_holds(by):
        raise NotAllowed("您的身份已经结束，什么也没有做。请重新登录，或切换身份。")
    reason = opening_refusal(
        by, role_code, kind=organization.kind, path=organization.path, name=organization.name, track=track,
        receiver_id=receiver.pk if receiver else None,
    )  # fmt: skip
    if reason:
        raise (Refused(reason, field="role") if role(role_code).kind != organization.kind else NotAllowed(reason))


@transaction.atomic
def give_identity(
    user: User, role_code: str, organization: Organization, *, by: Viewer, track: str = "",
    ends_at: datetime | None = None,
) -> Grant:  # fmt: skip
    """授予: a role at an organisation, until ``ends_at`` where it is given.

    Raises NotAllowed by the table of who opens whom; Refused for an identity that is held already, an end that is not
    in the future, a hospital that is no training base, or a base's own account.
    """
    check_opening(by, role_code, organization, track=track, receiver=user)
    if user.organization_id is not None:
        raise Refused("单位账号只有单位自己的身份，不能再授予别的身份。")
    check_end(ends_at)
    check_place(role_code, organization, track)
    _lock(user)
    for held in grants_of(user):
        if (held.role, held.organization_id, held.track) == (role_code, organization.pk, track):
            raise Refused(f"{user.display_name}已有这个身份，要改期限请用“到期日”。", field="role")
    return give_grant(user, role_code, organization, by=by, track=track, ends_at=ends_at)


@transaction.atomic
def end_identity(grant: Grant, *, by: Viewer, reason: str) -> None:
    """结束: now, for good, with the account's sessions. Raises NotAllowed, or Refused without a reason."""
    check_opening(by, grant.role, grant.organization, track=grant.track, receiver=grant.user)
    end_grant(grant, by=by, reason=checked_reason(reason))


@transaction.atomic
def set_expiry(grant: Grant, ends_at: datetime | None, *, by: Viewer) -> None:
    """到期日: set, moved or taken off. Raises Refused for an ended identity, or an end that is not in the future."""
    check_opening(by, grant.role, grant.organization, track=grant.track, receiver=grant.user)
    check_end(ends_at)
    rows = Grant.objects.for_system("the caller selected the grant in scope").filter(pk=grant.pk)
    _lock(grant.user)
    before = rows.get().ends_at
    if before is not None and before <= clock.now():
        raise Refused("这个身份已经结束，不能再改到期日。需要时请重新授予。", field="ends_on")
    if before == ends_at:
        return
    rows.update(ends_at=ends_at)
    entry = about_grant("grant_expiry", grant, grant.organization)
    entry.changes = {"到期": [end_text(before), end_text(ends_at)]}
    record([entry], by=by)


def checked_reason(reason: str) -> str:
    """A reason as it is kept. Raises Refused for none, or one that is too long."""
    words = reason.strip()
    if not words:
        raise Refused("请填写理由，会写入更新记录。", field="reason")
    if len(words) > REASON_AT_MOST:
        raise Refused(f"理由有 {len(words):,} 个字，最多 {REASON_AT_MOST} 个字。", field="reason")
    return words


def check_place(role_code: str, organization: Organization, track: str) -> None:
    """Raises Refused for a hospital that is no training base (of the track) today."""
    if organization.kind == Kind.HOSPITAL and not is_base(organization, track or None):
        label = f"{Track(track).label}培训基地" if track else "培训基地"
        raise Refused(
            f"“{organization.name}”现在不是{label}，不能有“{role(role_code).label}”身份。", field="organization"
        )


def check_end(ends_at: datetime | None) -> None:
    """Raises Refused for an end that is not in the future."""
    if ends_at is not None and ends_at <= clock.now():
        raise Refused("到期日已经过去，请选今天或以后的日期。", field="ends_on")


def _lock(user: User) -> None:
    """Two givers at once: the second one sees what the first one gave."""
    User.objects.for_system("one giver at a time").select_for_update().get(pk=user.pk)
