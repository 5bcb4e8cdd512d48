"""One uploaded file on its way through the wizard (P-16)."""

import uuid

from django.db import models
from django.db.models import Q

from xinglin.kernel import clock
from xinglin.kernel.scope import ScopedModel

from ..enums import Mode, Status


class ImportJob(ScopedModel):
    """An import: who, what, how far, with which result.

    ``layout``: column names in the order of the rows' sealed cells, the file's heading of each, remarks on the file;
    once it is done, what those who were imported need next.
    ``token`` names the process that holds the job; a step whose token is no longer ours writes nothing. ``revision``
    grows with every change of cells or verdicts, so that a confirmation refers to what the user saw.
    """

    scope_track = "track"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("种类", max_length=40)
    title = models.CharField("导入内容", max_length=60)
    organization = models.ForeignKey("organizations.Organization", models.PROTECT, null=True, related_name="+")
    organization_name = models.CharField("机构", max_length=100)
    organization_path = models.CharField(max_length=120)
    province_id = models.BigIntegerField(null=True)
    track = models.CharField("体系", max_length=12, blank=True)
    owner_user_id = models.BigIntegerField("导入人", null=True)
    owner_name = models.CharField("导入人", max_length=100)
    grant_id = models.BigIntegerField("身份", null=True)
    key = models.ForeignKey("vault.DataKey", models.PROTECT, related_name="+")
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.UPLOADED)
    mode = models.CharField("方式", max_length=8, choices=Mode.choices, default=Mode.BOTH)
    all_or_nothing = models.BooleanField("全部或不导入", default=False)
    params = models.JSONField(default=dict)
    layout = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    file_name = models.CharField("文件名", max_length=200)
    file_size = models.PositiveIntegerField("文件大小（字节）")
    sheet_name = models.CharField("工作表", max_length=100, blank=True)
    failure = models.CharField("未完成的原因", max_length=500, blank=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    token = models.UUIDField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField("上传时间", default=clock.now)
    check_seconds = models.FloatField("检查用时（秒）", null=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    finished_at = models.DateTimeField("完成时间", null=True)
    purged_at = models.DateTimeField("明细清除时间", null=True)

    class Meta(ScopedModel.Meta):
        indexes = [
            models.Index(fields=["organization_path", "-created_at"], name="import_job_recent"),
            models.Index(
                fields=["heartbeat_at"], name="import_job_busy", condition=Q(status__in=["checking", "applying"])
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="import_job_status"),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="import_job_mode"),
            models.CheckConstraint(
                condition=~Q(status__in=["applying", "done"]) | Q(confirmed_at__isnull=False),
                name="import_job_confirmed_before_applied",
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(finished_at__isnull=False), name="import_job_done_has_time"
            ),
            models.CheckConstraint(condition=~Q(status="failed") | ~Q(failure=""), name="import_job_failed_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.file_name}"

    def count(self, name: str) -> int:
        """A figure of the last check or run, 0 when there is none."""
        return int(self.counts.get(name, 0))


class ImportFile(models.Model):
    """The uploaded file, sealed under the job's key; kept until the job's details are purged.

    ``parsed``: its cells as read, sealed, until the first check is through.
    """

    job = models.OneToOneField(ImportJob, models.CASCADE, primary_key=True, related_name="+")
    sealed = models.BinaryField()
    parsed = models.BinaryField(default=b"")

    def __str__(self) -> str:
        return str(self.job)
