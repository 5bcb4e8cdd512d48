"""Addresses of sign-in, forgotten passwords, sessions, messages."""

from __future__ import annotations

from .case import Case

ASSOCIATION = ("association_admin",)
TOKEN = ("no-token",)

CASES: dict[str, Case] = {
    "accounts:sign-in-code": Case(public=True, get=False, post=True),
    "accounts:forgotten": Case(public=True, post=True),
    "accounts:recover": Case(public=True, args=lambda _: TOKEN, post=True),
    "accounts:recover-again": Case(public=True, args=lambda _: TOKEN, get=False, post=True),
    "accounts:initial-code": Case(public=True, get=False, post=True),
    "accounts:phone": Case(get=False, post=True),
    "accounts:phone-code": Case(get=False, post=True),
    "accounts:second-factor": Case(public=True, post=True),
    "accounts:factor": Case(),
    "accounts:factor-begin": Case(get=False, post=True),
    "accounts:factor-confirm": Case(get=False, post=True),
    "accounts:factor-codes": Case(get=False, post=True),
    "accounts:factor-off": Case(get=False, post=True),
    "accounts:end-sessions": Case(get=False, post=True),
    "accounts:session-seen": Case(get=False, post=True),
    "accounts:session-state": Case(public=True),
    "administration:messages": Case(ASSOCIATION, post=True),
}
