"""Addresses of accounts, staff, identities, roles."""

from __future__ import annotations

import uuid
from typing import Any

from xinglin.accounts.models import Grant, User
from xinglin.accounts.tests.factories import make_grant, make_staff

from .actors import BASE, DESK, Scene
from .case import Case

OPENERS = ("association_admin", "province_admin", "base_organization")
MANAGERS = ("association_admin", "province_admin")
READERS = ("association_admin", "province_admin", *BASE)
RENEWERS = (*MANAGERS, *BASE)


def _colleague(scene: Scene) -> User:
    """Somebody of the staff of the scene's base, the same in one scene."""
    known = Grant.unscoped.filter(organization=scene.world.tree.base, role="base_admin", track="tcm").first()
    if known is not None:
        return known.user
    user = make_staff("base_admin", scene.world.tree.base)
    make_grant(user, "base_admin", scene.world.tree.base, track="tcm")
    return user


def colleague(scene: Scene) -> tuple[Any, ...]:
    return (_colleague(scene).pk,)


def identity(scene: Scene) -> tuple[Any, ...]:
    user = _colleague(scene)
    return user.pk, Grant.unscoped.filter(user=user).order_by("pk")[0].pk


def base(scene: Scene) -> tuple[Any, ...]:
    return (scene.world.tree.base.pk,)


def no_batch(_: Scene) -> tuple[Any, ...]:
    return (uuid.UUID(int=0),)


CASES: dict[str, Case] = {
    "administration:accounts": Case(READERS, post=True),
    "administration:account": Case(READERS, args=colleague, sees=READERS),
    "administration:account-reset": Case(RENEWERS, args=colleague, sees=RENEWERS, post=True),
    "administration:account-factor-reset": Case(RENEWERS, args=colleague, sees=RENEWERS, post=True),
    "administration:accounts-renew": Case(RENEWERS, get=False, post=True),
    "administration:account-sheets": Case(RENEWERS, get=False, post=True),
    "administration:handouts": Case(RENEWERS, post=True),
    "administration:handout": Case(RENEWERS, args=no_batch, sees=()),
    "administration:handout-workbook": Case(RENEWERS, args=no_batch, sees=(), get=False, post=True),
    "administration:identity-give": Case(OPENERS, args=colleague, sees=OPENERS, post=True),
    "administration:identity-end": Case(OPENERS, args=identity, sees=OPENERS, post=True),
    "administration:identity-expiry": Case(OPENERS, args=identity, sees=OPENERS, post=True),
    "administration:staff-new": Case(OPENERS, post=True),
    "administration:base-accounts": Case(MANAGERS, post=True),
    "administration:bases-open": Case(MANAGERS, get=False, post=True),
    "administration:bases-renew": Case(MANAGERS, get=False, post=True),
    "administration:base-sheets": Case(MANAGERS, get=False, post=True),
    "administration:base-open": Case(MANAGERS, args=base, sees=MANAGERS, get=False, post=True),
    "administration:roles": Case(DESK),
    "administration:role-sees": Case(READERS),
    "administration:activate": Case(public=True, args=no_batch, post=True),
}
