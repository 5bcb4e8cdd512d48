"""A person's key, viewers and a purpose of every kind for the tests of files."""

from dataclasses import replace
from pathlib import Path

import pytest

from xinglin.files import access
from xinglin.files.access import Target
from xinglin.files.enums import FileKind
from xinglin.files.models import StoredFile
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.vault.actions import new_key
from xinglin.vault.models import DataKey

PERSON = 501
RESIDENT = Viewer(
    user_id=7,
    user_name="林知夏",
    grant_id=70,
    role="resident",
    role_label="住院医师",
    organization_id=3,
    organization_name="某医院",
    organization_path="/1/2/3/",
    person_id=PERSON,
    is_person=True,
)
BASE = replace(RESIDENT, user_id=8, grant_id=80, role="base_admin", person_id=None, is_person=False)
SIBLING = replace(BASE, user_id=9, grant_id=90, organization_id=4, organization_path="/1/2/4/")
READER = replace(BASE, user_id=10, grant_id=100, role="ministry_reader")


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:  # type: ignore[no-untyped-def]
    """An empty private storage."""
    place = tmp_path / "files"
    private = {"BACKEND": "xinglin.files.storage.PrivateFolder", "OPTIONS": {"location": str(place)}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return place


@pytest.fixture
def key(db: None) -> DataKey:
    return new_key("person")


@pytest.fixture
def views_seen() -> list[tuple[int | None, str]]:
    """What the view recorder was told: (user, purpose)."""
    return []


@pytest.fixture
def purposes(key: DataKey, views_seen: list, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[type-arg]
    """`photo`, `id_front` (scan) and `notice` (attachment) of the test person; only that person uploads."""
    monkeypatch.setattr(access, "_purposes", {})
    monkeypatch.setattr(access, "_recorders", [])

    def may_see(viewer: Viewer, stored: StoredFile) -> bool:
        if viewer.is_person:
            return viewer.person_id == stored.person_id
        return viewer.covers(stored.organization_path)

    def may_reveal(viewer: Viewer, stored: StoredFile) -> bool:
        return viewer.role != "ministry_reader"

    def may_upload(viewer: Viewer, subject: str) -> Target:
        if not viewer.is_person:
            raise Refused("个人资料由住院医师本人上传。")
        return Target(key=key, person_id=viewer.person_id, organization_path=viewer.organization_path)

    access.register("photo", may_see, label="个人照片", kind=FileKind.PHOTO, may_upload=may_upload)
    access.register("id_front", may_see, label="身份证正面照", may_reveal=may_reveal, may_upload=may_upload)
    access.register("notice", may_see, label="通知附件", kind="attachment")
    access.register_view_recorder(lambda viewer, stored: views_seen.append((viewer.user_id, stored.purpose)))
