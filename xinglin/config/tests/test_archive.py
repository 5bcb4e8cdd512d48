"""The file of a backup: whole or not at all, sealed under a passphrase, and refused when a bit is wrong."""

import io
import json
import stat
import tarfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.config.archive import container, envelope
from xinglin.config.archive.container import FORMAT, KIND, MANIFEST, BadArchive, checked_manifest, read, writing
from xinglin.config.archive.envelope import Opening, Sealing, WrongPassphrase

pytestmark = pytest.mark.req("Q-13")
WORDS = "杏林 passphrase"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The cost of scrypt is not what is tested here."""
    real = envelope.Scrypt
    monkeypatch.setattr(envelope, "Scrypt", lambda salt, length, n, r, p: real(salt, length, 2, r, p))


def sealed(plain, words=WORDS, step=1000):
    target = io.BytesIO()
    writer = Sealing(target, words)
    for start in range(0, len(plain), step):
        writer.write(plain[start : start + step])
    writer.close()
    return target.getvalue()


def opened(data, words=WORDS):
    return Opening(io.BytesIO(data), words).read()


def archive(path, content=None, words="", **over):
    with writing(path, words) as writer:
        for name, data in (content or {"a": b"1", "files/b": b"22" * 5000}).items():
            writer.add_bytes(name, data)
        manifest = {"kind": KIND, "format": FORMAT, "members": dict(writer.members), **over}
        writer.add_bytes(MANIFEST, json.dumps(manifest).encode())
    return path


class TestEnvelope:
    @given(plain=st.binary(max_size=200), piece=st.integers(1, 60), step=st.integers(1, 70))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
    def test_what_goes_in_comes_out(self, plain, piece, step):
        before, envelope.PIECE = envelope.PIECE, piece
        try:
            data = sealed(plain, step=step)
            assert opened(data) == plain and (len(plain) < 8 or plain not in data)
        finally:
            envelope.PIECE = before

    @given(data=st.data())
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
    def test_one_altered_byte_or_a_cut_is_noticed(self, data):
        before, envelope.PIECE = envelope.PIECE, 16
        try:
            whole = bytearray(sealed(b"0123456789" * 8))
            if data.draw(st.booleans()):
                place = data.draw(st.integers(0, len(whole) - 1))
                whole[place] ^= 1 << data.draw(st.integers(0, 7))
            else:
                del whole[data.draw(st.integers(0, len(whole) - 1)) :]
            with pytest.raises(WrongPassphrase):
                opened(bytes(whole))
        finally:
            envelope.PIECE = before

    def test_pieces_cannot_change_places(self, monkeypatch):
        monkeypatch.setattr(envelope, "PIECE", 4)
        whole = sealed(b"aaaabbbbcccc")
        head = len(envelope.MAGIC) + 16
        size = 4 + 4 + 16
        one, two = whole[head : head + size], whole[head + size : head + 2 * size]
        with pytest.raises(WrongPassphrase):
            opened(whole[:head] + two + one + whole[head + 2 * size :])

    def test_another_passphrase_opens_nothing_and_two_archives_differ(self):
        with pytest.raises(WrongPassphrase):
            opened(sealed(b"x"), "anders")
        assert sealed(b"x") != sealed(b"x")

    def test_a_claimed_length_is_not_believed(self):
        whole = bytearray(sealed(b"x"))
        whole[len(envelope.MAGIC) + 16 : len(envelope.MAGIC) + 20] = b"\xff\xff\xff\xff"
        with pytest.raises(WrongPassphrase):
            opened(bytes(whole))


class TestContainer:
    @pytest.mark.parametrize("words", ["", WORDS])
    def test_members_come_back_in_order(self, tmp_path, words):
        path = archive(tmp_path / "x", words=words)
        found = {}
        read(path, words, lambda name, content: found.setdefault(name, content.read()))
        assert list(found) == ["a", "files/b", MANIFEST] and found["files/b"] == b"22" * 5000
        assert checked_manifest(path, words)["members"]["a"]["size"] == 1
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_nothing_is_left_of_a_writing_that_failed(self, tmp_path):
        class Full(io.BytesIO):
            def read(self, size=-1):
                raise OSError(28, "full")

        with pytest.raises(OSError, match="full"), writing(tmp_path / "x", "") as writer:
            writer.add("a", Full(), 10)
        assert list(tmp_path.iterdir()) == []

    def test_the_passphrase_is_asked_for_and_checked(self, tmp_path):
        path = archive(tmp_path / "x", words=WORDS)
        with pytest.raises(BadArchive, match="XINGLIN_BACKUP_PASSPHRASE"):
            checked_manifest(path, "")
        with pytest.raises(BadArchive, match="口令不对"):
            checked_manifest(path, "anders")
        assert WORDS.encode() not in path.read_bytes() and b"22222222" not in path.read_bytes()

    def test_an_open_archive_needs_no_passphrase(self, tmp_path):
        assert checked_manifest(archive(tmp_path / "x"), WORDS)["kind"] == KIND

    @pytest.mark.parametrize("content", [b"", b"x" * 5000, b"PK\x03\x04", envelope.MAGIC, envelope.MAGIC + b"x" * 40])
    def test_other_files_are_no_archive(self, tmp_path, content):
        path = tmp_path / "x"
        path.write_bytes(content)
        with pytest.raises(BadArchive):
            checked_manifest(path, WORDS)

    @pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
    def test_a_cut_archive_is_refused(self, tmp_path, kept):
        path = archive(tmp_path / "x", {"a": b"1" * 50_000, "b": b"2" * 50_000})
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
        with pytest.raises(BadArchive):
            checked_manifest(path, "")

    def test_an_altered_member_is_named(self, tmp_path):
        path = archive(tmp_path / "x")
        path.write_bytes(path.read_bytes().replace(b"22222222", b"22322222", 1))
        with pytest.raises(BadArchive, match="files/b"):
            checked_manifest(path, "")

    @pytest.mark.parametrize("members", [{}, {"a": {"size": 1, "sha256": "0"}}, {"gone": {"size": 1, "sha256": "0"}}])
    def test_a_manifest_that_does_not_fit_is_refused(self, tmp_path, members):
        with pytest.raises(BadArchive, match="与清单不符"):
            checked_manifest(archive(tmp_path / "x", members=members), "")

    @pytest.mark.parametrize("over", [{"kind": "x"}, {"format": 99}])
    def test_an_archive_of_another_kind_is_refused(self, tmp_path, over):
        with pytest.raises(BadArchive, match="这不是"):
            checked_manifest(archive(tmp_path / "x", **over), "")

    def test_two_members_of_one_name_are_refused(self, tmp_path):
        path = tmp_path / "x"
        with writing(path, "") as writer:
            writer.add_bytes("a", b"1")
            writer.add_bytes("a", b"2")
        with pytest.raises(BadArchive, match="两个 a"):
            checked_manifest(path, "")

    def test_links_and_folders_are_not_followed(self, tmp_path):
        path = tmp_path / "x"
        with tarfile.open(path, "w") as tar:
            info = tarfile.TarInfo("folder")
            info.type = tarfile.DIRTYPE
            tar.addfile(info)
        with pytest.raises(BadArchive, match="不认识"):
            checked_manifest(path, "")

    def test_a_missing_file_is_an_os_error(self, tmp_path):
        with pytest.raises(FileNotFoundError):
            checked_manifest(tmp_path / "none", "")

    def test_sizes_are_those_of_the_content(self, tmp_path):
        reader = container.Hashing(io.BytesIO(b"abc"))
        assert reader.read(2) == b"ab" and reader.read() == b"c" and reader.size == 3
