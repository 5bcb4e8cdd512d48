"""Accounts in every state, for the tests of the screens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from xinglin.accounts.actions import open_users
from xinglin.accounts.models import Grant, InitialCredential, User
from xinglin.accounts.selectors import grants_of
from xinglin.accounts.tests.factories import (
    Tree,
    make_person,
    make_resident,
    make_staff,
    make_tree,
    set_contact_phone,
    sign_in,
    viewer_of,
)
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer

SYSTEM = Viewer.system("test")


@dataclass
class World:
    """A tree with the base's own account and staff; clients are made when first asked for."""

    tree: Tree
    users: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    def user(self, name: str) -> User:
        """association_admin, province_admin, province_reviewer, base_organization, base_admin, sibling, foreign."""
        if name not in self.users:
            at: Any = {
                "association_admin": self.tree.association, "ministry_reader": self.tree.ministry,
                "province_admin": self.tree.province, "province_reviewer": self.tree.province,
                "base_organization": self.tree.base, "base_admin": self.tree.base, "resident": self.tree.base,
                "sibling": self.tree.sibling, "foreign": self.tree.foreign_base,
            }[name]  # fmt: skip
            role = {"sibling": "base_organization", "foreign": "base_organization"}.get(name, name)
            self.users[name] = make_resident(at) if role == "resident" else make_staff(role, at)
        return self.users[name]

    def viewer(self, name: str) -> Viewer:
        return viewer_of(self.user(name))

    def client(self, name: str) -> Client:
        if name not in self.clients:
            self.clients[name] = sign_in(Client(raise_request_exception=False), self.user(name))
        return self.clients[name]


def make_world() -> World:
    tree = make_tree()
    for place, phone in ((tree.base, "19010000001"), (tree.sibling, "19010000002")):
        set_contact_phone(place, phone)
    return World(tree)


def waiting(place: Any, count: int = 1, *, role: str = "base_admin", state: str = "waiting") -> list[User]:
    """Accounts that were opened and never used: waiting, lapsed or locked."""
    people = [make_person().pk for _ in range(count)]
    opened = open_users(people, organization=place, track="", by=SYSTEM, role_code=role)
    rows = InitialCredential.objects.filter(user__in=opened.users.values())
    if state == "lapsed":
        rows.update(expires_at=clock.now())
    elif state == "locked":
        rows.update(failed_tries=5)
    return list(User.unscoped.select_related("person__key").filter(pk__in=opened.users.values()).order_by("pk"))


def grant_of(user: User) -> Grant:
    return min(grants_of(user), key=lambda grant: grant.pk)
