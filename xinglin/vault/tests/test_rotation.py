"""A new master key: everything is wrapped under it, nothing else changes, the old one can go."""

import base64
import os
import stat
import threading
import time

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from xinglin.vault import cipher, masters, rotation
from xinglin.vault.actions import destroy_key, new_key, prepare_keys, store_keys
from xinglin.vault.cipher import Damaged, open_, seal
from xinglin.vault.hashing import keyed_hash
from xinglin.vault.models import DataKey

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-12")]
PLACE = "people_person.phone"


@pytest.fixture
def keyfile(tmp_path, settings):
    """An installation whose keys lie in a file."""
    settings.XINGLIN_KEYS, settings.PRODUCTION, settings.DATA_DIR = "", False, tmp_path
    masters.forget_masters()
    masters.masters()
    yield tmp_path / "keys"
    masters.forget_masters()


def age(path, seconds=3600):
    moment = time.time() - seconds
    os.utime(path, (moment, moment))


def many(count):
    keys = prepare_keys("person", count)
    store_keys(keys)
    return [(key.id, seal(key, f"内容{place}", PLACE)) for place, key in enumerate(keys)]


def read(blobs):
    return [open_(DataKey.objects.get(pk=pk), blob, PLACE).decode() for pk, blob in blobs]


def test_a_new_master_comes_first_and_the_old_ones_stay(keyfile):
    before = masters.masters()
    assert rotation.make_master() == "m2"
    ring = masters.masters()
    assert ring.current == "m2" and ring.keys["m1"] == before.keys["m1"] and ring.index == before.index
    assert ring.keys["m2"] != ring.keys["m1"]
    assert stat.S_IMODE(keyfile.stat().st_mode) == 0o600 and list(keyfile.parent.iterdir()) == [keyfile]
    assert rotation.make_master() == "m3" and masters.parse(keyfile.read_text()).current == "m3"


def test_the_file_keeps_its_old_content_when_writing_fails(keyfile, monkeypatch):
    before = keyfile.read_text()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(masters.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        rotation.make_master()
    assert keyfile.read_text() == before and list(keyfile.parent.iterdir()) == [keyfile]


def test_all_keys_are_wrapped_anew_and_open_what_they_sealed(keyfile):
    blobs, lookup = many(7), keyed_hash("phone", "190")
    rotation.make_master()
    assert rotation.uses() == {"m1": 7}
    assert rotation.rewrap() == 7 and rotation.uses() == {"m2": 7}
    assert read(blobs) == [f"内容{n}" for n in range(7)] and keyed_hash("phone", "190") == lookup
    assert rotation.rewrap() == 0


def test_steps_are_told_and_a_broken_off_run_goes_on(keyfile, monkeypatch):
    monkeypatch.setattr(rotation, "STEP", 3)
    blobs = many(8)
    rotation.make_master()
    heard = []

    def stop(done):
        heard.append(done)
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rewrap(stop)
    assert heard == [3, 6] and rotation.uses() == {"m1": 2, "m2": 6}
    assert len(read(blobs)) == 8
    assert rotation.rewrap() == 2 and rotation.uses() == {"m2": 8}


def test_keys_made_under_the_old_master_meanwhile_are_caught(keyfile):
    many(2)
    rotation.make_master()
    late = []

    def somebody_works(done):
        if not late:
            late.append(many(1)[0][0])
            DataKey.objects.filter(pk=late[0]).update(**under_m1(late[0]))

    def under_m1(pk):
        plain = cipher.unwrap(DataKey.objects.get(pk=pk))
        ring = masters.masters()
        old = masters.Masters("m1", ring.keys, ring.index)
        saved, masters._ring = masters._ring, old
        wrapped, name = cipher.wrap(plain, pk)
        masters._ring = saved
        return {"wrapped": wrapped, "master_id": name}

    assert rotation.rewrap(somebody_works) == 3
    assert rotation.uses() == {"m2": 3}


def test_a_destroyed_key_stays_destroyed(keyfile):
    key = new_key("person")
    stale = DataKey.objects.get(pk=key.pk)
    destroy_key(key)
    rotation.make_master()
    assert rotation.rewrap() == 0 and rotation._wrap_anew(stale) == 0
    gone = DataKey.objects.get(pk=key.pk)
    assert gone.wrapped is None and gone.destroyed_at is not None and "m1" not in rotation.uses()


def test_a_missing_master_stops_the_run_and_names_the_key(keyfile):
    (pk, _), = many(1)  # fmt: skip
    DataKey.objects.filter(pk=pk).update(master_id="m9")
    rotation.make_master()
    with pytest.raises(Damaged, match=str(pk)):
        rotation.rewrap()


def test_a_running_process_takes_up_a_changed_file(keyfile, monkeypatch):
    ring = masters.masters()
    text = masters.key_text(masters.Masters("m2", {"m2": b"2" * 32, **ring.keys}, ring.index))
    masters.write_key_file(text)
    assert masters.masters().current == "m1"
    monkeypatch.setattr(masters, "_look_at", 0.0)
    assert masters.masters().current == "m2"


def test_a_key_under_a_master_that_was_just_added_opens_at_once(keyfile):
    ring = masters.masters()
    blobs = many(1)
    pk = blobs[0][0]
    plain = cipher.unwrap(DataKey.objects.get(pk=pk))
    masters.write_key_file(masters.key_text(masters.Masters("m7", {"m7": b"7" * 32, **ring.keys}, ring.index)))
    masters.forget_masters()
    wrapped, name = cipher.wrap(plain, pk)
    DataKey.objects.filter(pk=pk).update(wrapped=wrapped, master_id=name)
    masters._ring, masters._look_at = ring, time.monotonic() + 60
    assert name == "m7" and read(blobs) == ["内容0"]


def test_keys_of_the_environment_are_not_looked_for_in_a_file(tmp_path, settings, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(masters, "_look_at", 0.0)
    assert masters.masters().current == "m1" and list(tmp_path.iterdir()) == []


def test_an_unused_master_can_go_when_the_file_has_settled(keyfile):
    blobs = many(2)
    rotation.make_master()
    rotation.rewrap()
    with pytest.raises(ImproperlyConfigured, match="just changed"):
        rotation.drop_masters({"m1"})
    age(keyfile)
    rotation.drop_masters({"m1"})
    assert set(masters.masters().keys) == {"m2"} and "m1:" not in keyfile.read_text()
    assert read(blobs) == ["内容0", "内容1"]


@pytest.mark.parametrize("names", [{"m1"}, {"m2"}, {"m1", "m2"}])
def test_a_master_in_use_or_current_cannot_go(keyfile, names):
    many(1)
    rotation.make_master()
    age(keyfile)
    before = keyfile.read_text()
    with pytest.raises(ImproperlyConfigured, match="in use"):
        rotation.drop_masters(names)
    assert keyfile.read_text() == before


def test_the_text_of_a_ring_reads_back(keyfile):
    ring = masters.Masters("b", {"a": b"a" * 32, "b": b"b" * 32}, b"i" * 32)
    text = masters.key_text(ring)
    assert masters.parse(text) == ring and text.startswith("b:" + base64.b64encode(b"b" * 32).decode())


@pytest.mark.django_db(transaction=True)
def test_people_go_on_working_while_keys_are_wrapped_anew(keyfile, monkeypatch):
    monkeypatch.setattr(rotation, "STEP", 5)
    blobs = many(60)
    rotation.make_master()
    over, trouble, made = threading.Event(), [], []

    def work():
        try:
            while not over.is_set():
                made.extend(many(1))
                assert read(blobs[:3]) == ["内容0", "内容1", "内容2"]
        except Exception as error:
            trouble.append(error)
        finally:
            connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    done = rotation.rewrap()
    over.set()
    worker.join()
    assert not trouble and done >= 60 and len(read(made)) == len(made)
    assert set(rotation.uses()) == {"m2"}
