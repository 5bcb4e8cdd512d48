"""Status cells of a record's row: tag, and beside it what the reader should know (mock 03)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from xinglin.kernel.remarks import in_full
from xinglin.kernel.viewer import Viewer
from xinglin.reviews.enums import ReportStatus, ReviewStatus
from xinglin.ui.lists.addresses import of_row
from xinglin.ui.templatetags.xl import tag

from ..enums import CorrectionStatus
from ..fields import record_names

REVIEW_TAGS = {ReviewStatus.PENDING: "wait", ReviewStatus.APPROVED: "ok", ReviewStatus.RETURNED: "bad"}
CORRECTION_TONES = {CorrectionStatus.REQUESTED: "bad", CorrectionStatus.CORRECTED: "run"}
_REASON_SHOWN = 14


def correction_tag(status: str, url: str = "") -> SafeString | str:
    """基本信息退回情况; 已修改 leads to the difference."""
    if status == CorrectionStatus.REQUESTED:
        return tag(CORRECTION_TONES[CorrectionStatus.REQUESTED], CorrectionStatus.REQUESTED.label)
    if status == CorrectionStatus.CORRECTED:
        return tag(CORRECTION_TONES[CorrectionStatus.CORRECTED], CorrectionStatus.CORRECTED.label, "edit-circle", url)
    return ""


@lru_cache(maxsize=8)
def report_tag(status: str) -> SafeString:
    """基地上报状态."""
    if status == ReportStatus.REPORTED:
        return format_html("<span data-reported>{}</span>", tag("run", ReportStatus.REPORTED.label, "send"))
    return tag("idle", ReportStatus.UNREPORTED.label)


@lru_cache(maxsize=8)
def review_tag(status: str) -> SafeString | str:
    """省审核状态."""
    return tag(REVIEW_TAGS[ReviewStatus(status)], ReviewStatus(status).label) if status else ""


def correction_cell(row: Any, _viewer: Viewer) -> SafeString | str:
    url = of_row("residents:difference", row.pk) if row.correction_status else ""
    return correction_tag(row.correction_status, url)


def report_cell(row: Any, _viewer: Viewer) -> SafeString:
    """未上报 with the number of things that stop the report, which leads to the list of them, where the reader can mend it."""
    shown = report_tag(row.recruitment_review.report_status)
    standing = getattr(row, "standing", None)
    if standing is None or standing.report or row.missing_count == 0:
        return shown
    said = "资料不全" if row.missing_count is None else f"还差 {row.missing_count} 项"
    return format_html(
        '<span class="xl-row">{}<a class="xl-mini xl-bad text-decoration-underline" href="{}#missing" data-lacks'
        ' aria-label="{}{}，看缺什么">{}</a></span>',
        shown, of_row("residents:detail", row.pk), row.person.name, said, said,
    )  # fmt: skip


def returned_for(row: Any) -> str:
    """What the province asked for, in one line: on the whole, and on single fields by their names."""
    state = row.recruitment_review
    return in_full(state.return_comment, state.field_comments, record_names()).replace("\n", "；")


def review_cell(row: Any, _viewer: Viewer) -> SafeString | str:
    """省审核状态; a return has its reason beside it."""
    state = row.recruitment_review
    shown = review_tag(state.review_status)
    if state.review_status != ReviewStatus.RETURNED:
        return shown
    reason = returned_for(row)
    short = reason if len(reason) <= _REASON_SHOWN else reason[:_REASON_SHOWN] + "…"
    return format_html('<span class="xl-row">{}<span class="xl-why" title="{}">{}</span></span>', shown, reason, short)
