"""Sealing under data keys: what goes in comes out, in its own place only, until the key is destroyed."""

import base64

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from xinglin.kernel import clock
from xinglin.vault import masters
from xinglin.vault.actions import destroy_key, new_key, prepare_keys
from xinglin.vault.cipher import Damaged, KeyDestroyed, open_, seal
from xinglin.vault.hashing import keyed_hash
from xinglin.vault.models import DataKey

PLACE = "people_person.phone"
text = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.fixture(scope="module")
def key():
    return prepare_keys("person", 1)[0]


@pytest.mark.req("Q-12")
@given(plain=st.one_of(text, st.binary()), place=text)
def test_what_is_sealed_opens_again(key, plain, place):
    blob = seal(key, plain, place)
    assert open_(key, blob, place) == (plain.encode() if isinstance(plain, str) else plain)


@pytest.mark.req("Q-12")
@given(st.text("abcdef0123456789", min_size=8))
def test_ciphertext_shows_nothing_and_never_repeats(key, plain):
    first, second = seal(key, plain, PLACE), seal(key, plain, PLACE)
    assert first != second and plain.encode() not in first and len(first) == len(second)


@pytest.mark.req("Q-12")
@given(text, text)
def test_a_blob_does_not_open_in_another_place(key, here, there):
    blob = seal(key, "澜江", here)
    if here != there:
        with pytest.raises(Damaged):
            open_(key, blob, there)


@pytest.mark.req("Q-12")
def test_a_blob_does_not_open_under_another_key(key):
    with pytest.raises(Damaged):
        open_(prepare_keys("person", 1)[0], seal(key, "澜江", PLACE), PLACE)


@pytest.mark.req("Q-12")
@given(st.data())
def test_one_altered_bit_is_noticed(key, data):
    blob = bytearray(seal(key, "澜江大学", PLACE))
    blob[data.draw(st.integers(1, len(blob) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Damaged):
        open_(key, bytes(blob), PLACE)


@pytest.mark.req("Q-12")
@pytest.mark.parametrize("kept", [1, 5, 12, 13, 20])
def test_a_cut_blob_is_damaged(key, kept):
    with pytest.raises(Damaged):
        open_(key, seal(key, "澜江", PLACE)[:kept], PLACE)


@pytest.mark.req("Q-12")
@pytest.mark.django_db
def test_a_stored_key_opens_after_a_fresh_read():
    made = new_key("person")
    blob = seal(made, "澜江", PLACE)
    read = DataKey.objects.get(pk=made.pk)
    assert bytes(read.wrapped) not in blob and open_(read, blob, PLACE).decode() == "澜江"


@pytest.mark.req("Q-12")
@pytest.mark.django_db
def test_a_destroyed_key_opens_nothing_and_seals_nothing():
    made = new_key("person")
    blob = seal(made, "澜江", PLACE)
    destroy_key(made)
    gone = DataKey.objects.get(pk=made.pk)
    assert gone.wrapped is None and gone.destroyed_at is not None
    for use in (lambda: open_(gone, blob, PLACE), lambda: seal(gone, "新", PLACE)):
        with pytest.raises(KeyDestroyed):
            use()


@pytest.mark.req("Q-12")
@pytest.mark.django_db
def test_destroying_twice_keeps_the_first_moment():
    made = new_key("person")
    destroy_key(made)
    first = DataKey.objects.get(pk=made.pk).destroyed_at
    destroy_key(made)
    assert DataKey.objects.get(pk=made.pk).destroyed_at == first


@pytest.mark.req("Q-12")
@pytest.mark.django_db
@pytest.mark.parametrize(("wrapped", "destroyed"), [(None, False), (b"x", True)])
def test_the_database_refuses_half_destroyed_keys(wrapped, destroyed):
    now = clock.now()
    row = DataKey(
        purpose="person", wrapped=wrapped, master_id="m1", created_at=now, destroyed_at=now if destroyed else None
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.req("Q-12")
@pytest.mark.django_db
def test_wrapped_bytes_open_for_their_own_row_only():
    mine, other = new_key("person"), new_key("person")
    moved = DataKey.objects.get(pk=mine.pk)
    moved.wrapped = DataKey.objects.get(pk=other.pk).wrapped
    with pytest.raises(Damaged):
        seal(moved, "澜江", PLACE)


@pytest.mark.req("Q-12")
@pytest.mark.django_db
def test_after_a_rotation_old_keys_open_and_without_their_master_they_do_not(settings):
    def pair(name, byte):
        return f"{name}:{base64.b64encode(byte * 32).decode()}"

    made = new_key("person")
    blob = seal(made, "澜江", PLACE)
    before, lookup = settings.XINGLIN_KEYS, keyed_hash("phone", "190")
    try:
        settings.XINGLIN_KEYS = f"{pair('m2', b'2')},{before}"
        masters.forget_masters()
        assert open_(DataKey.objects.get(pk=made.pk), blob, PLACE).decode() == "澜江"
        assert new_key("person").master_id == "m2" and keyed_hash("phone", "190") == lookup
        settings.XINGLIN_KEYS = f"{pair('m2', b'2')},{pair('index', b'0')}"
        masters.forget_masters()
        with pytest.raises(Damaged):
            open_(DataKey.objects.get(pk=made.pk), blob, PLACE)
    finally:
        settings.XINGLIN_KEYS = before
        masters.forget_masters()


@pytest.mark.req("P-19")
@given(text, text, text, text)
def test_hashes_are_stable_and_apart_by_kind_and_value(kind, value, other_kind, other_value):
    made = keyed_hash(kind, value)
    assert made == keyed_hash(kind, value) and len(made) == 64 and set(made) <= set("0123456789abcdef")
    if "\0" not in kind + other_kind:
        assert (made == keyed_hash(other_kind, other_value)) == ((kind, value) == (other_kind, other_value))


@pytest.mark.req("P-19")
def test_without_the_key_the_hash_cannot_be_remade(settings):
    before, made = settings.XINGLIN_KEYS, keyed_hash("phone", "19000000001")
    try:
        settings.XINGLIN_KEYS = masters.generate()
        masters.forget_masters()
        assert keyed_hash("phone", "19000000001") != made
    finally:
        settings.XINGLIN_KEYS = before
        masters.forget_masters()
