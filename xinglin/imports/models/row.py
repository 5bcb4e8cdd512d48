"""One line of an uploaded file."""

from django.db import models
from django.db.models import Q

from ..enums import Verdict
from .job import ImportJob


class ImportRow(models.Model):
    """A line: sealed cells, verdict, and when it was applied. ``held``: a warning waits for confirmation.

    ``returned``: sealed values for the result workbook. Rows are reached through their job only.
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField("行号")
    sealed = models.BinaryField()
    returned = models.BinaryField(default=b"")
    verdict = models.CharField("结果", max_length=10, choices=Verdict.choices)
    warned = models.BooleanField("有提醒", default=False)
    held = models.BooleanField("提醒待确认", default=False)
    subject_id = models.BigIntegerField(null=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        # A file's rows are reached by (job, number); what the screens look for are the few with errors or warnings.
        # No index holds what the run stamps, so that PostgreSQL writes a stamped row beside the old one (HOT).
        indexes = [
            models.Index(fields=["job", "number"], name="import_row_error", condition=Q(verdict="error")),
            models.Index(fields=["job", "number"], name="import_row_warned", condition=Q(warned=True)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="import_row_once"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="import_row_verdict_known"),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(verdict__in=["create", "update"]),
                name="import_row_applied_was_valid",
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 行 {self.get_verdict_display()}"
