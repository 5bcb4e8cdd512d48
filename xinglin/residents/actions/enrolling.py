"""Accounts imported by a base: person, user, grant, initial credential, enrollment, review state (R-03)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from xinglin.accounts import actions as accounts
from xinglin.accounts.models import User
from xinglin.accounts.selectors import accounts_of_persons
from xinglin.history import actions as history
from xinglin.history.actions import Entry
from xinglin.kernel import clock
from xinglin.kernel.bulk import allocate_ids, insert_rows, reserve_ids
from xinglin.kernel.errors import Stale
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import Organization
from xinglin.people.actions import NewPerson, create_people, update_unactivated
from xinglin.people.models import Person
from xinglin.vault.cipher import Key
from xinglin.windows.enums import PhaseKind
from xinglin.windows.models import CollectionWindow
from xinglin.windows.selectors import effective_end

from ..models import Enrollment, RecruitmentReview

ENROLLMENT_COLUMNS = (
    "id", "person_id", "window_id", "organization_id", "province_id", "track", "intake_year", "batch", "created_at",
    "updated_at", "person_name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Intake:
    """One row to enroll: a new person, or one who is known (``person``), with an account in use or not."""

    new: NewPerson
    person: Person | None = None
    activated: bool = False


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Enrollment ids in order, and random initial passwords by enrollment id."""

    ids: list[int]
    passwords: dict[int, str]


@transaction.atomic(savepoint=False)  # a savepoint makes each insert on SQLite slower, the longer it is open
def enroll(
    intakes: Sequence[Intake], *, window: CollectionWindow, base: Organization, province: Organization, by: Viewer
) -> Enrolled:
    """Create enrollments in a window.

    Raises NotAllowed; Stale where somebody else enrolled one of the people meanwhile: the transaction that is open
    around it cannot go on then, so that nothing is written. Where the caller writes behind (`kernel.behind`), it gets the
    IntegrityError itself, at the end of its block.
    """
    by.require("residents.import_accounts")
    try:
        return _enroll(intakes, window, base, province, by)
    except IntegrityError as error:
        raise Stale("其中有人刚被其他培训基地录入，请重新检查后再导入。") from error


def _enroll(
    intakes: Sequence[Intake], window: CollectionWindow, base: Organization, province: Organization, by: Viewer
) -> Enrolled:
    fresh = [intake.new for intake in intakes if intake.person is None]
    lapses = effective_end(window, PhaseKind.FILLING, base)
    reserve_ids({Person: len(fresh), Enrollment: len(intakes), User: len(fresh)})
    made = iter(create_people(fresh))
    people: list[tuple[int, Key, Intake]] = []
    key: Key
    for intake in intakes:
        if intake.person is None:
            person_id, key = next(made)
        else:
            person_id, key = intake.person.pk, intake.person.key
        people.append((person_id, key, intake))
    now = clock.now()
    ids = allocate_ids(Enrollment, len(people))
    where = (window.pk, base.pk, province.pk, window.track, window.year, window.batch, now, now)
    rows = [
        (pk, person_id, *where, (intake.person or intake.new).name)
        for pk, (person_id, _, intake) in zip(ids, people, strict=True)
    ]
    insert_rows(Enrollment, ENROLLMENT_COLUMNS, rows)
    insert_rows(RecruitmentReview, ("enrollment_id",), [(pk,) for pk in ids])
    known = [intake.person.pk for intake in intakes if intake.person is not None]
    users, passwords = _open_accounts([person_id for person_id, _, _ in people], known, window, base, lapses, by)
    history.record(_entries(ids, people, users, window, base, province), by=by)
    _correct_known(ids, intakes, by)
    handed = {
        pk: passwords[person_id] for pk, (person_id, _, _) in zip(ids, people, strict=True) if person_id in passwords
    }
    return Enrolled(ids, handed)


def _correct_known(ids: list[int], intakes: Sequence[Intake], by: Viewer) -> None:
    """Known persons who never activated their account take name and phone of this import."""
    differing = {
        pk: intake.new
        for pk, intake in zip(ids, intakes, strict=True)
        if intake.person and not intake.activated
        and (intake.person.name, intake.person.phone) != (intake.new.name, intake.new.phone)
    }  # fmt: skip
    if not differing:
        return
    rows = Enrollment.objects.for_system("enrollments just made").select_related(
        "person__key", "organization", "province"
    )
    correct_contacts([(rows.get(pk=pk), new.name, new.phone) for pk, new in differing.items()], by=by)


def _open_accounts(
    person_ids: list[int],
    known_ids: list[int],
    window: CollectionWindow,
    base: Organization,
    lapses: datetime | None,
    by: Viewer,
) -> tuple[dict[int, int], dict[int, str]]:
    """New persons get an account with an initial credential, known accounts a further identity; one that
    was never used gets a fresh initial credential.

    Returns the new accounts by person id, and the random initial passwords by person id where the installation
    hands those out. The row of the history that tells of the enrollment tells of the new account too.
    """
    known = accounts_of_persons(known_ids) if known_ids else {}
    fresh = [person_id for person_id in person_ids if person_id not in known]
    opened = accounts.open_users(fresh, organization=base, track=window.track, by=by, expires_at=lapses, told=True)
    for user in known.values():
        accounts.give_grant(user, "resident", base, by=by, track=window.track)
    never_used = [user for user in known.values() if user.activated_at is None]
    given = opened.issue.passwords
    if never_used:
        renewed = accounts.issue_initial_credentials(never_used, issuer_organization=base, by=by, expires_at=lapses)
        given |= renewed.passwords
    users = opened.users | {user.person_id: user.pk for user in never_used if user.person_id}
    handed = {person_id: given[user_id] for person_id, user_id in users.items() if user_id in given}
    return opened.users, handed


def _entries(
    ids: list[int],
    people: list[tuple[int, Key, Intake]],
    users: dict[int, int],
    window: CollectionWindow,
    base: Organization,
    province: Organization,
) -> Iterator[Entry]:
    """One row of the history for each resident; its parent is the account that was opened with it, if one was."""
    changes: dict[str, list[Any]] = {"招收年份": ["--", str(window.year)], "批次": ["--", str(window.batch)]}
    facts = {"specialty": "", "intake_year": window.year, "training_status": ""}
    opened = {**facts, "account": "opened", "role": "resident"}
    province_id = province.pk
    for enrollment_id, (person_id, key, intake) in zip(ids, people, strict=True):
        new, user_id = intake.new, users.get(person_id)
        yield Entry(
            verb="enrollment.import",
            update_type="created",
            subject_type="enrollment",
            subject_id=enrollment_id,
            parent_type="user" if user_id else "",
            parent_id=user_id or "",
            organization_path=base.path,
            organization_name=base.name,
            province_id=province_id,
            province_name=province.name,
            track=window.track,
            person_id=person_id,
            key=key,
            lookup=new.id_number_hash,
            who={"name": new.name, "id_number": new.id_number},
            changes=changes,
            sealed_changes={"姓名": ["--", new.name], "证件号": ["--", new.id_number], "手机": ["--", new.phone]},
            facts=opened if user_id else facts,
        )


@transaction.atomic
def correct_contacts(changes: Sequence[tuple[Enrollment, str, str]], *, by: Viewer) -> None:
    """Update name and phone of imported residents who never activated their account: (enrollment, name, phone)."""
    by.require("residents.import_accounts")
    entries = []
    for enrollment, name, phone in changes:
        person = enrollment.person
        entries.append(
            Entry(
                verb="enrollment.import",
                update_type="changed",
                subject_type="enrollment",
                subject_id=enrollment.pk,
                organization_path=enrollment.organization.path,
                organization_name=enrollment.organization.name,
                province_id=enrollment.province_id,
                province_name=enrollment.province.name,
                track=enrollment.track,
                person_id=person.pk,
                key=person.key,
                lookup=person.id_number_hash,
                who={"name": name, "id_number": person.id_number},
                sealed_changes={
                    label: [old, new]
                    for label, old, new in (("姓名", person.name, name), ("手机", person.phone, phone))
                    if old != new
                },
                facts={"specialty": enrollment.specialty, "intake_year": enrollment.intake_year},
            )
        )
    update_unactivated([(enrollment.person, name, phone) for enrollment, name, phone in changes])
    history.record(entries, by=by)
