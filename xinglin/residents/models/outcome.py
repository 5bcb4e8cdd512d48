"""What stands: one typed row per approved enrollment, and one per enrollment as its window closed.

Statistics, registry, eligibility and the holding check read ``ApprovedRecord`` alone; the history query (R-09)
reads ``ClosingRecord``.
"""

from django.db import models
from django.db.models import Q

from xinglin.kernel.scope import ScopedModel
from xinglin.organizations.enums import Track
from xinglin.organizations.models import Organization
from xinglin.people.models import Person
from xinglin.reviews.enums import ReportStatus, ReviewStatus
from xinglin.reviews.models import ContentVersion

from ..enums import TrainingStatus
from .enrollment import Enrollment


class RecordFacts(ScopedModel):
    """Typed columns of a version, for filters and figures."""

    scope_organization = "organization__path"
    scope_base = "organization_id"
    scope_province = "province_id"
    scope_track = "track"
    scope_person = "person_id"

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    province = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    track = models.CharField(max_length=12, choices=Track.choices)
    version = models.ForeignKey(ContentVersion, models.PROTECT, null=True, related_name="+")
    intake_year = models.PositiveSmallIntegerField("招收年份")
    batch = models.PositiveSmallIntegerField("批次")
    specialty = models.CharField("培训专业", max_length=8, blank=True)
    personnel_type = models.CharField("人员类型", max_length=24, blank=True)
    funding_plan = models.CharField("培养类型", max_length=16, blank=True)
    graduate_cohort = models.CharField("应届/往届", max_length=12, blank=True)
    qualification_status = models.CharField("医师资格考试", max_length=16, blank=True)
    education = models.CharField("学历", max_length=16, blank=True)
    degree = models.CharField("学位", max_length=8, blank=True)
    degree_type = models.CharField("学位类型", max_length=16, blank=True)
    approved_years = models.PositiveSmallIntegerField("核定培训年限", null=True)
    rural_oriented = models.BooleanField("农村订单定向免费医学毕业生", null=True)
    west_china_support = models.BooleanField("西部支援行动住院医师", null=True)

    class Meta(ScopedModel.Meta):
        abstract = True


class ApprovedRecord(RecordFacts):
    """The valid content of an enrollment; gone when its first approval is revoked."""

    enrollment = models.OneToOneField(Enrollment, models.PROTECT, primary_key=True, related_name="approved_record")
    training_status = models.CharField("培训状态", max_length=12, choices=TrainingStatus.choices)
    approved_at = models.DateTimeField("审核通过时间")

    class Meta(RecordFacts.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["province", "organization", "intake_year", "specialty"], name="approved_figures"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(version__isnull=False), name="approved_has_version"),
            models.CheckConstraint(
                condition=Q(training_status__in=TrainingStatus.values), name="approved_training_status"
            ),
        ]


class ClosingRecord(RecordFacts):
    """An intake as it stood when it was approved or its window closed (历史招录信息)."""

    enrollment_id = models.BigIntegerField(primary_key=True)
    report_status = models.CharField("上报状态", max_length=12, choices=ReportStatus.choices)
    review_status = models.CharField("审核状态", max_length=12, choices=ReviewStatus.choices, blank=True)
    reported_at = models.DateTimeField("上报时间", null=True)
    closed_at = models.DateTimeField()

    class Meta(RecordFacts.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["organization", "intake_year"], name="closing_base_year"),
            models.Index(fields=["province", "intake_year"], name="closing_province_year"),
        ]
