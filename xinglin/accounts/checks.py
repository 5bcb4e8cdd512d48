"""System checks: settings of the sign-in that would fail only at the first request, or that leave it weak."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from . import breached
from .enums import Demand


@register("xinglin")
def proxies_are_networks(**_: Any) -> list[CheckMessage]:
    """XINGLIN_TRUSTED_PROXIES holds networks, and not the whole world (Q-12)."""
    found: list[CheckMessage] = []
    for word in settings.XINGLIN_TRUSTED_PROXIES:
        try:
            fault = "" if ip_network(word, strict=False).prefixlen else f"{word} trusts everybody."
        except ValueError:
            fault = f"{word!r} is no network."
        if fault:
            found.append(
                Error(f"XINGLIN_TRUSTED_PROXIES: {fault}", hint="Write 10.0.0.0/8,127.0.0.1.", id="xinglin.E021")
            )
    return found


@register("xinglin")
def sign_ins_end(**_: Any) -> list[CheckMessage]:
    """The times after which a sign-in ends are positive and at most a day (Q-12)."""
    day = 24 * 60
    minutes = (settings.XINGLIN_IDLE_MINUTES, settings.XINGLIN_IDLE_MINUTES_PHONE, settings.SESSION_COOKIE_AGE // 60)
    if all(0 < value <= day for value in minutes):
        return []
    hint = "XINGLIN_IDLE_MINUTES, XINGLIN_IDLE_MINUTES_PHONE, XINGLIN_SESSION_HOURS."
    return [Error("Sign-ins must end after more than nothing and at most a day.", hint=hint, id="xinglin.E022")]


@register("xinglin")
def factor_setting_is_known(**_: Any) -> list[CheckMessage]:
    """XINGLIN_SECOND_FACTOR is one of its words (P-08)."""
    if settings.XINGLIN_SECOND_FACTOR in Demand.values:
        return []
    hint = f"Write one of {', '.join(Demand.values)}."
    return [Error("XINGLIN_SECOND_FACTOR is none of its words.", hint=hint, id="xinglin.E023")]


@register("xinglin", deploy=True)
def production_asks_for_a_factor(**_: Any) -> list[CheckMessage]:
    """A production installation whose staff come in with a password alone is told so (P-08)."""
    if not settings.PRODUCTION or settings.XINGLIN_SECOND_FACTOR != Demand.OPTIONAL:
        return []
    hint = (
        "把 XINGLIN_SECOND_FACTOR 设为 staff（住院医师以外的全部身份）、all 或 province. "
        "Set XINGLIN_SECOND_FACTOR to staff, all or province."
    )
    return [Warning("Nobody must use a second factor: a stolen password is enough.", hint=hint, id="xinglin.W023")]


@register("xinglin")
def breached_passwords_can_be_searched(**_: Any) -> list[CheckMessage]:
    """XINGLIN_BREACHED_PASSWORDS is a file of SHA-1 hashes in order (P-05)."""
    path = settings.XINGLIN_BREACHED_PASSWORDS
    if not path:
        return []
    hint = "Lines HASH:count, ordered by hash; see docs/settings.md."
    return [
        Error(f"XINGLIN_BREACHED_PASSWORDS: {fault}.", hint=hint, id="xinglin.E030") for fault in breached.faults(path)
    ]
