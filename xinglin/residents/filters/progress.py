"""Filters to which the flow diagram leads (P-12)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from xinglin.kernel.viewer import Viewer
from xinglin.ui.lists.parts import Filter

from ..enums import CorrectionStatus
from ..selectors.enrollments import CORRECTING, FILLING, READY, UNREPORTED, UNSEEN

_PROGRESS = {"filling": FILLING, "ready": READY}
_CORRECTION = {CorrectionStatus.REQUESTED: CORRECTING & UNREPORTED, CorrectionStatus.CORRECTED: UNSEEN & UNREPORTED}


def _by_progress(rows: QuerySet[Any], value: str, _viewer: Viewer) -> QuerySet[Any]:
    return rows.filter(_PROGRESS[value])


def _by_correction(rows: QuerySet[Any], value: str, _viewer: Viewer) -> QuerySet[Any]:
    return rows.filter(_CORRECTION[CorrectionStatus(value)]).distinct()


PROGRESS = Filter(
    "progress",
    "填报进度",
    kind="choice",
    lookup=_by_progress,
    choices=(("filling", "资料不全"), ("ready", "资料齐全，待上报")),
)
CORRECTION = Filter(
    "correction", "基本信息退回情况", kind="choice", lookup=_by_correction,
    choices=(("requested", "退回修改"), ("corrected", "已修改，待核对")),
)  # fmt: skip
