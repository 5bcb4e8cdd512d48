"""The tree with staff of every role, signed in, for the tests of the organisation screens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.test import Client

from xinglin.accounts.models import User
from xinglin.accounts.tests.factories import Tree, make_staff, make_tree, sign_in, viewer_of
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import actions
from xinglin.organizations.models import Affiliation, Capability, Department, Organization, SpecialtyBase

SYSTEM = Viewer.system("test")
ROLES = {
    "association": ("association_admin", "association"),
    "ministry": ("ministry_reader", "ministry"),
    "province": ("province_admin", "province"),
    "reviewer": ("province_reviewer", "province"),
    "base": ("base_admin", "base"),
    "base_account": ("base_organization", "base"),
    "sibling": ("base_admin", "sibling"),
    "other_province": ("province_admin", "other_province"),
    "far_base": ("base_admin", "foreign_base"),
}


@dataclass
class Organizations:
    """``client("province")`` is signed in as that role; the objects belong to ``tree.base``."""

    tree: Tree
    capability: Capability
    affiliation: Affiliation
    specialty: SpecialtyBase
    department: Department
    users: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    def user(self, who: str, **fields: Any) -> User:
        if who not in self.users:
            role, place = ROLES[who]
            self.users[who] = make_staff(role, getattr(self.tree, place), **fields)
        return self.users[who]

    def viewer(self, who: str, **fields: Any) -> Viewer:
        return viewer_of(self.user(who, **fields))

    def client(self, who: str, **fields: Any) -> Client:
        if who not in self.clients:
            self.clients[who] = sign_in(Client(), self.user(who, **fields))
        return self.clients[who]


def page(organization: Organization, tab: str = "") -> str:
    """Address of an organisation's page."""
    address = f"/administration/organizations/{organization.pk}/"
    return f"{address}?tab={tab}" if tab else address


def make_organizations() -> Organizations:
    """A base with a foreign affiliate, a specialty base and a department."""
    tree = make_tree()
    return Organizations(
        tree,
        Capability.unscoped.get(organization=tree.base),
        actions.affiliate(tree.base, tree.foreign_base, starts_on=date(2020, 1, 1), by=SYSTEM),
        actions.add_specialty_base(tree.base, "western", "0100", 30, by=SYSTEM),
        actions.save_department(tree.base, "心血管内科", ["03.04"], by=SYSTEM),
    )
