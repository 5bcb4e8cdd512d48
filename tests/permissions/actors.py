"""Who tries: one account of each role, their siblings, and nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from xinglin.accounts.models import User
from xinglin.accounts.selectors import person_account
from xinglin.accounts.tests.factories import make_staff, sign_in
from xinglin.residents.models import Enrollment
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.tests import factories
from xinglin.reviews import actions as reviews

OVER = ("association_admin", "ministry_reader")
PROVINCE = ("province_admin", "province_reviewer")
BASE = ("base_admin", "base_organization")
DESK = (*OVER, *PROVINCE, *BASE)
SIBLINGS = ("sibling_base", "other_province", "other_province_admin")
RESIDENTS = ("resident", "other_resident")
EVERYBODY = (*DESK, *SIBLINGS, *RESIDENTS)
STANDS_FOR = {
    "sibling_base": "base_admin",
    "other_province": "province_reviewer",
    "other_province_admin": "province_admin",
    "other_resident": "resident",
}
"""A sibling has the rights of this role, over other people's records."""


@dataclass
class Scene:
    """A reported record of one base, a complete one of its sibling, and clients for everybody."""

    world: Any
    own: Enrollment
    open: Enrollment
    foreign: Enrollment
    clients: dict[str, Client] = field(default_factory=dict)


def _account(viewer: Any) -> User:
    return User.unscoped.get(pk=viewer.user_id)


def make_scene() -> Scene:
    """Everything that an address can point to exists, so that there is something to leak."""
    world = factories.make_world()
    own, open_one = factories.make_enrollments(world, 2)
    foreign = factories.make_enrollments(world, 1, base=world.tree.sibling, by=world.sibling)[0]
    factories.complete(own, world)
    factories.fill_personal(open_one)
    assert reviews.report(RECRUITMENT, [own.pk], by=world.base).done
    tree = world.tree
    users = {
        "association_admin": _account(world.association),
        "ministry_reader": make_staff("ministry_reader", tree.ministry),
        "province_admin": make_staff("province_admin", tree.province),
        "province_reviewer": _account(world.province),
        "base_admin": _account(world.base),
        "base_organization": make_staff("base_organization", tree.base),
        "sibling_base": _account(world.sibling),
        "other_province": _account(world.other_province),
        "other_province_admin": make_staff("province_admin", tree.other_province),
        "resident": person_account(open_one.person_id),
        "other_resident": person_account(foreign.person_id),
    }
    scene = Scene(world, own, open_one, foreign)
    for name, user in users.items():
        assert user is not None
        User.unscoped.filter(pk=user.pk).update(activated_at=user.created_at)
        scene.clients[name] = sign_in(Client(raise_request_exception=False), user)
    scene.clients["nobody"] = Client(raise_request_exception=False)
    return scene
