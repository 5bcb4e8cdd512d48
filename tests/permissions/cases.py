"""Every address: who may call it, and with which object. Written by hand, not read from the code."""

from __future__ import annotations

from typing import Any

from . import cases_accounts, cases_operations, cases_organizations, cases_sign_in, cases_system
from .actors import BASE, DESK, RESIDENTS, SIBLINGS, Scene
from .case import OWN_PROVINCE, REVIEWER, Case, nothing, own

CASES: dict[str, Case] = {
    "accounts:sign-in": Case(public=True),
    "accounts:puzzle": Case(public=True),
    "accounts:organization-names": Case(public=True),
    "accounts:sign-out": Case(public=True, get=False, post=True),
    "accounts:register-info": Case(public=True),
    "accounts:initial-password": Case(public=True),
    "accounts:account": Case(),
    "accounts:change-password": Case(post=True),
    "accounts:identities": Case(),
    "accounts:switch": Case(get=False, post=True),
    "ui:theme": Case(public=True, args=lambda _: ("0-0",), sees=()),
    "ui:logo": Case(public=True, args=lambda _: ("0-0",), sees=()),
    "ui:codes": Case(args=lambda _: ("ethnic_group",)),
    "ui:favicon": Case(public=True),
    "files:upload": Case(get=False, post=True),
    "files:opened": Case(args=lambda _: ("x",), sees=()),
    "files:show": Case(args=nothing, sees=()),
    "files:thumb": Case(args=nothing, sees=()),
    "files:reveal": Case(args=nothing, sees=(), get=False, post=True),
    "jobs:progress": Case(args=nothing, sees=()),
    "jobs:cancel": Case(args=nothing, sees=(), get=False, post=True),
    "portal:home": Case(),
    "portal:help": Case(args=lambda _: ("extension",)),
    "portal:residents-home": Case(DESK),
    "windows:list": Case(DESK, post=True),
    "review:queue": Case(REVIEWER),
    "review:batch": Case(REVIEWER, args=lambda _: ("approve",), get=False, post=True),
    "review:batch-ask": Case(REVIEWER, args=lambda _: ("approve", "x")),
    "review:batch-result": Case(REVIEWER, args=lambda _: ("x",)),
    "review:record": Case(REVIEWER, args=own, sees=REVIEWER),
    "review:decide": Case(REVIEWER, args=own, sees=REVIEWER, get=False, post=True),
    "review:revoke": Case(REVIEWER, args=own, sees=REVIEWER, get=False, post=True),
}

_JOB = {"progress": (True, False), "confirm": (False, True), "mend": (False, True), "drop": (False, True),
        "restore": (False, True), "warnings": (False, True), "cancel": (False, True), "resume": (False, True),
        "failed": (True, False)}  # fmt: skip
CASES |= {
    f"imports:{name}": Case(BASE, args=nothing, sees=(), get=get, post=post) for name, (get, post) in _JOB.items()
}
CASES |= {
    "imports:job": Case(BASE, args=nothing, sees=()),
    "imports:file": Case(BASE, args=lambda s: (*nothing(s), "source"), sees=()),
    "imports:history": Case(DESK, post=True),
    "imports:start": Case(BASE, args=lambda _: ("resident-accounts",), post=True),
    "imports:template": Case(BASE, args=lambda _: ("resident-accounts",)),
}

RESIDENT = ("resident",)
BASIC = ("basic_info",)
ARRANGERS = ("association_admin", "province_admin")


def window(scene: Scene) -> tuple[Any, ...]:
    return (scene.world.window.pk, "filling")


CASES |= {
    "own:home": Case(RESIDENT),
    "own:record": Case(RESIDENT),
    "own:training": Case(RESIDENT),
    "own:me": Case(RESIDENT),
    "own:number": Case(RESIDENT, get=False, post=True),
    "own:section": Case(RESIDENT, args=lambda _: BASIC, post=True),
    "own:draft": Case(RESIDENT, args=lambda _: BASIC, get=False, post=True),
    "own:confirm": Case(RESIDENT, args=lambda _: BASIC, get=False, post=True),
    "windows:new": Case(("association_admin",), post=True),
    "windows:times": Case(ARRANGERS, args=window, post=True),
    "windows:extend": Case(ARRANGERS, args=window, post=True),
}
REVEALERS = (*BASE, "province_reviewer")
CASES |= {
    "exports:history": Case(DESK, post=True),
    "exports:job": Case(DESK, args=nothing, sees=()),
    "exports:download": Case(DESK, args=nothing, sees=()),
    "exports:start": Case(DESK, args=lambda _: ("residents.past",), post=True, get=False),
    "residents:intake": Case(DESK, post=True),
    "residents:accounts": Case(BASE, post=True),
    "residents:reset-password": Case(BASE, args=lambda s: (10**9,), sees=(), post=True),
    "residents:past": Case(DESK, post=True),
    "residents:snapshot": Case(DESK, args=lambda _: (10**9,), sees=()),
    "residents:changes": Case(DESK, post=True),
    "residents:change": Case(DESK, args=lambda _: (10**9,), sees=()),
    "residents:detail": Case(DESK, args=own, sees=OWN_PROVINCE),
    "residents:reveal": Case(REVEALERS, args=own, sees=REVEALERS, get=False, post=True),
    "residents:difference": Case(DESK, args=own, sees=OWN_PROVINCE),
    "residents:training": Case(BASE, args=own, sees=BASE, post=True),
    "residents:return": Case(BASE, args=own, sees=BASE, post=True),
    "residents:seen": Case(BASE, args=own, sees=BASE, get=False, post=True),
    "residents:recall": Case(BASE, args=own, sees=BASE, get=False, post=True),
    "residents:delete": Case(BASE, args=own, sees=BASE, post=True),
    "residents:return-many": Case(BASE, get=False, post=True),
    "residents:return-ask": Case(BASE, args=lambda _: ("x",)),
    "residents:report": Case(BASE, get=False, post=True),
    "residents:report-job": Case(BASE, args=nothing, sees=()),
    "residents:report-result": Case(BASE, args=lambda _: ("x",)),
}
CASES |= {
    "rules:list": Case(DESK),
    "rules:preview": Case(DESK, args=lambda _: ("diploma_year",), post=True),
    "rules:set": Case(("association_admin",), args=lambda _: ("diploma_year",), get=False, post=True),
}
for room in (cases_organizations, cases_accounts, cases_system, cases_sign_in, cases_operations):
    CASES |= room.CASES

__all__ = ["CASES", "RESIDENTS", "SIBLINGS", "Case"]
