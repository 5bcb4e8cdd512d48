"""A courier for tests: makes each code at once and keeps what it would have carried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xinglin.accounts import courier as registry
from xinglin.accounts.actions.codes import MadeCode, make_code
from xinglin.accounts.actions.phones import trust_phones
from xinglin.accounts.models import User
from xinglin.kernel.viewer import Viewer


class Box:
    """``posted``: ids of codes that were asked for; ``made``: those that somebody got; ``told``: user ids; ``factors``:
    what was told of whose second factor."""

    def __init__(self) -> None:
        self.posted: list[int] = []
        self.made: list[MadeCode] = []
        self.told: list[int] = []
        self.factors: list[tuple[int, str]] = []
        self.open = True

    def can_text(self) -> bool:
        return self.open

    def is_trial(self) -> bool:
        return False

    def post_code(self, code_id: int) -> None:
        self.posted.append(code_id)
        made = make_code(code_id)
        if made is not None:
            self.made.append(made)

    def tell_recovered(self, user_id: int) -> None:
        self.told.append(user_id)

    def tell_factor(self, user_id: int, what: str) -> None:
        self.factors.append((user_id, what))

    @property
    def digits(self) -> str:
        """Of the last code that was made."""
        return self.made[-1].digits


@pytest.fixture
def box() -> Iterator[Box]:
    """The courier of this test."""
    before, box = registry.courier(), Box()
    registry.register(box)
    yield box
    registry.register(before)


def trust(user: User) -> User:
    """The user's phone counts as verified."""
    trust_phones([user.pk], by=Viewer.system("test"))
    return user


def wrong(digits: str) -> str:
    """Other digits."""
    return f"{(int(digits) + 1) % 10**6:06}"
