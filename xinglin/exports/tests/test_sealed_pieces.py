"""P-17, Q-12: the sealed file of an export piece by piece: nothing is lost, moved, cut or swapped without being noticed."""

from __future__ import annotations

import io
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.exports import sealed_file
from xinglin.files.storage import private
from xinglin.vault.actions import unstored_key
from xinglin.vault.cipher import Damaged, KeyDestroyed

pytestmark = pytest.mark.req("P-17", "Q-12")
PIECE = 8


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(sealed_file, "PIECE", PIECE)


class Store:
    """A file in memory in the place of the private storage."""

    def __init__(self):
        self.files = {}

    def save(self, name, content):
        self.files[name] = content.read()
        return name

    def open(self, name):
        if name not in self.files:
            raise FileNotFoundError(name)
        return io.BytesIO(self.files[name])

    def delete(self, name):
        self.files.pop(name, None)


@pytest.fixture
def store(monkeypatch):
    made = Store()
    monkeypatch.setattr(sealed_file, "private", lambda: made)
    return made


def key():
    """A data key that no database knows."""
    return unstored_key("job")


def pieces_of(blob):
    """The sealed pieces, taken apart by hand: four bytes length, then so many bytes."""
    found = []
    while blob:
        length = int.from_bytes(blob[:4], "big")
        found.append(blob[4 : 4 + length])
        blob = blob[4 + length :]
    return found


def packed(pieces):
    return b"".join(len(piece).to_bytes(4, "big") + piece for piece in pieces)


def opened(export_id, sealed_with, name):
    return b"".join(sealed_file.read(export_id, sealed_with, name))


@pytest.mark.parametrize(
    ("length", "count"),
    [(0, 1), (1, 1), (PIECE - 1, 1), (PIECE, 1), (PIECE + 1, 2), (3 * PIECE, 3), (3 * PIECE + 2, 4)],
)
def test_a_file_comes_back_whole_in_as_many_pieces_as_it_needs(store, length, count):
    export_id, sealer, plain = uuid.uuid4(), key(), bytes(range(length))
    name = sealed_file.write(export_id, sealer, io.BytesIO(plain))
    assert len(pieces_of(store.files[name])) == count
    assert [len(piece) for piece in sealed_file.read(export_id, sealer, name)] == [
        min(PIECE, length - start) for start in range(0, length or 1, PIECE)
    ]
    assert opened(export_id, sealer, name) == plain


@settings(max_examples=40, deadline=None)
@given(plain=st.binary(max_size=5 * PIECE))
def test_any_content_comes_back(plain):
    made = Store()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed_file, "private", lambda: made)
        patch.setattr(sealed_file, "PIECE", PIECE)
        export_id, sealer = uuid.uuid4(), key()
        name = sealed_file.write(export_id, sealer, io.BytesIO(plain))
        assert opened(export_id, sealer, name) == plain
        assert len(plain) < PIECE or plain not in made.files[name]


def test_writing_starts_at_the_beginning_wherever_the_writer_stopped(store):
    export_id, sealer, source = uuid.uuid4(), key(), io.BytesIO(b"from the start")
    source.read()
    assert opened(export_id, sealer, sealed_file.write(export_id, sealer, source)) == b"from the start"


def test_the_same_content_is_never_sealed_the_same(store):
    export_id, sealer = uuid.uuid4(), key()
    first = store.files[sealed_file.write(export_id, sealer, io.BytesIO(b"a" * 20))]
    second = store.files[sealed_file.write(export_id, sealer, io.BytesIO(b"a" * 20))]
    assert not set(pieces_of(first)) & set(pieces_of(second))


def one_less(pieces):
    return pieces[:-1]


def swapped(pieces):
    return [pieces[1], pieces[0], *pieces[2:]]


def without_the_first(pieces):
    return pieces[1:]


def without_the_middle(pieces):
    return [pieces[0], *pieces[2:]]


def twice(pieces):
    return [*pieces, pieces[-1]]


def more_behind(pieces):
    return [*pieces, b"\x01" + b"x" * 30]


def bit_turned(pieces):
    return [pieces[0][:-1] + bytes([pieces[0][-1] ^ 1]), *pieces[1:]]


def shortened(pieces):
    return [*pieces[:-1], pieces[-1][:-1]]


def emptied(pieces):
    return []


@pytest.mark.parametrize(
    "change",
    [
        one_less,
        swapped,
        without_the_first,
        without_the_middle,
        twice,
        more_behind,
        bit_turned,
        shortened,
        emptied,
    ],
)
def test_a_file_that_was_touched_is_damaged(store, change):
    export_id, sealer = uuid.uuid4(), key()
    name = sealed_file.write(export_id, sealer, io.BytesIO(b"0123456701234567012"))
    store.files[name] = packed(change(pieces_of(store.files[name])))
    with pytest.raises(Damaged):
        opened(export_id, sealer, name)


@pytest.mark.parametrize("cut", [1, 3, 5, 20, 30])
def test_a_file_that_breaks_off_is_damaged(store, cut):
    export_id, sealer = uuid.uuid4(), key()
    name = sealed_file.write(export_id, sealer, io.BytesIO(b"0123456701234567012"))
    store.files[name] = store.files[name][:-cut]
    with pytest.raises(Damaged):
        opened(export_id, sealer, name)


def test_a_length_that_promises_more_than_there_is_is_damaged(store):
    export_id, sealer = uuid.uuid4(), key()
    name = sealed_file.write(export_id, sealer, io.BytesIO(b"0123"))
    store.files[name] = b"\xff\xff\xff\xff" + store.files[name][4:-3]
    with pytest.raises(Damaged):
        opened(export_id, sealer, name)


def test_pieces_of_another_export_do_not_open_even_under_the_same_key(store):
    mine, other, sealer = uuid.uuid4(), uuid.uuid4(), key()
    name = sealed_file.write(mine, sealer, io.BytesIO(b"one export"))
    with pytest.raises(Damaged):
        opened(other, sealer, name)


def test_another_key_opens_nothing(store):
    export_id = uuid.uuid4()
    name = sealed_file.write(export_id, key(), io.BytesIO(b"one export"))
    with pytest.raises(Damaged):
        opened(export_id, key(), name)


def test_a_destroyed_key_opens_nothing(store):
    export_id, sealer = uuid.uuid4(), key()
    name = sealed_file.write(export_id, sealer, io.BytesIO(b"one export"))
    del sealer._opened
    sealer.wrapped = None
    with pytest.raises(KeyDestroyed):
        opened(export_id, sealer, name)


def test_the_first_pieces_are_given_before_a_later_one_turns_out_to_be_damaged(store):
    """A download streams: what has been given was whole, and the end of it is missed."""
    export_id, sealer = uuid.uuid4(), key()
    name = sealed_file.write(export_id, sealer, io.BytesIO(b"0" * PIECE + b"1" * PIECE))
    first, second = pieces_of(store.files[name])
    store.files[name] = packed([first, second[:-1]])
    given = sealed_file.read(export_id, sealer, name)
    assert next(given) == b"0" * PIECE
    with pytest.raises(Damaged):
        next(given)


def test_what_is_gone_is_not_found_and_removing_it_again_is_no_fault(store):
    export_id, sealer = uuid.uuid4(), key()
    name = sealed_file.write(export_id, sealer, io.BytesIO(b"x"))
    for _ in range(2):
        sealed_file.remove(name)
    sealed_file.remove("")
    with pytest.raises(FileNotFoundError):
        opened(export_id, sealer, name)


def test_places_are_spread_told_apart_from_pictures_and_tell_nothing_but_the_number():
    export_id = uuid.UUID("0a1b2c3d-0000-4000-8000-000000000000")
    assert sealed_file.place(export_id) == "exports/0a/export-0a1b2c3d000040008000000000000000.sealed"


def test_the_private_storage_itself_keeps_and_forgets_a_file():
    export_id, sealer = uuid.uuid4(), key()
    name = sealed_file.write(export_id, sealer, io.BytesIO(b"0123456789"))
    assert private().exists(name)
    assert opened(export_id, sealer, name) == b"0123456789"
    sealed_file.remove(name)
    assert not private().exists(name)
