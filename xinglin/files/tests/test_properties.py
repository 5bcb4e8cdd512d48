"""What holds for every file, name, address and place, not only for the examples (P-18, P-19, Q-11, Q-12)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.files import addresses, blobs, sniffing, sweeping
from xinglin.files.models import StoredFile
from xinglin.files.names import safe
from xinglin.files.sniffing import MAX_BYTES, BadUpload, Sniffed, sniff_pdf, sniff_picture
from xinglin.files.storage import UNFINISHED, PrivateFolder, walk
from xinglin.files.tests import pictures
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.vault.actions import new_key

pytestmark = [pytest.mark.req("P-18"), pytest.mark.req("Q-11")]
MAGIC = {"JPEG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n"}
REFUSED = [magic for magic, _ in sniffing._REFUSED]


class TestSniffing:
    """The first bytes decide; whatever is not a picture is refused in a whole sentence."""

    @given(st.binary(max_size=400))
    def test_any_bytes_are_a_known_picture_or_refused_in_words(self, data: bytes) -> None:
        told = ""
        try:
            assert sniff_picture(data).format in {"JPEG", "PNG", "WEBP", "HEIF"}
        except BadUpload as refusal:
            told = refusal.message
        assert told == "" or (told.endswith("。") and len(told) < 120)

    @given(st.sampled_from(sorted(MAGIC)), st.binary(max_size=200))
    def test_what_follows_the_magic_does_not_change_the_format(self, kind: str, rest: bytes) -> None:
        assert sniff_picture(MAGIC[kind] + rest) == Sniffed(kind)

    @given(st.sampled_from(REFUSED), st.binary(max_size=200))
    def test_other_kinds_are_named_whatever_follows(self, magic: bytes, rest: bytes) -> None:
        if magic == b"BM" or magic == b"MZ" or (magic + rest)[4:8] == b"ftyp":
            return
        with pytest.raises(BadUpload) as refusal:
            sniff_picture(magic + rest)
        assert "认不出" not in refusal.value.message

    @given(
        st.text(alphabet=" \t\r\n", max_size=20), st.sampled_from(["<svg", "<?xml", "<!DOCTYPE", "<HTML", "<script"])
    )
    def test_markup_is_seen_through_white_space_and_case(self, before: str, tag: str) -> None:
        for written in (tag, tag.lower(), tag.upper()):
            with pytest.raises(BadUpload, match="SVG"):
                sniff_picture(b"\xef\xbb\xbf" + before.encode() + written.encode() + b" onload=x>")

    @given(st.integers(1, 16383), st.integers(1, 16383))
    def test_the_size_of_a_webp_is_read_before_any_decoder_sees_it(self, width: int, height: int) -> None:
        found = sniff_picture(pictures.webp_claiming(width, height))
        assert found == Sniffed("WEBP", (width, height))

    @given(st.integers(0, 29))
    def test_a_webp_without_its_header_is_incomplete(self, length: int) -> None:
        data = (b"RIFF\x00\x00\x00\x00WEBPVP8X" + b"\x00" * 40)[: max(12, length)]
        with pytest.raises(BadUpload):
            sniff_picture(data[:29])

    @pytest.mark.parametrize("size", [1, 1024, 1024 * 1024])
    def test_above_the_limit_the_size_is_told_in_megabytes(self, size: int) -> None:
        with pytest.raises(BadUpload) as refusal:
            sniffing.check_size(b"x" * (MAX_BYTES + size))
        assert f"{(MAX_BYTES + size) / 1048576:.1f} MB" in refusal.value.message
        sniffing.check_size(b"x" * MAX_BYTES)

    @given(st.binary(min_size=1, max_size=3000))
    def test_a_pdf_has_head_and_tail(self, body: bytes) -> None:
        whole = b"%PDF-1.7\n" + body + b"\n%%EOF\n"
        sniff_pdf(whole)
        with pytest.raises(BadUpload, match="不是 PDF"):
            sniff_pdf(b"x" + whole)
        if b"%%EOF" not in body:
            with pytest.raises(BadUpload, match="不完整"):
                sniff_pdf(whole[: -len(b"%%EOF\n")])


class TestNames:
    """A name for a download carries no path and nothing that turns or hides it."""

    @given(st.text(max_size=300), st.sampled_from(["pdf", "jpg", "png"]))
    def test_no_name_leads_anywhere_or_hides_its_kind(self, name: str, extension: str) -> None:
        found = safe(name, extension)
        stem = found[: -len(extension) - 1]
        assert found.endswith(f".{extension}") and 1 <= len(stem) <= 100
        assert not set(found) & set('\x00\r\n<>:"/\\|?*\u202e\u200b')
        assert stem not in {".", ".."} and stem == stem.strip(" .")

    @given(st.text(max_size=100))
    def test_cleaning_twice_changes_nothing_more(self, name: str) -> None:
        once = safe(name, "pdf")
        assert safe(once, "pdf") == once

    @pytest.mark.parametrize(
        ("given_name", "told"),
        [
            ("学历证书.PDF", "学历证书.pdf"),
            ("C:\\桌面\\证书.pdf", "证书.pdf"),
            ("../../etc/passwd", "passwd.pdf"),
            ("..", "附件.pdf"),
            (".pdf", "附件.pdf"),
            ("发票\u202efdp.exe", "发票fdp.pdf"),
            ("a.tar.gz", "a.tar.pdf"),
        ],
    )
    def test_examples(self, given_name: str, told: str) -> None:
        assert safe(given_name, "pdf") == told


@pytest.mark.req("P-19")
class TestAddresses:
    """A scan's address is good for one viewer, one file, one minute."""

    ids = st.uuids()
    numbers = st.integers(1, 2**40)

    @staticmethod
    def viewer(user_id: int | None, grant_id: int | None = 7) -> Viewer:
        return replace(Viewer.system("test"), user_id=user_id, grant_id=grant_id)

    def token(self, file_id: uuid.UUID, viewer: Viewer) -> str:
        return addresses.short_lived(StoredFile(id=file_id), viewer).rstrip("/").rsplit("/", 1)[-1]

    @given(ids, numbers, numbers)
    def test_it_opens_for_the_one_it_was_made_for(self, file_id: uuid.UUID, user: int, grant: int) -> None:
        me = self.viewer(user, grant)
        token = self.token(file_id, me)
        assert addresses.file_of(token, me) == file_id
        assert addresses.file_of(token, self.viewer(user + 1, grant)) is None
        assert addresses.file_of(token, self.viewer(user, grant + 1)) is None, "another identity of the same user"
        assert addresses.file_of(token, self.viewer(None, grant)) is None

    @given(ids, st.text(min_size=1, max_size=40))
    def test_a_changed_token_opens_nothing(self, file_id: uuid.UUID, noise: str) -> None:
        me = self.viewer(5)
        token = self.token(file_id, me)
        for forged in (noise, token + noise, noise + token, token[:-1], token.swapcase()):
            if forged != token:
                assert addresses.file_of(forged, me) is None

    def test_after_a_minute_it_is_over(self) -> None:
        me, file_id = self.viewer(5), uuid.uuid4()
        with time_machine.travel(clock.now(), tick=False) as traveller:
            token = self.token(file_id, me)
            traveller.shift(timedelta(seconds=59))
            assert addresses.file_of(token, me) == file_id
            traveller.shift(timedelta(seconds=2))
            assert addresses.file_of(token, me) is None


@pytest.mark.req("Q-12")
class TestFolder:
    """The private folder keeps every name inside and every file whole."""

    @given(st.text(max_size=60))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_no_name_leads_outside(self, tmp_path: Path, name: str) -> None:
        storage = PrivateFolder(tmp_path, durable=False)
        try:
            place = Path(storage.path(name))
        except (SuspiciousFileOperation, ValueError):
            return
        assert tmp_path in place.parents or place == tmp_path
        assert ".." not in place.parts

    @pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/passwd", "", "a\\..\\x", "a\x00b", ".."])
    def test_names_that_would(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(SuspiciousFileOperation):
            PrivateFolder(tmp_path).path(name)

    @given(st.uuids(), st.binary(max_size=2000))
    @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_what_is_saved_comes_back_and_goes(self, tmp_path: Path, file_id: uuid.UUID, data: bytes) -> None:
        storage = PrivateFolder(tmp_path, durable=False)
        name = blobs.place(file_id, blobs.ORIGINAL)
        assert storage.save(name, ContentFile(data)) == name
        assert storage.exists(name) and storage.size(name) == len(data)
        with storage.open(name) as file:
            assert file.read() == data
        assert name in set(walk(storage))
        storage.delete(name)
        storage.delete(name)
        assert not storage.exists(name)

    @given(st.lists(st.uuids(), unique=True, max_size=60))
    def test_places_are_distinct_and_spread(self, ids: list[uuid.UUID]) -> None:
        places = {blobs.place(file_id, part) for file_id in ids for part in (blobs.ORIGINAL, blobs.THUMB)}
        assert len(places) == 2 * len(ids)
        assert all(name.count("/") == 2 and len(name.split("/")[0]) == 2 for name in places)

    def test_a_second_save_never_touches_the_first(self, tmp_path: Path) -> None:
        storage = PrivateFolder(tmp_path)
        first = storage.save("aa/bb/x.original", ContentFile(b"old" * 1000))
        second = storage.save("aa/bb/x.original", ContentFile(b"new"))
        assert first != second
        with storage.open(first) as one, storage.open(second) as two:
            assert (one.read(), two.read()) == (b"old" * 1000, b"new")
        assert not list(tmp_path.rglob(f"*{UNFINISHED}"))


@pytest.mark.django_db
@pytest.mark.usefixtures("folder", "purposes")
class TestSweeping:
    """Upkeep takes what nobody names, and nothing that is young or foreign."""

    def scatter(self, folder: Path, names: list[str]) -> list[Path]:
        paths = [folder / name for name in names]
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
        return paths

    def test_old_orphans_and_unfinished_ones_go_foreign_files_stay(self, folder: Path) -> None:
        orphan = blobs.place(uuid.uuid4(), blobs.ORIGINAL)
        unfinished = f"aa/bb/tmp123{UNFINISHED}"
        foreign = "aa/bb/readme.txt"
        paths = self.scatter(folder, [orphan, unfinished, foreign])
        assert sweeping.remove_orphans() == 0, "they are young: an upload may be on its way"
        with time_machine.travel(clock.now() + timedelta(days=2)):
            assert sweeping.remove_orphans() == 2
        assert [path.exists() for path in paths] == [False, False, True]

    @pytest.mark.parametrize("hours", [0, 1, 23])
    def test_within_a_day_nothing_is_taken(self, folder: Path, hours: int) -> None:
        (path,) = self.scatter(folder, [blobs.place(uuid.uuid4(), blobs.THUMB)])
        with time_machine.travel(clock.now() + timedelta(hours=hours)):
            assert sweeping.remove_orphans() == 0
        assert path.exists()

    def test_many_are_taken_in_batches(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sweeping, "BATCH", 3)
        paths = self.scatter(folder, [blobs.place(uuid.uuid4(), blobs.ORIGINAL) for _ in range(10)])
        with time_machine.travel(clock.now() + timedelta(days=2)):
            assert sweeping.remove_orphans() == 10
        assert not any(path.exists() for path in paths)

    @pytest.mark.req("Q-12")
    def test_bytes_read_back_only_under_their_own_id_part_and_key(self, folder: Path) -> None:
        key, other = new_key("person"), new_key("person")
        file_id = uuid.uuid4()
        name = blobs.write(file_id, blobs.ORIGINAL, b"plain", key)
        assert blobs.read(file_id, blobs.ORIGINAL, name, key) == b"plain"
        assert b"plain" not in (folder / name).read_bytes()
        wrong = [(uuid.uuid4(), blobs.ORIGINAL, key), (file_id, blobs.THUMB, key), (file_id, blobs.ORIGINAL, other)]
        for wrong_id, part, wrong_key in wrong:
            with pytest.raises(Exception, match=r".") as refusal:
                blobs.read(wrong_id, part, name, wrong_key)
            assert type(refusal.value).__name__ == "Damaged"
