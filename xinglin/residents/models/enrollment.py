"""One training of a person at one base in one specialty, from one collection window, with 培训信息 (R-05)."""

from django.db import models
from django.db.models import Q

from xinglin.kernel.declarations import declared
from xinglin.kernel.scope import ScopedModel
from xinglin.organizations.enums import Track
from xinglin.organizations.models import Organization
from xinglin.people.models import Person
from xinglin.reviews.enums import ReportStatus
from xinglin.windows.models import CollectionWindow

from ..enums import CorrectionStatus, TrainingStatus

SECTION = "training_info"


class Enrollment(ScopedModel):
    """Holds its person while ``holding``: from creation until lapse, deletion or approved 结业/退培.

    ``training_status`` is empty until the first approval. Intake year and base never change. ``missing_count``, and of
    it what only the resident can fill, are kept by every save, for the flow's counts; None before the first.
    """

    scope_organization = "organization__path"
    scope_base = "organization_id"
    scope_province = "province_id"
    scope_track = "track"
    scope_person = "person_id"

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    window = models.ForeignKey(CollectionWindow, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    province = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    track = models.CharField(max_length=12, choices=Track.choices)
    intake_year = declared(
        models.PositiveSmallIntegerField("招收年份"), section=SECTION, owner="base", fixed=True, example="2026"
    )
    batch = models.PositiveSmallIntegerField("批次", default=1)
    holding = models.BooleanField(default=True)
    funding_plan = declared(
        models.CharField("培养类型", max_length=16, blank=True),
        section=SECTION, owner="base", code_table="funding_plan", example="国家计划培养",
    )  # fmt: skip
    personnel_type = declared(
        models.CharField("人员类型", max_length=24, blank=True),
        section=SECTION, owner="base", code_table="personnel_type", example="面向社会招收住院医师",
    )  # fmt: skip
    other_personnel = declared(
        models.CharField("其他人员", max_length=50, blank=True, help_text="人员类型为“其他”时填写"),
        section=SECTION, owner="base",
    )  # fmt: skip
    employer_name = declared(
        models.CharField("工作单位名称", max_length=100, blank=True, help_text="本单位、委派（委托）单位人员填写"),
        section=SECTION, owner="base",
    )  # fmt: skip
    employer_uscc = declared(
        models.CharField("工作单位统一社会信用代码", max_length=18, blank=True, help_text="18 位"),
        kind="uscc", section=SECTION, owner="base",
    )  # fmt: skip
    military_hospital = declared(
        models.BooleanField("是否军队医院", null=True), section=SECTION, owner="base", example="否"
    )
    graduate_cohort = declared(
        models.CharField("应届/往届", max_length=12, blank=True),
        section=SECTION, owner="base", code_table="graduate_cohort", example="应届生",
    )  # fmt: skip
    rural_oriented = declared(
        models.BooleanField("是否为农村订单定向免费医学毕业生", null=True), section=SECTION, owner="base", example="否"
    )
    west_china_support = declared(
        models.BooleanField("是否为西部支援行动住院医师", null=True), section=SECTION, owner="base", example="否"
    )
    training_division = declared(
        models.CharField("培训所在行政区划", max_length=12, blank=True),
        section=SECTION, owner="base", code_table="division",
    )  # fmt: skip
    affiliate_name = declared(models.CharField("协同单位", max_length=100, blank=True), section=SECTION, owner="base")
    specialty = declared(
        models.CharField("培训专业", max_length=8, blank=True, help_text="只能选本基地的专业基地"),
        section=SECTION, owner="base", code_table="specialty", example="内科",
    )  # fmt: skip
    approved_years = declared(
        models.PositiveSmallIntegerField("核定培训年限", null=True, blank=True, help_text="1、2 或 3 年"),
        section=SECTION, owner="base", example="3",
    )  # fmt: skip
    starts_on = declared(
        models.DateField("培训开始日期", null=True, blank=True), section=SECTION, owner="base", example="2026-09-01"
    )
    ends_on = declared(
        models.DateField("计划结束日期", null=True, blank=True, help_text="按年限推算，改动须写明原因"),
        section=SECTION, owner="base", example="2029-08-31",
    )  # fmt: skip
    ends_on_reason = declared(
        models.CharField("计划结束日期改动原因", max_length=200, blank=True), section=SECTION, owner="base"
    )
    training_status = models.CharField(
        "培训状态", max_length=12, choices=TrainingStatus.choices, blank=True, default=""
    )
    correction_status = models.CharField(
        "基本信息退回情况", max_length=12, choices=CorrectionStatus.choices, blank=True, default=""
    )
    lapsed_at = models.DateTimeField(null=True)
    filled_at = models.DateTimeField("本人首次保存时间", null=True)
    missing_count = models.PositiveSmallIntegerField("缺几项", null=True)
    missing_personal = models.PositiveSmallIntegerField("其中本人缺几项", null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    # Written by the database alone, for lists: see `copies`.
    person_name = models.CharField(max_length=50, blank=True, default="", editable=False)
    report_status = models.CharField(max_length=12, default=ReportStatus.UNREPORTED.value, editable=False)
    review_status = models.CharField(max_length=12, blank=True, default="", editable=False)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(holding=True), name="enrollment_one_holding"),
            models.CheckConstraint(
                condition=Q(lapsed_at__isnull=True) | Q(holding=False), name="enrollment_lapsed_holds_nobody"
            ),
            models.CheckConstraint(
                condition=Q(approved_years__isnull=True) | Q(approved_years__in=[1, 2, 3]), name="enrollment_years"
            ),
            models.CheckConstraint(
                condition=Q(training_status__in=["", *TrainingStatus.values]), name="enrollment_training_status"
            ),
            models.CheckConstraint(
                condition=Q(correction_status__in=["", *CorrectionStatus.values]), name="enrollment_correction_status"
            ),
        ]
        # organization and province are the first columns of these: no further index for the reference alone
        indexes = [
            models.Index(fields=["organization", "intake_year", "id"], name="enrollment_base_year"),
            models.Index(fields=["province", "intake_year", "id"], name="enrollment_province_year"),
            models.Index(fields=["intake_year", "specialty", "id"], name="enrollment_year_specialty"),
            models.Index(
                fields=[
                    "province",
                    "intake_year",
                    "specialty",
                    "id",
                    "person_name",
                    "personnel_type",
                    "report_status",
                    "review_status",
                ],
                condition=Q(lapsed_at__isnull=True),
                name="enrollment_province_find",
            ),
        ]
