"""Captcha and proof of work: right, wrong, late, twice (P-04, P-08)."""

import hashlib
from datetime import timedelta

import pytest
import time_machine

from xinglin.accounts import puzzles
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-04", "P-08")]


def solve(token: str) -> str:
    number = 0
    while int.from_bytes(hashlib.sha256(f"{token}:{number}".encode()).digest()[:4], "big") >> (32 - puzzles.WORK_BITS):
        number += 1
    return str(number)


@pytest.fixture(autouse=True)
def _little_work(monkeypatch):
    monkeypatch.setattr(puzzles, "WORK_BITS", 8)


def test_the_right_digits_pass_once():
    puzzle = puzzles.make_puzzle()
    puzzles.check_picture(puzzle.picture_token, "２４６８")
    with pytest.raises(Refused, match="已经用过"):
        puzzles.check_picture(puzzle.picture_token, "2468")


def test_wrong_digits_use_the_picture_up():
    puzzle = puzzles.make_puzzle()
    with pytest.raises(Refused, match="验证码不对"):
        puzzles.check_picture(puzzle.picture_token, "0000")
    with pytest.raises(Refused):
        puzzles.check_picture(puzzle.picture_token, "2468")


def test_an_old_picture_is_refused():
    token = puzzles.make_puzzle().picture_token
    with time_machine.travel(clock.now() + timedelta(minutes=6)), pytest.raises(Refused, match="过期"):
        puzzles.check_picture(token, "2468")


@pytest.mark.parametrize("token", ["", "x", "W10:1:2"])
def test_a_forged_token_is_refused(token):
    for check in (puzzles.check_picture, puzzles.check_work):
        with pytest.raises(Refused):
            check(token, "2468")


def test_a_token_of_one_kind_is_no_token_of_the_other():
    puzzle = puzzles.make_puzzle()
    with pytest.raises(Refused):
        puzzles.check_work(puzzle.picture_token, solve(puzzle.picture_token))


def test_work_passes_once():
    token = puzzles.make_puzzle().work_token
    puzzles.check_work(token, solve(token))
    with pytest.raises(Refused):
        puzzles.check_work(token, solve(token))


def test_too_little_work_is_refused():
    token = puzzles.make_puzzle().work_token
    right = solve(token)
    wrong = next(str(n) for n in range(10**6) if str(n) != right and not _good(token, n))
    with pytest.raises(Refused, match="浏览器验证没有通过"):
        puzzles.check_work(token, wrong)
    puzzles.check_work(token, right)


def _good(token: str, number: int) -> bool:
    return hashlib.sha256(f"{token}:{number}".encode()).digest()[0] == 0


def test_the_answer_is_not_in_the_page(settings):
    settings.XINGLIN_FIXED_CAPTCHA = ""
    first, second = puzzles.make_puzzle(), puzzles.make_puzzle()
    assert first.picture.startswith("data:image/png;base64,")
    assert first.picture_token != second.picture_token
