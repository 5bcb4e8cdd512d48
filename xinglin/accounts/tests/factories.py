"""Invented organisations, people, accounts and viewers for the tests of every app.

ID numbers lie in counties that do not exist (110199, 320199 …), so that no living person can own one.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client

from xinglin.accounts import sessions
from xinglin.accounts.models import Grant, User
from xinglin.accounts.selectors import grants_of, viewer_for
from xinglin.kernel import clock, id_numbers, uscc
from xinglin.kernel.bulk import allocate_ids
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.actions import seal_phone
from xinglin.organizations.enums import CapabilityKind, Kind, Track
from xinglin.organizations.models import Capability, Organization
from xinglin.people.models import Person
from xinglin.people.selectors import id_number_hash, last6_hash, phone_hash
from xinglin.vault.actions import new_key

PASSWORD = "Apricot-2026"
AREA = "320199"
SURNAMES = "林陈苏何梁沈方叶程江"
GIVEN = ("知夏", "望舒", "景行", "思远", "若溪", "清和", "嘉树", "明澈")
_serial = itertools.count(1)


@dataclass(slots=True)
class Tree:
    """ministry › association › two provinces › two bases each."""

    ministry: Organization
    association: Organization
    province: Organization
    other_province: Organization
    base: Organization
    sibling: Organization
    foreign_base: Organization
    bases: list[Organization] = field(default_factory=list)


def make_organization(parent: Organization | None, kind: str, name: str = "", **fields: Any) -> Organization:
    """A node below ``parent``; a hospital is a western training base with a code."""
    number = next(_serial)
    node_id = allocate_ids(Organization, 1)[0]
    above = parent.path if parent else "/"
    node = Organization(
        id=node_id, parent=parent, kind=kind, name=name or f"第{number}{Kind(kind).label}",
        path=f"{above}{node_id}/", created_at=clock.now(), **fields,
    )  # fmt: skip
    if kind == Kind.PROVINCE:
        node.province_id = node_id
    elif parent is not None:
        node.province_id = parent.province_id
    if kind == Kind.HOSPITAL:
        node.code = node.code or f"T{number:06d}"
        node.uscc = node.uscc or uscc.synthetic(AREA, number)
    node.save(force_insert=True)
    if kind == Kind.HOSPITAL:
        Capability.unscoped.create(
            organization=node, kind=CapabilityKind.TRAINING_BASE, track=Track.WESTERN, starts_on=date(2014, 1, 1)
        )
    return node


def make_tree() -> Tree:
    """Enough organisations to tell own from foreign."""
    ministry = make_organization(None, Kind.MINISTRY)
    association = make_organization(ministry, Kind.ASSOCIATION)
    first, second = (make_organization(association, Kind.PROVINCE) for _ in range(2))
    bases = [make_organization(province, Kind.HOSPITAL) for province in (first, first, second, second)]
    return Tree(ministry, association, first, second, bases[0], bases[1], bases[2], bases)


def set_contact_phone(organization: Organization, phone: str) -> None:
    """The contact phone, as an import leaves it: sealed, with its keyed hash and a mask."""
    seal_phone(organization, phone)
    organization.save()


def forget_full_phone(organization: Organization) -> None:
    """As rows were before the number was kept: hash and mask only."""
    Organization.unscoped.filter(pk=organization.pk).update(contact_phone=b"", key=None)
    organization.refresh_from_db()


def make_phone(number: int) -> str:
    """A mobile number in a block that is not given out."""
    return f"190{number:08d}"


def make_person(*, name: str = "", phone: str | None = None, id_type: str = "01", **fields: Any) -> Person:
    """A person with a valid ID number (or ``id_number=``) and phone."""
    number = next(_serial)
    born = date(1990, 1, 1) + timedelta(days=number % 3000)
    id_number = fields.pop("id_number", "") or id_numbers.synthetic(AREA, born, number % 1000)
    mobile = make_phone(number) if phone is None else phone
    now = clock.now()
    return Person.unscoped.create(
        key=new_key("person"),
        name=name or SURNAMES[number % len(SURNAMES)] + GIVEN[number % len(GIVEN)],
        birth_date=born, id_type=id_type, id_number=id_number, id_number_hash=id_number_hash(id_number),
        id_last6_hash=last6_hash(id_number), phone=mobile, phone_hash=phone_hash(mobile),
        created_at=now, updated_at=now, **fields,
    )  # fmt: skip


@cache
def _hash_of(password: str) -> str:
    return make_password(password)


def make_user(*, password: str = PASSWORD, **fields: Any) -> User:
    """An activated account, of a new person unless ``person=`` or ``organization=`` is given."""
    if "person" not in fields and "organization" not in fields:
        fields["person"] = make_person()
    now = clock.now()
    return User.unscoped.create(password=_hash_of(password), activated_at=now, created_at=now, **fields)


def make_grant(user: User, role: str, organization: Organization, **fields: Any) -> Grant:
    """An identity in force since yesterday."""
    fields.setdefault("starts_at", clock.now() - timedelta(days=1))
    return Grant.unscoped.create(user=user, role=role, organization=organization, **fields)


def make_staff(role: str, organization: Organization, **fields: Any) -> User:
    """An activated account with one identity; ``track=`` limits it."""
    track = fields.pop("track", "")
    if role == "base_organization":
        fields.setdefault("organization", organization)
    else:
        fields.setdefault("sign_in_name", f"staff{next(_serial)}")
    user = make_user(**fields)
    make_grant(user, role, organization, track=track)
    return user


def make_resident(base: Organization, **fields: Any) -> User:
    """An activated resident of a base."""
    track = fields.pop("track", Track.WESTERN)
    user = make_user(**fields)
    make_grant(user, "resident", base, track=track)
    return user


def _first_grant(user: User) -> Grant:
    return min(grants_of(user), key=lambda grant: grant.pk)


def viewer_of(user: User, *, source: str = "web") -> Viewer:
    """The viewer of the user's first identity in force."""
    return viewer_for(_first_grant(user), source=source)


def sign_in(client: Client, user: User, grant: Grant | None = None) -> Client:
    """A session of the user under the grant (the first one by default), as if he had just given his password."""
    client.force_login(user, backend=sessions.BACKEND)
    session = client.session
    session[sessions.CONFIRMED] = int(clock.now().timestamp())
    session[sessions.GRANT] = (grant or _first_grant(user)).pk
    session.save()
    return client


def writes_of(queries: list[dict[str, str]]) -> list[str]:
    """Statements that change rows, of what CaptureQueriesContext caught: a GET has none."""
    return [query["sql"] for query in queries if query["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE", "COPY"}]
