"""The key file: replaced whole, readable by its owner alone, taken up by everybody soon."""

import os
import stat
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from xinglin.vault import masters

pytestmark = pytest.mark.req("Q-12")
names = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=8).filter(lambda n: n != "index")
rings = st.dictionaries(names, st.binary(min_size=32, max_size=32), min_size=1, max_size=5)


@given(keys=rings, index=st.binary(min_size=32, max_size=32), data=st.data())
def test_every_ring_reads_back_from_its_text(keys, index, data):
    ring = masters.Masters(data.draw(st.sampled_from(sorted(keys))), keys, index)
    assert masters.parse(masters.key_text(ring)) == ring


def test_writing_replaces_the_whole_file_and_keeps_it_closed(tmp_path):
    path = tmp_path / "data" / "keys"
    previous = os.umask(0)
    try:
        masters.write_key_file("first\n" * 100, path)
        masters.write_key_file("second\n", path)
    finally:
        os.umask(previous)
    assert path.read_text() == "second\n" and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_readers_never_see_half_a_file(tmp_path):
    path, over, seen = tmp_path / "keys", threading.Event(), set()
    texts = {letter * 20_000 for letter in "ab"}
    masters.write_key_file("a" * 20_000, path)

    def look():
        while not over.is_set():
            seen.add(path.read_text())

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(40):
        masters.write_key_file("ab"[number % 2] * 20_000, path)
    over.set()
    reader.join()
    assert seen <= texts


def test_an_unknown_master_is_looked_for_once_more_and_then_missed(tmp_path, settings):
    settings.XINGLIN_KEYS, settings.PRODUCTION, settings.DATA_DIR = "", False, tmp_path
    masters.forget_masters()
    try:
        assert len(masters.master_key("m1")) == 32
        with pytest.raises(KeyError):
            masters.master_key("m9")
        (tmp_path / "keys").write_text("broken")
        with pytest.raises(ImproperlyConfigured):
            masters.master_key("m9")
    finally:
        masters.forget_masters()
