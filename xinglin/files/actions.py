"""Storing, opening and deleting files."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.files.base import File
from django.db import transaction

from xinglin.files import addresses, blobs, names, scanning, sniffing
from xinglin.files.access import Target, may_reveal, purpose_of, record_view
from xinglin.files.enums import FileKind
from xinglin.files.models import StoredFile
from xinglin.files.rendering import Crop, Picture, render
from xinglin.history.actions import Entry, record
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed
from xinglin.kernel.viewer import Viewer
from xinglin.vault import hashing
from xinglin.vault.models import DataKey

NO_REVEAL = "当前身份不能查看证件和证书的原图。需要核对时，请由培训基地或省级审核人员查看。"


@dataclass(frozen=True, slots=True)
class Rendered:
    """One picture of a bulk store: what, for which purpose, whose."""

    picture: Picture
    purpose: str
    target: Target


def read_upload(upload: File | bytes) -> bytes:
    """The uploaded bytes. Raises BadUpload for an empty file, for one above 10 MB before it is read, and for one that the
    virus scanner does not let pass."""
    if isinstance(upload, bytes):
        data = upload
    else:
        if upload.size is not None and upload.size > sniffing.MAX_BYTES:
            sniffing.refuse_large(upload.size)
        upload.seek(0)
        data = upload.read(sniffing.MAX_BYTES + 1)
    sniffing.check_size(data)
    scanning.check(data)
    return data


def render_image(upload: File | bytes, *, purpose: str, crop: Crop | None = None) -> Picture:
    """Check and re-encode an upload without storing it (for bulk and for showing remarks first). Raises BadUpload."""
    return render(read_upload(upload), purpose_of(purpose).kind, crop=crop)


def store_image(
    upload: File | bytes,
    *,
    purpose: str,
    person_key: DataKey,
    person_id: int | None,
    organization_path: str = "",
    by: Viewer,
    crop: Crop | None = None,
) -> StoredFile:
    """Check, re-encode, seal and store one picture (P-18). Raises BadUpload with the reason; then nothing is stored.

    crop: left, top, width, height as parts (0 to 1) of the upright picture.
    """
    picture = render_image(upload, purpose=purpose, crop=crop)
    target = Target(key=person_key, person_id=person_id, organization_path=organization_path)
    return store_images([Rendered(picture, purpose, target)], by=by)[0]


def store_images(pictures: Iterable[Rendered], *, by: Viewer) -> list[StoredFile]:
    """Seal and store rendered pictures, one insert for all rows. Bytes first: a crash leaves orphans, never a row without
    its bytes; the orphans are swept after a day."""
    now = clock.now()
    rows = []
    for entry in pictures:
        picture, file_id = entry.picture, uuid.uuid4()
        key = entry.target.key
        rows.append(
            StoredFile(
                id=file_id,
                purpose=entry.purpose,
                kind=picture.kind,
                person_id=entry.target.person_id,
                organization_path=entry.target.organization_path,
                key=key,
                content_type="image/jpeg",
                size=len(picture.data),
                width=picture.width,
                height=picture.height,
                digest=_digest(picture.data),
                name=blobs.write(file_id, blobs.ORIGINAL, picture.data, key),
                thumb_name=blobs.write(file_id, blobs.THUMB, picture.thumb, key),
                created_at=now,
                created_by_id=by.user_id,
            )
        )
    return _insert(rows)


def store_attachment(upload: File | bytes, *, purpose: str, target: Target, file_name: str, by: Viewer) -> StoredFile:
    """Store a PDF as it is, served as download only, or a picture re-encoded. Raises BadUpload."""
    data = read_upload(upload)
    if not data.startswith(b"%PDF"):
        picture = render(data, FileKind.ATTACHMENT)
        stored = store_images([Rendered(picture, purpose, target)], by=by)[0]
        stored.file_name = names.safe(file_name, "jpg")
        stored.save(update_fields=["file_name"])
        return stored
    sniffing.sniff_pdf(data)
    file_id = uuid.uuid4()
    row = StoredFile(
        id=file_id,
        purpose=purpose,
        kind=FileKind.ATTACHMENT,
        person_id=target.person_id,
        organization_path=target.organization_path,
        key=target.key,
        file_name=names.safe(file_name, "pdf"),
        content_type="application/pdf",
        size=len(data),
        digest=_digest(data),
        name=blobs.write(file_id, blobs.ORIGINAL, data, target.key),
        created_at=clock.now(),
        created_by_id=by.user_id,
    )
    return _insert([row])[0]


def open_(stored: StoredFile) -> bytes:
    """The plain bytes of the picture or attachment. Raises FileNotFoundError, KeyDestroyed or Damaged."""
    return blobs.read(stored.id, blobs.ORIGINAL, stored.name, stored.key)


def open_thumb(stored: StoredFile) -> bytes:
    """The plain bytes of the thumbnail (a scan's is veiled). Raises as `open_`."""
    return blobs.read(stored.id, blobs.THUMB, stored.thumb_name, stored.key)


def reveal(stored: StoredFile, *, by: Viewer) -> str:
    """Record that the viewer sees this scan, then give the address that shows it for a minute (P-19, P-22).

    History entry and view recorders stand in one transaction; without the record there is no address. Raises NotAllowed.
    """
    if not may_reveal(by, stored):
        raise NotAllowed(NO_REVEAL)
    entry = Entry(
        verb="file.view",
        subject_type="file",
        subject_id=str(stored.id),
        organization_path=stored.organization_path,
        person_id=stored.person_id,
        key=stored.key,
        facts={"purpose": stored.purpose, "label": purpose_of(stored.purpose).label},
    )
    with transaction.atomic():
        record([entry], by=by)
        record_view(by, stored)
    return addresses.short_lived(stored, by)


def delete(stored: StoredFile, *, by: Viewer) -> None:
    """Hide a file at once; its bytes go with the next sweep after some days. The owning app records the history."""
    StoredFile.objects.for_system(f"deleted by {by.role}").filter(pk=stored.pk, deleted_at=None).update(
        deleted_at=clock.now()
    )


def _insert(rows: list[StoredFile]) -> list[StoredFile]:
    """Write the rows; if that fails, the bytes are taken away again."""
    try:
        with transaction.atomic():
            return StoredFile.unscoped.bulk_create(rows, batch_size=500)
    except BaseException:
        for row in rows:
            blobs.remove(row.name)
            blobs.remove(row.thumb_name)
        raise


def _digest(data: bytes) -> str:
    return hashing.keyed_hash("file", hashlib.sha256(data).hexdigest())
