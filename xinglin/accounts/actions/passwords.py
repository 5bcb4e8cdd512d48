"""First passwords, changed passwords, resets by the level above (P-05, P-06)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F

from xinglin.history.actions import record
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused, Stale
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import Organization

from ..models import Grant, InitialCredential, User
from ..rules import reset_permissions, who_resets
from ..selectors import coverer_of, covers, grants_of_users
from .credentials import Issue, installation_policy, write_credentials
from .entries import about_user

OWN = "the account's own password"


@transaction.atomic
def count_failed_try(credential: InitialCredential) -> int:
    """One more wrong answer; returns how many tries are left."""
    rows = InitialCredential.objects.filter(pk=credential.pk)
    rows.update(failed_tries=F("failed_tries") + 1)
    credential.refresh_from_db(fields=["failed_tries"])
    return credential.tries_left


@transaction.atomic
def set_first_password(
    credential: InitialCredential, password: str, *, by: Viewer, organization: Organization, sign_in_name: str = ""
) -> User:
    """Exchange the initial credential for an own password. Raises Stale when it was exchanged or renewed meanwhile."""
    now = clock.now()
    open_rows = InitialCredential.objects.filter(pk=credential.pk, used_at=None, revoked_at=None, expires_at__gt=now)
    if open_rows.update(used_at=now) == 0:
        raise Stale("初始密码已经用过或已重新发放，请重新登录。")
    user = credential.user
    changes = {"password": make_password(password), "activated_at": now, "session_epoch": F("session_epoch") + 1}
    if sign_in_name:
        changes["sign_in_name"] = sign_in_name
    User.objects.for_system(OWN).filter(pk=user.pk).update(**changes)
    record([about_user("password_set", user.pk, organization, person_id=user.person_id)], by=by)
    return User.objects.for_system(OWN).select_related("person", "organization").get(pk=user.pk)


@transaction.atomic
def change_password(user: User, password: str, *, by: Viewer, organization: Organization) -> User:
    """A new password of one's own; every other session of the account ends."""
    User.objects.for_system(OWN).filter(pk=user.pk).update(
        password=make_password(password), session_epoch=F("session_epoch") + 1
    )
    record([about_user("password_changed", user.pk, organization, person_id=user.person_id)], by=by)
    return User.objects.for_system(OWN).get(pk=user.pk)


@transaction.atomic
def reset_passwords(users: Sequence[User], *, issuer_organization: Organization, by: Viewer, reason: str = "") -> Issue:
    """Back to an initial credential, sessions ended: by the level above, which covers every live identity (P-06).

    Raises NotAllowed that says why and who can.
    """
    refused = reset_refusals(users, by)
    if refused:
        raise NotAllowed(next(iter(refused.values())))
    ids = [user.pk for user in users]
    now = clock.now()
    User.objects.for_system("covered by the viewer").filter(pk__in=ids).update(
        password=make_password(None), session_epoch=F("session_epoch") + 1
    )
    InitialCredential.objects.filter(user__in=ids, used_at=None, revoked_at=None).update(revoked_at=now)
    issue = write_credentials(ids, policy=installation_policy(), issuer=issuer_organization)
    record(
        (
            about_user("password_reset", user.pk, issuer_organization, person_id=user.person_id, reason=reason)
            for user in users
        ),
        by=by,
    )
    return issue


def reset_refusals(
    users: Sequence[User], by: Viewer, what: str = "密码", own: str = "请用“修改密码”。"
) -> dict[int, str]:
    """Why the viewer may not reset some of these accounts, and who can, by user id.

    ``what``: what would be reset; ``own``: where one does it oneself.
    """
    grants = grants_of_users(users)
    if by.user_id is None:
        return {}
    held = {user.pk: [grant for grant in grants if grant.user_id == user.pk] for user in users}
    reasons = {
        user.pk: f"不能重置自己的{what}，{own}" if user.pk == by.user_id else _refusal(user, held[user.pk], by, what)
        for user in users
    }
    return {user_id: reason for user_id, reason in reasons.items() if reason}


def _refusal(user: User, grants: Sequence[Grant], by: Viewer, what: str) -> str:
    who = user.display_name
    if not grants:
        return f"{who}目前没有有效的身份，不能登录。请先授予身份。"
    for grant in grants:
        if not covers(by, grant):
            return (
                f"{who}在“{grant.organization.name}”也有身份，“{by.organization_name}”不能重置其{what}，"
                f"请联系“{coverer_of(grants)}”。"
            )
    for grant in grants:
        if not any(by.may(permission) for permission in reset_permissions(grant.role)):
            return f"“{by.role_label}”不能重置{who}的{what}，{who_resets(grant.role)}。"
    return ""


@transaction.atomic
def share_password(user_ids: Iterable[int], password: str, *, by: Viewer) -> None:
    """One password for many invented accounts at the price of one hash. Raises Refused outside a trial installation."""
    if settings.PRODUCTION:
        raise Refused("正式系统不能为多个账号设置同一密码。")
    now = clock.now()
    ids = list(user_ids)
    User.objects.for_system(by.user_name).filter(pk__in=ids).update(password=make_password(password), activated_at=now)
    InitialCredential.objects.filter(user__in=ids, used_at=None, revoked_at=None).update(used_at=now)
