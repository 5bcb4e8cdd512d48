"""Staff accounts: a known person gets an identity on the existing account, a new one gets an account (P-04)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import Organization
from xinglin.people.actions import NewPerson, create_people
from xinglin.people.models import Person

from ..enums import HandoutVerb, Policy
from ..models import CredentialHandout, Grant, User
from ..selectors import accounts_of_persons, known_persons
from .credentials import Issue, installation_policy
from .handouts import keep_issue
from .identities import check_end, check_opening, check_place, give_identity
from .opening import open_organization_account, open_users

NAME_DIFFERS = "这个证件号码已在系统中，登记的姓名与所填的不同。请对照证件核对证件类型、号码和姓名。"


@dataclass(frozen=True, slots=True)
class NewStaff:
    """Somebody who is to have a role; values are cleaned."""

    person: NewPerson
    role: str
    organization: Organization
    track: str = ""
    ends_at: datetime | None = None


@dataclass(slots=True)
class OpenedStaff:
    """``user_ids`` in the order asked; ``new``: those who had no account; ``passwords`` by user id where random."""

    user_ids: list[int] = field(default_factory=list)
    new: set[int] = field(default_factory=set)
    passwords: dict[int, str] = field(default_factory=dict)
    handout: CredentialHandout | None = None


@transaction.atomic
def open_staff(wanted: Sequence[NewStaff], *, by: Viewer, hand_out: bool = False) -> OpenedStaff:
    """Open accounts or give identities, all or none. Name and phone of a known person are never changed.

    ``hand_out``: keep what the new accounts may sign in with as a batch for the giver. Raises NotAllowed by the table
    of who opens whom, Refused where name and ID number do not belong together, or an identity is held already. New
    accounts choose their user name at the first sign-in.
    """
    known = known_persons((new.person.id_type, new.person.id_number) for new in wanted)
    for role_code, place, track in {(new.role, new.organization, new.track) for new in wanted}:
        check_opening(by, role_code, place, track=track)
        check_place(role_code, place, track)
    for new in wanted:
        check_end(new.ends_at)
        person = known.get((new.person.id_type, new.person.id_number))
        if person is not None and person.name != new.person.name:
            raise Refused(NAME_DIFFERS, field="name")
    persons = {pair: person.pk for pair, person in known.items()} | _create(wanted, known)
    ids = [persons[new.person.id_type, new.person.id_number] for new in wanted]
    users = {person_id: user.pk for person_id, user in accounts_of_persons(ids).items()}
    result = OpenedStaff()
    first: dict[int, NewStaff] = {}
    later: list[tuple[int, NewStaff]] = []
    for person_id, new in zip(ids, wanted, strict=True):
        if person_id in users or person_id in first:
            later.append((person_id, new))
        else:
            first[person_id] = new
    users |= _open(first, result, by)
    rows = User.objects.for_system("accounts of the persons named").select_related("person")
    found = rows.in_bulk([users[person_id] for person_id, _ in later])
    for person_id, new in later:
        user = found[users[person_id]]
        give_identity(user, new.role, new.organization, by=by, track=new.track, ends_at=new.ends_at)
    result.user_ids = [users[person_id] for person_id in ids]
    if hand_out and result.new:
        result.handout = keep_issue(HandoutVerb.OPENED, sorted(result.new), result.passwords, by=by)
    return result


def _create(wanted: Sequence[NewStaff], known: Mapping[tuple[str, str], Person]) -> dict[tuple[str, str], int]:
    fresh = {(new.person.id_type, new.person.id_number): new.person for new in wanted}
    fresh = {pair: person for pair, person in fresh.items() if pair not in known}
    try:
        with transaction.atomic():
            made = create_people(list(fresh.values()))
    except IntegrityError:
        raise Refused("刚才有人用同一个证件号码开通了账号，这次没有写入。请再提交一次。", field="id_number") from None
    return {pair: person_id for pair, (person_id, _) in zip(fresh, made, strict=True)}


def _open(first: Mapping[int, NewStaff], result: OpenedStaff, by: Viewer) -> dict[int, int]:
    """New accounts by person id, in bulk by what is the same for many."""
    groups: dict[tuple[str, int, str, datetime | None], list[int]] = defaultdict(list)
    for person_id, new in first.items():
        groups[new.role, new.organization.pk, new.track, new.ends_at].append(person_id)
    users: dict[int, int] = {}
    for (role_code, _, track, ends_at), person_ids in groups.items():
        place = first[person_ids[0]].organization
        opened = open_users(person_ids, organization=place, track=track, by=by, role_code=role_code)
        users |= opened.users
        result.new |= set(opened.users.values())
        result.passwords |= opened.issue.passwords
        if ends_at is not None:
            given = Grant.objects.for_system("identities that were opened just now")
            given.filter(user__in=opened.users.values()).update(ends_at=ends_at)
    return users


@dataclass(slots=True)
class OpenedBases:
    """What was handed out, None when nothing was; why some bases got no account, by base."""

    handout: CredentialHandout | None = None
    refused: dict[int, str] = field(default_factory=dict)


@transaction.atomic
def open_base_accounts(bases: Sequence[Organization], *, by: Viewer) -> OpenedBases:
    """开通基地账号 of one or many, in one batch. Raises NotAllowed; what a rule forbids is told base by base."""
    opened = OpenedBases()
    users: list[int] = []
    passwords: dict[int, str] = {}
    for base in bases:
        try:
            issue = _open_base(base, by)
        except Refused as refusal:
            opened.refused[base.pk] = refusal.message
            continue
        users.append(User.objects.for_system("opened just now").get(organization=base).pk)
        passwords |= issue.passwords
    if users:
        opened.handout = keep_issue(HandoutVerb.OPENED, users, passwords, by=by)
    return opened


def _open_base(base: Organization, by: Viewer) -> Issue:
    """Raises Refused for a base that has an account, or that could not use it."""
    check_opening(by, "base_organization", base)
    check_place("base_organization", base, "")
    if installation_policy() is Policy.FIXED and not base.contact_phone_hash:
        raise Refused(
            f"“{base.name}”没有登记联系电话，第一次登录时无法核对。请先在“机构管理”中补录联系电话，再开通账号。"
        )
    return open_organization_account(base, by=by)
