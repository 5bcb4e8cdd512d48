"""Purposes of files: declared by the apps that own the records, with the rule who may see and who may upload."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xinglin.files.enums import FileKind
from xinglin.files.models import StoredFile
from xinglin.kernel.errors import NotAllowed
from xinglin.kernel.viewer import Viewer
from xinglin.vault.models import DataKey

MaySee = Callable[[Viewer, StoredFile], bool]
ViewRecorder = Callable[[Viewer, StoredFile], None]


@dataclass(frozen=True, slots=True)
class Target:
    """Whose a new file will be: the person (or none), the key that seals it, the organisation that it belongs to."""

    key: DataKey
    person_id: int | None = None
    organization_path: str = ""


MayUpload = Callable[[Viewer, str], Target]


@dataclass(frozen=True, slots=True)
class Purpose:
    """A declared purpose.

    may_see(viewer, stored): whether the record shows this file to the viewer. may_reveal: the same question for a scan's
    readable picture (default: as may_see). may_upload(viewer, subject): the target of a new file, or a DomainError with the
    reason (frozen, not yours); None: only actions of the owning app store here.
    """

    slug: str
    label: str
    kind: FileKind
    may_see: MaySee
    may_reveal: MaySee
    may_upload: MayUpload | None = None


_purposes: dict[str, Purpose] = {}
_recorders: list[ViewRecorder] = []


def register(
    purpose: str,
    may_see: MaySee,
    *,
    label: str,
    kind: FileKind | str = FileKind.SCAN,
    may_reveal: MaySee | None = None,
    may_upload: MayUpload | None = None,
) -> Purpose:
    """Declare a purpose (call it from `AppConfig.ready`). Declaring it again replaces it."""
    declared = Purpose(purpose, label, FileKind(kind), may_see, may_reveal or may_see, may_upload)
    _purposes[purpose] = declared
    return declared


def register_view_recorder(recorder: ViewRecorder) -> None:
    """Have `recorder(viewer, stored)` called in the transaction that lets somebody see a scan (P-22)."""
    if recorder not in _recorders:
        _recorders.append(recorder)


def purpose_of(slug: str) -> Purpose:
    """The declared purpose. Raises KeyError for one that nobody declared."""
    return _purposes[slug]


def may_see(viewer: Viewer | None, stored: StoredFile) -> bool:
    """Whether the viewer may see the file at all: signed in, not deleted, and its purpose's rule agrees."""
    declared = _purposes.get(stored.purpose)
    if viewer is None or declared is None or stored.deleted_at is not None:
        return False
    return declared.may_see(viewer, stored)


def may_reveal(viewer: Viewer, stored: StoredFile) -> bool:
    """Whether the viewer may read this scan: sees it, and has the purpose's right to its readable picture."""
    return may_see(viewer, stored) and purpose_of(stored.purpose).may_reveal(viewer, stored)


def upload_target(viewer: Viewer, slug: str, subject: str) -> Target:
    """Whose a new file will be. Raises KeyError for an unknown purpose, NotAllowed or the purpose's own refusal."""
    declared = purpose_of(slug)
    if declared.may_upload is None:
        raise NotAllowed("这里不能单独上传文件。")
    return declared.may_upload(viewer, subject)


def record_view(viewer: Viewer, stored: StoredFile) -> None:
    """Tell every recorder that the viewer sees this scan now."""
    for recorder in _recorders:
        recorder(viewer, stored)
