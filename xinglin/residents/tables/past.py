"""历史招录信息查询 (R-09): intakes as they stood when approved or closed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from xinglin.dictionaries import selectors as dictionaries
from xinglin.kernel.viewer import Viewer
from xinglin.people.models import Person
from xinglin.reviews.enums import ReportStatus, ReviewStatus
from xinglin.reviews.selectors import content_of
from xinglin.ui.lists.declared import column
from xinglin.ui.lists.parts import Column, Empty, Tool
from xinglin.ui.lists.spec import ListSpec

from ..filters.record import BASE, CLOSED, PROVINCE, fifteen
from ..models import ClosingRecord
from ..selectors.enrollments import past_intake
from .cells import report_tag, review_tag
from .record_columns import PLACES


def _report_cell(row: ClosingRecord, _viewer: Viewer) -> SafeString:
    return report_tag(row.report_status)


def _review_cell(row: ClosingRecord, _viewer: Viewer) -> SafeString | str:
    return review_tag(row.review_status)


def _snapshot(key: str) -> Any:
    """The value of the sealed version."""
    return lambda row: row.snapshot.get(key)


def _wording(key: str, code_table: str) -> Any:
    """Value and cell of a code as it was called when the record was closed (P-10)."""

    def label(row: ClosingRecord) -> str:
        return dictionaries.label(code_table, getattr(row, key), row.closed_at)

    def short(row: ClosingRecord, _viewer: Viewer) -> str:
        return dictionaries.short_label(code_table, getattr(row, key), row.closed_at) or "--"

    return {"value": label, "cell": short}


class PastList(ListSpec):
    """Names, numbers and labels are those of the sealed version, not of today."""

    name = "residents.past"
    title = "历史招录信息查询"
    permission = "residents.view"
    export_permission = "residents.export"
    clear_permission = "residents.export_clear"
    nav_key = "residents.intake"
    crumbs = (("住院医师管理", ""), ("招收信息管理", "/residents/intake/"))
    order_by = ("-intake_year", "-enrollment_id")
    columns = (
        Column("name", "姓名", value=_snapshot("basic_info.name"), sticky=True, always=True, link=True, width=12),
        Column("report", "上报状态", value=lambda row: ReportStatus(row.report_status).label, cell=_report_cell),
        Column("reported_at", "上报时间", width=20),
        Column(
            "review", "审核状态", cell=_review_cell,
            value=lambda row: ReviewStatus(row.review_status).label if row.review_status else "",
        ),
        Column("intake_year", "招收年份", sort="intake_year", width=10),
        PLACES[0],
        Column("specialty", "培训专业", sort="specialty", **_wording("specialty", "specialty")),
        column(Person, "sex", value=_snapshot("basic_info.sex"), width=8),
        column(Person, "id_type", value=_snapshot("basic_info.id_type")),
        column(Person, "id_number", value=_snapshot("basic_info.id_number"), label="证件号码"),
        column(Person, "phone", value=_snapshot("basic_info.phone"), label="手机号"),
        Column("personnel_type", "人员类型", width=20, **_wording("personnel_type", "personnel_type")),
        PLACES[1],
        Column("cohort", "应届/往届", value="graduate_cohort", code_table="graduate_cohort", default_on=False),
        Column("qualification", "医师资格考试", value="qualification_status", code_table="qualification_status",
               default_on=False),
        Column("education", "学历", code_table="education_stage", default_on=False),
        Column("degree", "学位", default_on=False, **_wording("degree", "degree")),
        Column("degree_type", "学位类型", code_table="degree_type", default_on=False),
        Column("approved_years", "核定培训年限", unit="年", numeric=True, default_on=False),
        Column("rural_oriented", "农村订单定向免费医学毕业生", default_on=False),
        Column("west_china_support", "西部支援行动住院医师", default_on=False),
        Column("batch", "批次", numeric=True, default_on=False),
        Column("closed_at", "记录时间", default_on=False, width=20),
    )  # fmt: skip
    filters = (*fifteen(CLOSED, year=False), PROVINCE, BASE)

    def queryset(self, viewer: Viewer) -> QuerySet[Any]:
        return past_intake(viewer).select_related("version__key")

    def prepare(self, rows: list[Any], viewer: Viewer) -> None:
        for row in rows:
            row.snapshot = content_of(row.version)

    def row_label(self, row: Any) -> str:
        return str(row.snapshot.get("basic_info.name", ""))

    def row_url(self, row: Any, viewer: Viewer) -> str:
        return reverse("residents:snapshot", args=[row.pk])

    def head_tools(self, viewer: Viewer) -> tuple[Tool, ...]:
        return (Tool("返回", reverse("residents:intake"), "arrow-left"),)

    def empty(self, viewer: Viewer) -> Empty:
        return Empty("还没有历史招录信息", "记录审核通过，或招收时间结束后，按当时的样子保存在这里。")
