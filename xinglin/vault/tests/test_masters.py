"""Master keys: read from text, or made once in a file that only the owner reads."""

import base64
import os
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from xinglin.vault import masters


def key(byte=b"k"):
    return base64.b64encode(byte * 32).decode()


@pytest.fixture
def fresh():
    masters.forget_masters()
    yield
    masters.forget_masters()


@pytest.mark.req("Q-12")
def test_the_first_key_wraps_and_the_others_still_open():
    ring = masters.parse(f"m2:{key(b'b')},m1:{key(b'a')}\nindex:{key(b'i')}\n\n")
    assert ring.current == "m2" and ring.keys == {"m2": b"b" * 32, "m1": b"a" * 32} and ring.index == b"i" * 32


@pytest.mark.req("Q-12")
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "index"),
        (f"m1:{key()}", "index"),
        (f"index:{key()}", "at least one"),
        (f"m1:not base64!,index:{key()}", "not base64"),
        (f"m1:密钥,index:{key()}", "not base64"),
        (f"m1:{base64.b64encode(b'short').decode()},index:{key()}", "32 bytes"),
        (f"m1,index:{key()}", "32 bytes"),
        (f"m1:{key()},index:", "32 bytes"),
    ],
)
def test_malformed_keys_are_refused_and_not_repeated(text, says):
    with pytest.raises(ImproperlyConfigured) as refused:
        masters.parse(text)
    assert says in str(refused.value) and key() not in str(refused.value)


@pytest.mark.req("Q-12")
def test_generated_keys_can_be_read_and_differ():
    first, second = masters.parse(masters.generate()), masters.parse(masters.generate())
    assert first.current == "m1" and first.index != second.index and first.keys["m1"] not in (second.keys["m1"],)


@pytest.mark.req("Q-12")
def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path, settings, fresh):
    settings.XINGLIN_KEYS, settings.PRODUCTION, settings.DATA_DIR = "", False, tmp_path / "data"
    previous = os.umask(0)
    try:
        ring = masters.masters()
    finally:
        os.umask(previous)
    file = tmp_path / "data" / "keys"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    written = file.read_text()
    masters.forget_masters()
    assert masters.masters() == ring and file.read_text() == written


@pytest.mark.req("Q-12")
def test_production_never_makes_up_keys(tmp_path, settings, fresh):
    settings.XINGLIN_KEYS, settings.PRODUCTION, settings.DATA_DIR = "", True, tmp_path
    with pytest.raises(ImproperlyConfigured):
        masters.masters()
    assert list(tmp_path.iterdir()) == []
