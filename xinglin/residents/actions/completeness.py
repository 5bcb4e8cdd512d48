"""How many things a record still lacks, kept on the enrollment so that the flow can be counted at once (P-12)."""

from __future__ import annotations

from collections.abc import Sequence

from xinglin.kernel.bulk import update_rows

from ..models import Enrollment
from ..rules import missing_items
from ..selectors.subjects import Subject


def keep_missing_counts(subjects: Sequence[Subject]) -> None:
    """Store the number of missing fields after a save; inside the save's transaction."""
    counts = []
    for subject in subjects:
        subject.forget_content()
        counts.append((subject.id, (len(missing_items(subject.content)),)))
    update_rows(Enrollment, ["missing_count"], counts)
