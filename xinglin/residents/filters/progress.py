"""Filters to which the flow diagram leads (P-12)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from xinglin.kernel.viewer import Viewer
from xinglin.ui.lists.parts import Filter

from ..enums import CorrectionStatus
from ..selectors.enrollments import CHECKING, COMPLETING, CORRECTING, FILLING, READY, UNREPORTED, UNSEEN
from ..selectors.progress import standing_at

_PROGRESS = {"filling": FILLING & ~COMPLETING, "completing": COMPLETING, "checking": CHECKING, "ready": READY}
_CORRECTION = {CorrectionStatus.REQUESTED: CORRECTING & UNREPORTED, CorrectionStatus.CORRECTED: UNSEEN & UNREPORTED}


def _by_progress(rows: QuerySet[Any], value: str, _viewer: Viewer) -> QuerySet[Any]:
    return rows.filter(_PROGRESS[value]).distinct()


def _by_correction(rows: QuerySet[Any], value: str, _viewer: Viewer) -> QuerySet[Any]:
    return rows.filter(_CORRECTION[CorrectionStatus(value)]).distinct()


PROGRESS = Filter(
    "progress",
    "填报进度",
    kind="choice",
    lookup=_by_progress,
    choices=(
        ("filling", "本人填写中"), ("completing", "本人已填完，基地待补"), ("checking", "等基地核对"),
        ("ready", "资料齐全，待上报"),
    ),
)  # fmt: skip


def _by_stage(rows: QuerySet[Any], value: str, _viewer: Viewer) -> QuerySet[Any]:
    return rows.filter(standing_at(value))


STAGE = Filter(
    "stage",
    "所处环节",
    kind="choice",
    lookup=_by_stage,
    choices=(
        ("not_started", "未开始"), ("filling", "填写中"), ("correcting", "退回本人"), ("ready", "待上报"),
    ),
)  # fmt: skip
"""The overview's columns before a report: each number leads to exactly those it counts (R-23)."""
CORRECTION = Filter(
    "correction", "基本信息退回情况", kind="choice", lookup=_by_correction,
    choices=(("requested", "退回修改"), ("corrected", "已修改，待核对")),
)  # fmt: skip
