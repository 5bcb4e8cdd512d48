"""Reviews of an erased person: who decided what and when stays; comments and digests of the content go."""

from __future__ import annotations

from collections.abc import Iterable

from xinglin.history.enums import ERASED
from xinglin.vault.models import DataKey

from ..models import ContentVersion, ReviewEvent

WHY = "a person is erased"
NO_DIGEST = "erased"


def erase_reviews(kind: str, subject_ids: Iterable[int], *, key: DataKey) -> None:
    """Empty what is left beside the sealed versions; the caller destroys the key."""
    ContentVersion.objects.for_system(WHY).filter(key=key).update(digest=NO_DIGEST)
    events = ReviewEvent.objects.for_system(WHY).filter(kind=kind, subject_id__in=list(subject_ids))
    events.exclude(comment="").update(comment=ERASED, field_comments={})
