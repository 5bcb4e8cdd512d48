"""Pictures of the personal record: who may see, read and upload them (P-18, P-19, R-20).

The purpose of a picture is the name of its field: photo, id_front, diploma_scan … Scans of several levels of
education share a purpose, because the same people may see them.
"""

from __future__ import annotations

from xinglin.files import access
from xinglin.files.access import Target
from xinglin.files.enums import FileKind
from xinglin.files.models import StoredFile
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer
from xinglin.people.fields import personal_fields

from .actions.personal import lock_reason
from .selectors.own import own_enrollment, own_person, sees_person

PHOTO = "photo"


def may_see(viewer: Viewer, stored: StoredFile) -> bool:
    """The person, and organisations whose scope covers an enrollment of that person."""
    if stored.person_id is None:
        return False
    if viewer.is_person:
        return viewer.person_id == stored.person_id
    return viewer.may("residents.view") and sees_person(viewer, stored.person_id)


def may_reveal(viewer: Viewer, stored: StoredFile) -> bool:
    """Reading a scan wants a right of its own; asked after ``may_see``."""
    return viewer.may("own.reveal" if viewer.is_person else "residents.reveal")


def may_upload(viewer: Viewer, subject: str) -> Target:
    """The person's own record, while it admits changes. Raises NotAllowed, or Refused with the reason and dates."""
    if not (viewer.is_person and viewer.may("own.edit")):
        raise NotAllowed("照片和证件图片由住院医师本人上传。")
    enrollment = own_enrollment(viewer)
    reason = lock_reason(enrollment) if enrollment else None
    if reason:
        raise Refused(reason)
    path = enrollment.organization.path if enrollment else ""
    return Target(key=own_person(viewer).key, person_id=viewer.person_id, organization_path=path)


def register() -> None:
    """Declare every picture of the personal record, by its declaration."""
    for field in personal_fields().values():
        declaration = field.declaration
        if declaration.kind == "image":
            kind = FileKind.PHOTO if declaration.name == PHOTO else FileKind.SCAN
            access.register(
                declaration.name, may_see, label=declaration.label, kind=kind,
                may_reveal=may_reveal, may_upload=may_upload,
            )  # fmt: skip
