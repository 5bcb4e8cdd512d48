"""One export: what was asked for, how it ended, where its sealed file lies."""

import uuid

from django.db import models
from django.db.models import Q

from xinglin.kernel import clock
from xinglin.kernel.scope import ScopedModel
from xinglin.kernel.viewer import Viewer
from xinglin.vault.fields import SealedTextField
from xinglin.vault.models import DataKey

from .enums import Format, Status


class ExportJob(ScopedModel):
    """An export of one list by one user (P-17).

    ``query``: the words of the list's address (ID numbers only as keyed hashes) and ``conditions``: the same for
    people; both sealed, since a name may have been typed. ``clear``: sensitive columns in full. ``file`` is a name in
    the private storage, sealed under ``key``; empty before it is made and after ``expires_at``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.ForeignKey(DataKey, models.PROTECT, related_name="+")
    owner_user_id = models.BigIntegerField("导出人")
    owner_name = models.CharField("导出人", max_length=100)
    grant_id = models.BigIntegerField("身份", null=True)
    organization_path = models.CharField(max_length=120)
    track = models.CharField("体系", max_length=12, blank=True)
    list_name = models.CharField("列表", max_length=80)
    title = models.CharField("导出内容", max_length=100)
    query = SealedTextField("条件", plain_length=8000)
    conditions = SealedTextField("条件说明", plain_length=8000)
    columns = models.JSONField("列", default=list)
    format = models.CharField("格式", max_length=4, choices=Format.choices, default=Format.XLSX)
    clear = models.BooleanField("完整显示", default=False)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.WAITING)
    total = models.PositiveIntegerField("预计行数", default=0)
    rows = models.PositiveIntegerField("行数", null=True)
    size = models.PositiveBigIntegerField("大小（字节）", null=True)
    file = models.CharField(max_length=100, blank=True)
    failure = models.CharField("未完成的原因", max_length=500, blank=True)
    job_id = models.UUIDField(null=True)
    created_at = models.DateTimeField("导出时间", default=clock.now)
    finished_at = models.DateTimeField("完成时间", null=True)
    expires_at = models.DateTimeField("保存至", null=True)

    class Meta(ScopedModel.Meta):
        verbose_name = "导出"
        indexes = [
            models.Index(fields=["owner_user_id", "-created_at"], name="export_owner_recent"),
            models.Index(fields=["expires_at"], name="export_expiring", condition=Q(status="done")),
            models.Index(fields=["created_at"], name="export_open", condition=Q(status__in=["waiting", "running"])),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="export_status"),
            models.CheckConstraint(condition=Q(format__in=Format.values), name="export_format"),
            models.CheckConstraint(
                condition=~Q(status=Status.DONE)
                | (~Q(file="") & Q(rows__isnull=False, finished_at__isnull=False, expires_at__isnull=False)),
                name="export_done_has_file",
            ),
            models.CheckConstraint(condition=~Q(status=Status.FAILED) | ~Q(failure=""), name="export_failed_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.get_status_display()}"

    @classmethod
    def scope_q(cls, viewer: Viewer) -> Q:
        """An export is its owner's alone, while the identity in force covers where it was made; the system sees all."""
        if viewer.user_id is None:
            return Q() if viewer.role == "system" else Q(pk__in=[])
        within = Q(organization_path__startswith=viewer.organization_path) if viewer.organization_path else Q(pk__in=[])
        if viewer.track:
            within &= Q(track=viewer.track)
        return Q(owner_user_id=viewer.user_id) & within

    @property
    def is_open(self) -> bool:
        """Whether it still waits or runs."""
        return self.status in (Status.WAITING, Status.RUNNING)

    @property
    def file_name(self) -> str:
        """What a saved copy is called: 招收信息管理_20261120_175404.xlsx."""
        when = self.created_at.astimezone(clock.SHANGHAI)
        return f"{self.title}_{when:%Y%m%d_%H%M%S}.{self.format}"
