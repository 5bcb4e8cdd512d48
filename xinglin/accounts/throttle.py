"""Slows down guessing: per account and address together, and by slower ceilings for each alone (P-08).

A whole hospital sits behind one address, and anybody may type anybody's name. So the pair is what is paused first;
the ceilings stop a crowd of addresses guessing one account, and one address guessing many. Whoever comes from a
browser or network from which the account was entered before passes the ceilings. docs/decisions/0026.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.vault.hashing import keyed_hash

from .addresses import network_of
from .defence_selectors import is_known_place, nth_failure
from .enums import Guess

MINUTES_15, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many within a span, then a pause until the first of them is older than the span."""

    most: int
    span: timedelta


@dataclass(frozen=True, slots=True)
class Guesser:
    """Who tries, as keyed hashes. ``places``: by which a known browser or network is found."""

    pair: str
    account: str
    address: str
    places: tuple[str, ...] = ()


LIMITS: dict[Guess, dict[str, Limit]] = {
    Guess.PASSWORD: {"pair": Limit(10, MINUTES_15), "account": Limit(50, HOUR), "address": Limit(300, MINUTES_15)},
    Guess.CAPTCHA: {"pair": Limit(20, MINUTES_15), "address": Limit(600, MINUTES_15)},
    Guess.CODE: {"pair": Limit(15, HOUR), "account": Limit(30, DAY), "address": Limit(150, MINUTES_15)},
    Guess.FACTOR: {"pair": Limit(10, MINUTES_15), "account": Limit(30, DAY), "address": Limit(150, MINUTES_15)},
    Guess.ASKED: {"account": Limit(6, DAY), "address": Limit(60, DAY)},
}
FIELDS = {
    Guess.PASSWORD: "password",
    Guess.CAPTCHA: "answer",
    Guess.CODE: "code",
    Guess.FACTOR: "code",
    Guess.ASKED: "name",
}
OWNER_PASSES = {Guess.PASSWORD, Guess.CAPTCHA}
HELP = "急用请联系能重置密码的单位：住院医师找所在培训基地，培训基地找省级行政部门或中国医师协会。"


def guesser(account: str, address: str, device: str = "") -> Guesser:
    """``account``: as found (``user:7``) or as typed; ``device``: the browser's number (``devices.device_of``)."""
    network = network_of(address)
    places = (f"network\x00{network}", f"device\x00{device}" if device else "")
    return Guesser(
        pair=keyed_hash("sign-in", f"{account}\x00{network}"),
        account=keyed_hash("sign-in-account", account),
        address=keyed_hash("sign-in-address", network),
        places=tuple(keyed_hash("sign-in-place", f"{account}\x00{place}") for place in places if place),
    )


def check(who: Guesser, kind: Guess = Guess.PASSWORD) -> None:
    """Raises Refused with the end of the pause and who can help. Reads the same for accounts that do not exist."""
    now = clock.now()
    ends = {
        scope: nth_failure(kind, scope, getattr(who, scope), now - limit.span, limit.most)
        for scope, limit in LIMITS[kind].items()
    }
    known = is_known_place(who.places, now) if kind in OWNER_PASSES else False
    for scope, first in ends.items():
        if first is not None and not (known and scope != "pair"):
            raise Refused(_words(kind, scope, first + LIMITS[kind][scope].span, now), field=FIELDS[kind])


def _words(kind: Guess, scope: str, until: datetime, now: datetime) -> str:
    local = clock.local(until)
    when = f"{local:%H:%M:%S}" if local.date() == now.date() else f"{local:%Y-%m-%d %H:%M:%S}"
    if kind is Guess.ASKED:
        whose = "这个账号" if scope == "account" else "您所在的网络"
        return f"{whose}一天内索取手机验证码的次数已用完，{when} 起可以再试。{HELP}"
    minutes = max(1, ceil((until - now).total_seconds() / 60))
    if scope == "pair":
        return f"输错次数太多，请 {minutes} 分钟后再试（{when} 起）。{HELP}"
    if kind in (Guess.CODE, Guess.FACTOR):
        return f"{'手机验证码' if kind is Guess.CODE else kind.label}输错次数太多，{when} 起可以再试。{HELP}"
    if scope == "account":
        return f"这个账号被多次输错，为防止被猜中，{when} 前只能从以前登录过的电脑、手机或网络登录。{HELP}"
    return (
        f"您所在的网络输错次数太多，{when} 前只有在这里登录过的账号可以登录；其他账号请换用别的网络，如手机流量。{HELP}"
    )
