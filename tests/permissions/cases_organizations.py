"""Addresses of the organisation tree, specialty bases, departments."""

from __future__ import annotations

from datetime import date
from typing import Any

from xinglin.kernel.viewer import Viewer
from xinglin.organizations import actions
from xinglin.organizations.models import Capability, SpecialtyBase

from .actors import BASE, DESK, Scene
from .case import OWN_PROVINCE, Case

EDITORS = ("association_admin", "province_admin")
KEEPERS = (*EDITORS, *BASE)
SYSTEM = Viewer.system("test")


def _base(scene: Scene) -> tuple[Any, ...]:
    return (scene.world.tree.base.pk,)


def _province(scene: Scene) -> tuple[Any, ...]:
    return (scene.world.tree.province.pk,)


def _capability(scene: Scene) -> tuple[Any, ...]:
    return (Capability.unscoped.get(organization=scene.world.tree.base).pk,)


def _affiliation(scene: Scene) -> tuple[Any, ...]:
    tree = scene.world.tree
    return (actions.affiliate(tree.base, tree.foreign_base, starts_on=date(2020, 1, 1), by=SYSTEM).pk,)


def _specialty(scene: Scene) -> tuple[Any, ...]:
    return (SpecialtyBase.unscoped.get(organization=scene.world.tree.base).pk,)


def _department(scene: Scene) -> tuple[Any, ...]:
    return (actions.save_department(scene.world.tree.base, "心血管内科", ["03"], by=SYSTEM).pk,)


CASES: dict[str, Case] = {
    "administration:organizations": Case(DESK, post=True),
    "administration:organization-tree": Case(DESK),
    "administration:own-organization": Case(DESK),
    "administration:organization": Case(DESK, args=_base, sees=OWN_PROVINCE),
    "administration:organization-new": Case(EDITORS, args=_province, sees=EDITORS, post=True),
    "administration:organization-edit": Case(KEEPERS, args=_base, sees=KEEPERS, post=True),
    "administration:capability-new": Case(EDITORS, args=_base, sees=EDITORS, post=True),
    "administration:capability-end": Case(EDITORS, args=_capability, sees=EDITORS, post=True),
    "administration:affiliation-new": Case(EDITORS, args=_base, sees=EDITORS, post=True),
    "administration:affiliation-end": Case(
        EDITORS, args=_affiliation, sees=(*EDITORS, "other_province_admin"), post=True
    ),
    "administration:specialty-bases": Case(DESK, post=True),
    "administration:specialty-new": Case(EDITORS, args=_base, sees=EDITORS, post=True),
    "administration:specialty-change": Case(EDITORS, args=_specialty, sees=EDITORS, post=True),
    "administration:departments": Case(DESK, post=True),
    "administration:department-new": Case(KEEPERS, args=_base, sees=KEEPERS, post=True),
    "administration:department-edit": Case(KEEPERS, args=_department, sees=KEEPERS, post=True),
    "administration:department-switch": Case(KEEPERS, args=_department, sees=KEEPERS, get=False, post=True),
    "administration:department-delete": Case(KEEPERS, args=_department, sees=KEEPERS, post=True),
}
