"""Initial credentials in bulk: no password is hashed, ten thousand cost one insert (P-05)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from xinglin.history.actions import record
from xinglin.kernel import clock
from xinglin.kernel.bulk import insert_rows
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import Organization

from ..enums import Policy
from ..models import InitialCredential, User
from ..rules import is_pattern, verifier_of
from .entries import about_user

DEFAULT = "000000"
LIFETIME = timedelta(days=30)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "23456789"
COLUMNS = ("user", "policy", "default", "verifier", "issuer_organization_id", "issued_at", "expires_at")


@dataclass(slots=True)
class Issue:
    """What was handed out. ``passwords`` maps user ids to random passwords, shown once; empty for fixed defaults."""

    expires_at: datetime
    default: str = ""
    passwords: dict[int, str] = field(default_factory=dict)


def installation_policy() -> Policy:
    """Fixed defaults or random passwords, as the installation says (XINGLIN_INITIAL_PASSWORDS)."""
    return Policy(settings.XINGLIN_INITIAL_PASSWORDS)


def random_password() -> str:
    """Ten characters without look-alikes: four letters, a hyphen, five digits (about 34 bits, five tries)."""
    while True:
        letters = "".join(secrets.choice(LETTERS) for _ in range(4))
        password = f"{letters}-{''.join(secrets.choice(DIGITS) for _ in range(5))}"
        if not is_pattern(password):  # the rules for one's own hold for it too
            return password


def write_credentials(
    user_ids: Sequence[int], *, policy: Policy, issuer: Organization, expires_at: datetime | None = None,
    default: str = DEFAULT,
) -> Issue:  # fmt: skip
    """Insert pending credentials for accounts that have none pending; part of a larger action."""
    now = clock.now()
    issue = Issue(expires_at or now + LIFETIME)
    if policy is Policy.RANDOM:
        issue.passwords = {user_id: random_password() for user_id in user_ids}
        means = [("", verifier_of(user_id, issue.passwords[user_id])) for user_id in user_ids]
    else:
        issue.default = default
        means = [(default, "")] * len(user_ids)
    how, issued_by, expires = policy.value, issuer.pk, issue.expires_at
    rows = ((user_id, how, *mean, issued_by, now, expires) for user_id, mean in zip(user_ids, means, strict=True))
    insert_rows(InitialCredential, COLUMNS, rows)
    return issue


@transaction.atomic
def issue_initial_credentials(
    users: Sequence[User], *, issuer_organization: Organization, by: Viewer, policy: Policy | None = None,
    expires_at: datetime | None = None,
) -> Issue:  # fmt: skip
    """Renew: earlier pending credentials are revoked. Accounts with an own password keep it and are left out.

    The caller has checked the right to the users; ``expires_at`` is the window's end, or 30 days from now.
    """
    waiting = [user for user in users if not user.has_usable_password()]
    ids = [user.pk for user in waiting]
    now = clock.now()
    InitialCredential.objects.filter(user__in=ids, used_at=None, revoked_at=None).update(revoked_at=now)
    issue = write_credentials(
        ids, policy=policy or installation_policy(), issuer=issuer_organization, expires_at=expires_at
    )
    record(
        (about_user("credential_issued", user.pk, issuer_organization, person_id=user.person_id) for user in waiting),
        by=by,
    )
    return issue
