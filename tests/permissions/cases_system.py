"""Addresses of code tables, settings, the association's overview, history seals."""

from __future__ import annotations

from .actors import DESK, OVER, PROVINCE
from .case import Case

KEEPER = ("association_admin",)
ETHNIC, HAN, EDITION = ("ethnic_group",), ("ethnic_group", "01"), ("ethnic_group", 10**9)

OVERSEERS = (*OVER, *PROVINCE)

CASES: dict[str, Case] = {
    "portal:todo": Case(DESK),
    "portal:overview": Case(OVERSEERS),
    "portal:progress": Case(OVERSEERS, post=True),
    "windows:take-back": Case(("association_admin", "province_admin"), args=lambda _: (10**9,), sees=(), post=True),
    "administration:codes": Case(DESK, post=True),
    "administration:code-table": Case(DESK, args=lambda _: ETHNIC, post=True),
    "administration:code-editions": Case(DESK, args=lambda _: ETHNIC),
    "administration:code-edition-new": Case(KEEPER, args=lambda _: ETHNIC, post=True),
    "administration:code-edition": Case(KEEPER, args=lambda _: EDITION, sees=()),
    "administration:code-edition-publish": Case(KEEPER, args=lambda _: EDITION, sees=(), get=False, post=True),
    "administration:code-edition-drop": Case(KEEPER, args=lambda _: EDITION, sees=(), get=False, post=True),
    "administration:code-add": Case(KEEPER, args=lambda _: ETHNIC, post=True),
    "administration:code-rename": Case(KEEPER, args=lambda _: HAN, post=True),
    "administration:code-retire": Case(KEEPER, args=lambda _: HAN, post=True),
    "administration:code-restore": Case(KEEPER, args=lambda _: HAN, post=True),
    "administration:history": Case(KEEPER),
    "administration:history-verify": Case(KEEPER, get=False, post=True),
    "administration:history-head": Case(KEEPER),
    "administration:erased": Case(KEEPER, post=True),
    "administration:person-erase": Case(KEEPER, args=lambda scene: (scene.own.person_id,), post=True),
    "administration:site": Case(("association_admin", "province_admin"), post=True),
    "administration:site-preview": Case(("association_admin", "province_admin"), args=lambda _: ("0e625d",)),
}
