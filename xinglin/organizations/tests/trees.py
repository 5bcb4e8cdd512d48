"""A small tree and viewers for the tests of this app, which know nothing of accounts."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date

from xinglin.kernel.viewer import Viewer
from xinglin.organizations import actions
from xinglin.organizations.enums import CapabilityKind, Kind, Track
from xinglin.organizations.models import Organization

SYSTEM = Viewer.system("test")
_serial = itertools.count(1)


@dataclass(slots=True)
class Tree:
    """ministry › association › two provinces › two bases each."""

    ministry: Organization
    association: Organization
    province: Organization
    other_province: Organization
    bases: list[Organization] = field(default_factory=list)

    @property
    def base(self) -> Organization:
        return self.bases[0]

    @property
    def sibling(self) -> Organization:
        return self.bases[1]


def make_node(parent: Organization | None, kind: Kind) -> Organization:
    return actions.create_organization(parent, kind=kind, name=f"第{next(_serial)}{kind.label}", by=SYSTEM)


def make_base(province: Organization) -> Organization:
    base = make_node(province, Kind.HOSPITAL)
    actions.add_capability(
        base, CapabilityKind.TRAINING_BASE, track=Track.WESTERN, starts_on=date(2014, 1, 1), by=SYSTEM
    )
    return base


def make_tree() -> Tree:
    ministry = make_node(None, Kind.MINISTRY)
    association = make_node(ministry, Kind.ASSOCIATION)
    provinces = [make_node(association, Kind.PROVINCE) for _ in range(2)]
    bases = [make_base(province) for province in provinces for _ in range(2)]
    return Tree(ministry, association, *provinces, bases)


def viewer_at(organization: Organization, *permissions: str) -> Viewer:
    """Somebody of that organisation with these rights."""
    return Viewer(
        user_id=1,
        user_name="何嘉树",
        grant_id=1,
        role="test",
        role_label="测试身份",
        organization_id=organization.pk,
        organization_name=organization.name,
        organization_path=organization.path,
        organization_kind=organization.kind,
        province_id=organization.province_id,
        permissions=frozenset(permissions),
    )
