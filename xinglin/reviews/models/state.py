"""Review state of one record, as an abstract base: each reviewed kind has its own table with these columns."""

from django.db import models
from django.db.models import Q

from xinglin.kernel.scope import ScopedModel

from ..enums import ReportStatus, ReviewStatus
from .version import ContentVersion

LEGAL_PAIRS = (
    Q(report_status="unreported", review_status="", last_verdict="")
    | Q(report_status="unreported", review_status="returned", last_verdict="returned")
    | Q(report_status="unreported", review_status="approved", last_verdict="approved")
    | Q(report_status="reported", review_status="pending", last_verdict__in=["", "returned", "approved"])
    | Q(report_status="reported", review_status="approved", last_verdict="approved")
)


class ReviewState(ScopedModel):
    """The two stored facts with who, when and from which organisation.

    ``last_verdict`` is what a recall restores. ``version`` is the content of the last report, ``decided_version``
    the one that was decided on last. ``lock`` counts changes, so that the second of two reviewers is told.
    """

    report_status = models.CharField(
        "上报状态", max_length=12, choices=ReportStatus.choices, default=ReportStatus.UNREPORTED
    )
    review_status = models.CharField("审核状态", max_length=12, choices=ReviewStatus.choices, blank=True, default="")
    last_verdict = models.CharField(max_length=12, choices=ReviewStatus.choices, blank=True, default="")
    version = models.ForeignKey(ContentVersion, models.PROTECT, null=True, related_name="+", db_index=False)
    decided_version = models.ForeignKey(ContentVersion, models.PROTECT, null=True, related_name="+", db_index=False)
    reported_at = models.DateTimeField("上报时间", null=True)
    reported_by_id = models.BigIntegerField(null=True)
    reported_by_name = models.CharField(max_length=100, blank=True, default="")
    reported_from_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField("审核时间", null=True)
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=100, blank=True, default="")
    decided_from_id = models.BigIntegerField(null=True)
    return_comment = models.TextField("退回意见", blank=True, default="")
    field_comments = models.JSONField(default=dict)
    lock = models.PositiveIntegerField(default=0)

    class Meta(ScopedModel.Meta):
        abstract = True
        indexes = [  # most records were never reported, and stay outside
            models.Index(fields=["version"], condition=Q(version__isnull=False), name="%(class)s_version"),
            models.Index(
                fields=["decided_version"], condition=Q(decided_version__isnull=False), name="%(class)s_decided"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=LEGAL_PAIRS, name="%(class)s_legal_pair"),
            models.CheckConstraint(
                condition=~Q(review_status="returned") | ~Q(return_comment=""), name="%(class)s_return_has_comment"
            ),
            models.CheckConstraint(
                condition=Q(report_status="unreported")
                | Q(reported_at__isnull=False, reported_from_id__isnull=False, version__isnull=False),
                name="%(class)s_report_stamped",
            ),
            models.CheckConstraint(
                condition=~Q(review_status__in=["approved", "returned"])
                | Q(decided_at__isnull=False, decided_from_id__isnull=False, decided_version__isnull=False),
                name="%(class)s_decision_stamped",
            ),
        ]
