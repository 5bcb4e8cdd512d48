"""One remark on one cell."""

from django.db import models
from django.db.models import Q

from ..enums import Severity
from .job import ImportJob


class ImportIssue(models.Model):
    """A remark; its words and suggestion are sealed (they may name people). ``column`` "" speaks of the whole row."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField("行号")
    column = models.CharField("列", max_length=60, blank=True)
    severity = models.CharField("级别", max_length=8, choices=Severity.choices)
    rule = models.CharField("规则", max_length=60, blank=True)
    sealed = models.BinaryField()
    confirmed_at = models.DateTimeField("确认时间", null=True)
    confirmed_by = models.CharField("确认人", max_length=100, blank=True)

    class Meta:
        indexes = [models.Index(fields=["job", "severity", "number"], name="import_issue_place")]
        constraints = [
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="import_issue_severity"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(severity="warning"), name="import_issue_warning_confirmed"
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 行 {self.get_severity_display()}"
