"""Giving and ending identities (P-07)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from xinglin.history.actions import record
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import Organization

from ..models import Grant, User
from ..roles import role
from .entries import about_grant


@transaction.atomic
def give_grant(
    user: User, role_code: str, organization: Organization, *, by: Viewer, track: str = "",
    ends_at: datetime | None = None,
) -> Grant:  # fmt: skip
    """A role at an organisation from now on; the same one in force is returned as it is.

    Raises Refused for a role that does not exist at this kind of organisation, or an organisation's own account.
    """
    what = role(role_code)
    if organization.kind != what.kind:
        raise Refused(f"“{organization.name}”不能有“{what.label}”身份。", field="role")
    if (role_code == "base_organization") != (user.organization_id == organization.pk):
        raise Refused(f"“{what.label}”身份只属于单位自己的账号。", field="role")
    rows = Grant.objects.for_system("an identity is given once")
    known = rows.filter(user=user, role=role_code, organization=organization, track=track, ends_at=None).first()
    if known is not None:
        return known
    grant = rows.create(
        user=user, role=role_code, organization=organization, track=track, starts_at=clock.now(), ends_at=ends_at,
        given_by_id=by.user_id, given_by_name=by.user_name,
    )  # fmt: skip
    record([about_grant("grant_given", grant, organization)], by=by)
    return grant


@transaction.atomic
def end_grant(grant: Grant, *, by: Viewer, reason: str) -> None:
    """End an identity now; the account's sessions end with it. A second time changes nothing."""
    now = clock.now()
    rows = Grant.objects.for_system("the caller selected the grant in scope").filter(pk=grant.pk)
    in_force = rows.exclude(ends_at__lte=now)
    if in_force.update(ends_at=now, ended_reason=reason[:200]) == 0:
        return
    User.objects.for_system("sessions of the account").filter(pk=grant.user_id).update(
        session_epoch=F("session_epoch") + 1
    )
    record([about_grant("grant_ended", grant, grant.organization, reason=reason)], by=by)
