"""Storing: encrypted at rest, bytes before rows, nothing half (P-18, Q-12)."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError

from xinglin.files import actions, blobs, selectors, sweeping
from xinglin.files.access import Target
from xinglin.files.models import StoredFile
from xinglin.files.names import safe
from xinglin.files.sniffing import MAX_BYTES, BadUpload
from xinglin.files.storage import PrivateFolder
from xinglin.files.tests import pictures
from xinglin.files.tests.conftest import PERSON, RESIDENT
from xinglin.kernel import clock
from xinglin.vault.actions import destroy_key, new_key
from xinglin.vault.cipher import Damaged, KeyDestroyed
from xinglin.vault.models import DataKey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder", "purposes"), pytest.mark.req("P-18")]


def store(key: DataKey, purpose: str = "photo", data: bytes | None = None) -> StoredFile:
    upload = SimpleUploadedFile("林知夏.png", data or pictures.saved(pictures.drawing()), content_type="text/html")
    return actions.store_image(
        upload, purpose=purpose, person_key=key, person_id=PERSON, organization_path="/1/2/3/", by=RESIDENT
    )


def fresh(stored: StoredFile) -> StoredFile:
    return StoredFile.objects.for_system("test").select_related("key").get(pk=stored.pk)


@pytest.mark.req("Q-12")
def test_stored_bytes_are_encrypted_and_come_back(key: DataKey, folder: Path) -> None:
    stored = fresh(store(key))
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert [path.relative_to(folder).as_posix() for path in files] == sorted([stored.name, stored.thumb_name])
    assert all(b"JFIF" not in path.read_bytes() and path.stat().st_mode & 0o077 == 0 for path in files)
    assert actions.open_(stored).startswith(b"\xff\xd8\xff")
    assert len(actions.open_(stored)) == stored.size
    assert actions.open_thumb(stored).startswith(b"\xff\xd8\xff")
    assert (stored.width, stored.height, stored.content_type) == (413, 626, "image/jpeg")
    assert stored.file_name == ""


@pytest.mark.req("Q-12")
def test_bytes_are_bound_to_their_file_and_key(key: DataKey) -> None:
    first, second = fresh(store(key)), fresh(store(key))
    with pytest.raises(Damaged):
        blobs.read(first.id, blobs.ORIGINAL, second.name, key)
    with pytest.raises(Damaged):
        blobs.read(first.id, blobs.THUMB, first.name, key)
    with pytest.raises(Damaged):
        blobs.read(first.id, blobs.ORIGINAL, first.name, new_key("person"))
    destroy_key(key)
    with pytest.raises(KeyDestroyed):
        actions.open_(fresh(first))


def test_refused_upload_leaves_nothing(key: DataKey, folder: Path) -> None:
    with pytest.raises(BadUpload):
        store(key, data=pictures.SVG)
    assert not StoredFile.objects.for_system("test").exists()
    assert not folder.exists() or not list(folder.rglob("*"))


def test_failing_row_takes_its_bytes_along(key: DataKey, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(StoredFile.unscoped, "bulk_create", fail)
    with pytest.raises(DatabaseError):
        store(key)
    assert not [path for path in folder.rglob("*") if path.is_file()]


def test_large_upload_is_refused_before_it_is_read() -> None:
    upload = SimpleUploadedFile("a.jpg", b"x")
    upload.size = MAX_BYTES * 50
    with pytest.raises(BadUpload, match="500"):
        actions.read_upload(upload)


def test_the_same_picture_has_the_same_digest_and_another_place(key: DataKey) -> None:
    first, second = store(key), store(key)
    assert first.digest == second.digest
    assert first.name != second.name


def test_pdf_is_kept_for_attachments_with_a_safe_name(key: DataKey) -> None:
    target = Target(key=key, organization_path="/1/")
    stored = actions.store_attachment(
        pictures.PDF, purpose="notice", target=target, file_name="../a/报名\u202e通知.exe", by=RESIDENT
    )
    stored = fresh(stored)
    assert (stored.content_type, stored.file_name, stored.thumb_name) == ("application/pdf", "报名通知.pdf", "")
    assert actions.open_(stored) == pictures.PDF
    picture = actions.store_attachment(
        pictures.heic(), purpose="notice", target=target, file_name="现场.HEIC", by=RESIDENT
    )
    assert (fresh(picture).content_type, fresh(picture).file_name) == ("image/jpeg", "现场.jpg")
    with pytest.raises(BadUpload):
        actions.store_attachment(pictures.ZIP, purpose="notice", target=target, file_name="a.pdf", by=RESIDENT)


def test_safe_names() -> None:
    assert safe("", "pdf") == "附件.pdf"
    assert safe("C:\\x\\报名.tar.gz", "pdf") == "报名.tar.pdf"
    assert len(safe("长" * 500, "pdf")) == 104


def test_posted_ids_are_checked_against_person_and_purpose(key: DataKey) -> None:
    stored = store(key)
    assert selectors.belongs(stored.id, person_id=PERSON, purpose="photo")
    assert not selectors.belongs(stored.id, person_id=PERSON + 1, purpose="photo")
    assert not selectors.belongs(stored.id, person_id=PERSON, purpose="id_front")
    actions.delete(stored, by=RESIDENT)
    assert not selectors.belongs(stored.id, person_id=PERSON, purpose="photo")
    assert selectors.by_ids([stored.id]) == {}


def test_sweep_takes_orphans_and_old_deletions_only(key: DataKey, folder: Path) -> None:
    kept, deleted = store(key), store(key)
    orphan = uuid.uuid4()
    blobs.write(orphan, blobs.ORIGINAL, b"x", key)
    (folder / "half.part").write_bytes(b"x")
    (folder / "readme.txt").write_bytes(b"x")
    actions.delete(deleted, by=RESIDENT)
    assert (sweeping.remove_orphans(), sweeping.purge_deleted()) == (0, 0)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        assert (sweeping.remove_orphans(), sweeping.purge_deleted()) == (2, 1)
        assert (sweeping.remove_orphans(), sweeping.purge_deleted()) == (0, 0)
    left = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert left == {kept.name, kept.thumb_name, "readme.txt"}
    assert fresh(deleted).purged_at is not None


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "a\\b", "", "a\0b"])
def test_storage_never_leaves_its_folder(folder: Path, name: str) -> None:
    with pytest.raises(SuspiciousFileOperation):
        PrivateFolder(folder).path(name)


def test_half_written_file_never_appears(folder: Path) -> None:
    class Breaks(ContentFile):  # type: ignore[type-arg]
        def chunks(self, chunk_size: int | None = None):  # type: ignore[no-untyped-def]
            yield b"half"
            raise OSError("disk full")

    storage = PrivateFolder(folder)
    with pytest.raises(OSError, match="disk full"):
        storage._save("aa/bb/x", Breaks(b""))
    assert not storage.exists("aa/bb/x")
    assert storage.listdir("aa/bb") == ([], [])
