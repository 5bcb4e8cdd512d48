"""Reading reviews: events of a record, versions, the inbox."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from xinglin.history.enums import ERASED
from xinglin.kernel.viewer import Viewer
from xinglin.vault import cipher

from .content import Content, digest
from .enums import ReviewStatus
from .models import ContentVersion, ReviewEvent, ReviewState
from .models.version import CONTENT_CONTEXT
from .spec import ReviewSpec


def events_of(viewer: Viewer, kind: str, subject_id: int) -> QuerySet[ReviewEvent]:
    """What happened to one record, newest first."""
    return ReviewEvent.objects.visible_to(viewer).filter(kind=kind, subject_id=subject_id)


def content_of(version: ContentVersion | None) -> Content:
    """The sealed content, opened; {} for no version. Raises vault errors, Damaged where the digest differs.

    Of an erased person nothing is left but the word that says so.
    """
    if version is None:
        return {}
    if version.key.wrapped is None:
        return {"basic_info.name": ERASED}
    content: dict[str, Any] = json.loads(cipher.open_(version.key, bytes(version.content), CONTENT_CONTEXT))
    if digest(content) != version.digest:
        raise cipher.Damaged(f"content version {version.pk}")
    return content


def as_returned(spec: ReviewSpec, states: Mapping[int, ReviewState], subjects: Iterable[Any]) -> dict[int, str]:
    """Returned records whose content is still what was returned: id → the words that answer the return, "" for none.

    Empty for a kind that asks for no answer. ``states`` by id of at least these subjects.
    """
    returned = {s.id: s for s in subjects if states[s.id].review_status == ReviewStatus.RETURNED}
    if spec.answers is None or not returned:
        return {}
    versions = {pk: states[pk].decided_version_id for pk in returned}
    rows = ContentVersion.objects.for_system("versions of records that were read in scope").filter(
        pk__in=versions.values()
    )
    digests = dict(rows.values_list("pk", "digest"))
    same = [s for pk, s in returned.items() if digests.get(versions[pk]) == digest(s.content)]
    words = spec.answers(same) if same else {}
    return {s.id: words.get(s.id, "") for s in same}


def pending(viewer: Viewer, spec: ReviewSpec) -> QuerySet[Any]:
    """The queue: pending states in scope, longest waiting first."""
    return spec.states(viewer).filter(review_status=ReviewStatus.PENDING).order_by("reported_at", "pk")
