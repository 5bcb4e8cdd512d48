"""What other parts show on the sign-in page: notices on its left, the accounts of a trial installation on its right.

Apps above register a provider in ``AppConfig.ready()``; a part that is not there registers nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of the panel 通知公告. tag: 时间安排, 置顶, 公告, 下载."""

    tag: str
    text: str
    on: date | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class TrialAccount:
    """An account of the invented data that everybody may use. entrance: see ``enums.Entrance``."""

    entrance: str
    role: str
    organization: str
    name: str
    password: str


NoticeProvider = Callable[[str], Iterable[Notice]]
AccountProvider = Callable[[], Iterable[TrialAccount]]
_notices: dict[str, NoticeProvider] = {}
_accounts: dict[str, AccountProvider] = {}


def register_notices(key: str, provider: NoticeProvider) -> None:
    """``provider(track)`` gives the lines for 西医 or 中医."""
    _notices[key] = provider


def register_trial_accounts(key: str, provider: AccountProvider) -> None:
    """``provider()`` gives accounts to try; registered only by a trial installation."""
    _accounts[key] = provider


def notices(track: str) -> list[Notice]:
    """All lines, in the order of registration."""
    return [notice for provider in _notices.values() for notice in provider(track)]


def trial_accounts() -> list[TrialAccount]:
    """All accounts to try."""
    return [account for provider in _accounts.values() for account in provider()]
