"""Columns that lists of residents share, in the words of the manual (R-02)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from xinglin.people.models import Person, Qualification
from xinglin.reviews.enums import ReportStatus, ReviewStatus
from xinglin.ui.lists.declared import column
from xinglin.ui.lists.parts import Column

from ..enums import CorrectionStatus, TrainingStatus
from ..models import Enrollment
from .cells import correction_cell, report_cell, returned_for, review_cell


def _correction(row: Any) -> str:
    return CorrectionStatus(row.correction_status).label if row.correction_status else ""


def _report(row: Any) -> str:
    return ReportStatus(row.recruitment_review.report_status).label


def _review(row: Any) -> str:
    status = row.recruitment_review.review_status
    return ReviewStatus(status).label if status else ""


def _training_status(row: Any) -> str:
    return TrainingStatus(row.training_status).label if row.training_status else ""


def _province(row: Any) -> str:
    return str(row.province.short_name or row.province.name)


NAME = column(Person, "name", at="person", sticky=True, always=True, link=True, width=12)
_COMMENTS = ("recruitment_review.return_comment", "recruitment_review.field_comments")
STATES = (
    Column("correction", "基本信息退回情况", value=_correction, cell=correction_cell, needs=("correction_status",)),
    Column(
        "report",
        "基地上报状态",
        value=_report,
        cell=report_cell,
        needs=("recruitment_review.report_status", "missing_count", "person.name"),
    ),
    Column(
        "review",
        "省审核状态",
        value=_review,
        cell=review_cell,
        needs=("recruitment_review.review_status", *_COMMENTS),
    ),
)
INTAKE = (
    column(Enrollment, "intake_year", sort="intake_year", width=10),
    column(Enrollment, "specialty", sort="specialty"),
)
WHO = (
    column(Person, "sex", at="person", width=8),
    column(Person, "id_type", at="person"),
    column(Person, "id_number", at="person", label="证件号码"),
    column(Person, "phone", at="person", label="手机号"),
    column(Enrollment, "personnel_type", width=20),
)
_EDUCATION = (
    Column("education", "学历", value="person.highest_education", code_table="education_stage"),
    Column("degree", "学位", value="person.highest_degree", code_table="degree"),
    Column("degree_type", "学位类型", value="person.highest_degree_type", code_table="degree_type"),
)
_TRAINING = (
    column(Enrollment, "approved_years", label="核定培训年限", unit="年", numeric=True),
    column(Enrollment, "rural_oriented", label="农村订单定向免费医学毕业生"),
    column(Enrollment, "west_china_support", label="西部支援行动住院医师"),
    column(Enrollment, "funding_plan"),
    column(Enrollment, "employer_name", label="工作单位", width=28),
    column(Enrollment, "military_hospital"),
    column(Enrollment, "affiliate_name", width=28),
    column(Enrollment, "starts_on", label="培训开始日期", sort="starts_on"),
    column(Enrollment, "ends_on", label="计划结束日期"),
    Column("training_status", "培训状态", value=_training_status, needs=("training_status",)),
)
_TIMES = (
    Column("batch", "批次", numeric=True, width=8),
    Column("return_comment", "省级退回意见", value=returned_for, needs=_COMMENTS, width=40),
    Column("filled_at", "本人首次保存时间", width=20),
    Column("reported_at", "上报时间", value="recruitment_review.reported_at", width=20),
    Column("decided_at", "审核时间", value="recruitment_review.decided_at", width=20),
    Column("created_at", "导入时间", width=20),
)
PLACES = (
    Column("province", "省份", value=_province, needs=("province.short_name", "province.name")),
    Column("base", "培训基地", value="organization.name", width=28),
)
QUALIFICATION = column(Qualification, "status", name="qualification_status", value="person.qualification.status")
REST = tuple(
    replace(found, default_on=False)
    for found in (
        column(Enrollment, "graduate_cohort", label="应届/往届"),
        QUALIFICATION,
        *_EDUCATION,
        *_TRAINING,
        *_TIMES,
    )
)
