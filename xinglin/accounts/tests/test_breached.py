"""Passwords from breaches: the public file of hashes, searched on disk (P-05, Q-12)."""

from __future__ import annotations

import hashlib
import logging
import math
import os
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from xinglin.accounts import breached
from xinglin.accounts.rules import password_faults

from .factories import PASSWORD, make_resident, make_tree, sign_in

pytestmark = pytest.mark.req("P-05", "Q-12")
LEAKED = "Kapok-Lane-77"


def digest(password: str) -> str:
    return hashlib.sha1(password.encode()).hexdigest().upper()


def written(path: Path, hashes: list[str], *, counts: bool = True, ending: str = "\n", last: bool = True) -> str:
    lines = [f"{one}:{number * number}" if counts else one for number, one in enumerate(sorted(hashes))]
    path.write_bytes((ending.join(lines) + (ending if last else "")).encode())
    return str(path)


def found(path: str, wanted: str) -> bool:
    with breached.opened(path) as (file, size):
        return breached._search(file, size, wanted.encode())


hashes = st.sets(st.integers(0, 2**160 - 1).map(lambda number: f"{number:040X}"), min_size=1, max_size=60)


@given(hashes, st.integers(0, 2**160 - 1), st.booleans(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_every_member_is_found_and_nothing_else(tmp_path_factory, inside, other, counts, ending, last):
    path = tmp_path_factory.getbasetemp() / "breached-any.txt"
    place = written(path, list(inside), counts=counts, ending=ending, last=last)
    assert breached.faults(place) == []
    assert all(found(place, one) for one in inside), "first and last line too"
    assert found(place, f"{other:040X}") == (f"{other:040X}" in inside)
    for one in inside:
        neighbour = f"{(int(one, 16) + 1) % 2**160:040X}"
        assert found(place, neighbour) == (neighbour in inside)


def test_small_letters_are_read_too(tmp_path):
    place = written(tmp_path / "b", [digest("a").lower(), digest("b").lower()])
    assert found(place, digest("a")) and not found(place, digest("c"))


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> str:
    """A hundred thousand lines, among them one that we know."""
    many = [digest(f"password number {number}") for number in range(100_000)]
    return written(tmp_path_factory.mktemp("breached") / "large.txt", [*many, digest(LEAKED)])


@pytest.mark.parametrize("word", ["password number 0", "password number 99999", LEAKED, "never seen anywhere", ""])
def test_a_search_reads_few_short_pieces_whatever_the_size(large, monkeypatch, settings, word):
    settings.XINGLIN_BREACHED_PASSWORDS = large
    reads, real = [], os.pread
    monkeypatch.setattr(os, "pread", lambda file, most, at: reads.append(most) or real(file, most, at))
    assert breached.contains(word) == (word == LEAKED or word.startswith("password number"))
    assert len(reads) <= math.log2(os.path.getsize(large)) + 2 and max(reads) <= 256


@pytest.mark.django_db
def test_a_breached_password_is_refused_at_every_change(client, large, settings):
    """修改密码 stands for all: every form with a new password asks the same rule (`PasswordPair`)."""
    user = sign_in(client, make_resident(make_tree().base))
    url = reverse("accounts:change-password")
    words = {"old": PASSWORD, "new": LEAKED, "confirm": LEAKED}
    settings.XINGLIN_BREACHED_PASSWORDS = large
    answer = user.post(url, words)
    assert answer.status_code == 422 and "公开的泄露密码库" in answer.content.decode()
    settings.XINGLIN_BREACHED_PASSWORDS = ""
    assert user.post(url, words).status_code == 302


def test_without_a_file_the_shipped_list_still_counts(settings):
    settings.XINGLIN_BREACHED_PASSWORDS = ""
    assert not breached.contains("P@ssw0rd")
    assert password_faults("P@ssw0rd") and not password_faults(LEAKED)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"hello\n", "there is no SHA-1 hash"),
        (b"\n\n", "there is no SHA-1 hash"),
        (b"A" * 40 + b":x\n", "there is no SHA-1 hash"),
        (b"A" * 5000, "there is no SHA-1 hash"),
        (b"A" * 40 + b"\n" + b"B" * 5000, "longer than a hash"),
        (b"B" * 40 + b"\n" + b"A" * 40 + b"\n", "not ordered"),
        (b"%PDF-1.7 " + bytes(range(256)) * 20, "there is no SHA-1 hash"),
        (None, "No such file"),
    ],
)
def test_a_file_that_is_no_such_list_stops_the_start(tmp_path, settings, content, said):
    path = tmp_path / "breached"
    if content is not None:
        path.write_bytes(content)
    settings.XINGLIN_BREACHED_PASSWORDS = str(path)
    (error,) = [found for found in run_checks() if found.id == "xinglin.E030"]
    assert said in error.msg and error.is_serious()


def test_a_good_file_and_none_are_fine(large, settings):
    for place in (large, ""):
        settings.XINGLIN_BREACHED_PASSWORDS = place
        assert not [found for found in run_checks() if found.id == "xinglin.E030"]


@pytest.mark.parametrize("damage", ["gone", "garbage"])
def test_a_file_that_goes_bad_later_is_logged_and_stops_nobody(tmp_path, settings, caplog, damage):
    path = tmp_path / "breached"
    if damage == "garbage":
        path.write_bytes(b"\x00" * 10_000)
    settings.XINGLIN_BREACHED_PASSWORDS = str(path)
    with caplog.at_level(logging.ERROR, "xinglin.accounts"):
        assert not breached.contains(LEAKED)
    (line,) = caplog.records
    assert LEAKED not in line.getMessage() and str(path) not in line.getMessage()
