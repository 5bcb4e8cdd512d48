"""Opening accounts: residents in bulk, staff one by one, organisations their own (P-04, P-05)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from xinglin.history.actions import Entry, record
from xinglin.kernel import clock
from xinglin.kernel.bulk import allocate_ids, insert_rows
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Organization

from ..models import Grant, User
from ..roles import role
from ..selectors import person_account
from .credentials import Issue, installation_policy, write_credentials
from .entries import about_user
from .grants import give_grant

# What contrib.auth calls an unusable password: no hash is made, no typed password ever matches.
NO_PASSWORD = "!"
USER_COLUMNS = ("id", "password", "person", "created_at")
GRANT_COLUMNS = ("user", "role", "organization", "track", "starts_at", "given_by_id", "given_by_name")


@dataclass(slots=True)
class Opened:
    """``users`` maps person ids to user ids; ``issue`` says what the new accounts may sign in with."""

    issue: Issue
    users: dict[int, int] = field(default_factory=dict)


@transaction.atomic(savepoint=False)
def open_users(
    person_ids: Sequence[int], *, organization: Organization, track: str, by: Viewer,
    expires_at: datetime | None = None, role_code: str = "resident", told: bool = False,
) -> Opened:  # fmt: skip
    """New accounts for persons who have none, each with one identity and one initial credential, in bulk.

    ``expires_at``: end of the window, else 30 days. ``told``: the caller's own rows of the history name the accounts
    (parent "user"), in the same transaction. Fails on a person who has an account: split them off with
    ``accounts_of_persons`` and give them a grant.
    """
    now = clock.now()
    ids = allocate_ids(User, len(person_ids))
    insert_rows(User, USER_COLUMNS, ((i, NO_PASSWORD, p, now) for i, p in zip(ids, person_ids, strict=True)))
    given = (role_code, organization.pk, track, now, by.user_id, by.user_name)
    insert_rows(Grant, GRANT_COLUMNS, ((user_id, *given) for user_id in ids))
    issue = write_credentials(ids, policy=installation_policy(), issuer=organization, expires_at=expires_at)
    if not told:
        record(_opened(ids, person_ids, organization, role_code, track), by=by)
    return Opened(issue, dict(zip(person_ids, ids, strict=True)))


def _opened(ids: Sequence[int], person_ids: Sequence[int], at: Organization, role_code: str, track: str) -> list[Entry]:
    entries = []
    for user_id, person_id in zip(ids, person_ids, strict=True):
        entry = about_user("account_opened", user_id, at, person_id=person_id, role=role_code)
        entry.track = track
        entries.append(entry)
    return entries


def open_user_for_person(
    person_id: int, *, organization: Organization, track: str, by: Viewer, role_code: str = "resident",
    expires_at: datetime | None = None,
) -> Opened:  # fmt: skip
    """One account; a known person gets the identity on the existing account, and never a second account."""
    known = person_account(person_id)
    if known is None:
        return open_users(
            [person_id], organization=organization, track=track, by=by, expires_at=expires_at, role_code=role_code
        )
    give_grant(known, role_code, organization, track=track, by=by)
    return Opened(Issue(known.created_at), {person_id: known.pk})


def open_staff_account(
    person_id: int, role_code: str, organization: Organization, *, by: Viewer, track: str = ""
) -> Opened:
    """An account (or a further identity) for staff; they choose their user name at the first sign-in.

    Raises Refused for a personal role or one that does not exist at this organisation.
    """
    what = role(role_code)
    if what.personal or what.kind != organization.kind:
        raise Refused(f"“{organization.name}”不能开通“{what.label}”账号。", field="role")
    return open_user_for_person(person_id, organization=organization, track=track, by=by, role_code=role_code)


@transaction.atomic
def open_organization_account(
    organization: Organization, *, by: Viewer, track: str = "", expires_at: datetime | None = None
) -> Issue:
    """A base's own account: no person, signs in with the full name or the code. Raises Refused when it has one."""
    if organization.kind != Kind.HOSPITAL:
        raise Refused(f"“{organization.name}”不是培训基地，不能开通基地账号。")
    users = User.objects.for_system("one account an organisation")
    if users.filter(organization=organization).exists():
        raise Refused(f"“{organization.name}”已经有账号。")
    user = users.create(organization=organization, password=NO_PASSWORD, created_at=clock.now())
    give_grant(user, "base_organization", organization, track=track, by=by)
    issue = write_credentials([user.pk], policy=installation_policy(), issuer=organization, expires_at=expires_at)
    record([about_user("account_opened", user.pk, organization, role="base_organization")], by=by)
    return issue
