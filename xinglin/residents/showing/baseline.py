"""Against what the reader sees changes: the last return or decision, whichever came later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xinglin.reviews.content import Content
from xinglin.reviews.selectors import content_of

from ..fields import TRAINING
from ..models import Correction, RecruitmentReview


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier content and when it was looked at; ``since`` in words: 省级退回以来."""

    content: Content
    at: datetime
    since: str


def baseline(state: RecruitmentReview, correction: Correction | None, present: Content) -> Baseline | None:
    """None where nobody has returned or decided yet. A return to the resident concerns the personal parts only."""
    decided = state.decided_version if state.decided_at else None
    if correction is not None and not (decided and state.decided_at and state.decided_at > correction.requested_at):
        return Baseline(personal_before(correction, present), correction.requested_at, "退回本人以来")
    if decided is not None and state.decided_at is not None:
        return Baseline(content_of(decided), state.decided_at, "省级审核以来")
    return None


def personal_before(correction: Correction, present: Content) -> Content:
    """The content at a return to the resident, 培训信息 as it is now."""
    training: dict[str, Any] = {key: value for key, value in present.items() if key.startswith(f"{TRAINING}.")}
    before = content_of(correction.before)
    return {**{key: value for key, value in before.items() if key not in training}, **training}
