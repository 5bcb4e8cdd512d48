"""Tables of background work: what was asked for and how far it is (Job), and whose turn upkeep is (PeriodicTask)."""

import uuid

from django.db import models
from django.db.models import F, Q

from xinglin.jobs.enums import OPEN, JobStatus
from xinglin.kernel import clock
from xinglin.kernel.scope import ScopedModel
from xinglin.kernel.viewer import Viewer


class Job(ScopedModel):
    """One piece of long work, owned by the user who asked for it (P-16, P-17, Q-09).

    `arguments` hold ids and keyed hashes only, never a name, number or phone. `cursor` says where the next step starts; it commits
    together with the step, so a job that was killed goes on where it was. `error` is Chinese for the owner; `trace` is for operators.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("种类", max_length=80)
    title = models.CharField("任务", max_length=120)
    owner_user_id = models.BigIntegerField("发起人", null=True, blank=True)
    grant_id = models.BigIntegerField("身份", null=True, blank=True)
    organization_path = models.CharField("机构路径", max_length=255, blank=True)
    request_id = models.CharField("请求号", max_length=64, blank=True)
    idempotency_key = models.CharField("防重键", max_length=120, blank=True)
    arguments = models.JSONField("参数", default=dict)
    status = models.CharField("状态", max_length=10, choices=JobStatus.choices, default=JobStatus.WAITING)
    progress_done = models.PositiveIntegerField("已完成数", default=0)
    progress_total = models.PositiveIntegerField("总数", default=0)
    message = models.CharField("进度说明", max_length=200, blank=True)
    cursor = models.JSONField("续作位置", default=dict)
    result = models.JSONField("结果", default=dict)
    error = models.CharField("失败原因", max_length=500, blank=True)
    trace = models.TextField("错误详情", blank=True)
    attempt = models.PositiveSmallIntegerField("第几次", default=0)
    max_attempts = models.PositiveSmallIntegerField("最多次数", default=3)
    ticket_id = models.UUIDField("队列号", null=True, blank=True)
    worker = models.CharField("执行进程", max_length=64, blank=True)
    created_at = models.DateTimeField("提交时间", default=clock.now)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    heartbeat_at = models.DateTimeField("心跳时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)
    cancel_requested_at = models.DateTimeField("取消时间", null=True, blank=True)

    class Meta(ScopedModel.Meta):
        verbose_name = "后台任务"
        verbose_name_plural = "后台任务"
        indexes = [
            models.Index(fields=["owner_user_id", "-created_at"], name="job_owner_recent"),
            models.Index(fields=["heartbeat_at"], name="job_open_heartbeat", condition=Q(status__in=OPEN)),
            models.Index(fields=["finished_at"], name="job_finished"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "idempotency_key"],
                name="job_asked_once",
                condition=Q(status__in=(*OPEN, JobStatus.DONE)) & ~Q(idempotency_key=""),
            ),
            models.CheckConstraint(name="job_status_known", condition=Q(status__in=JobStatus.values)),
            models.CheckConstraint(
                name="job_ended_has_time",
                condition=Q(status__in=OPEN, finished_at=None) | (~Q(status__in=OPEN) & ~Q(finished_at=None)),
            ),
            models.CheckConstraint(
                name="job_running_has_worker",
                condition=~Q(status=JobStatus.RUNNING) | (~Q(worker="") & ~Q(heartbeat_at=None)),
            ),
            models.CheckConstraint(
                name="job_progress_in_range", condition=Q(progress_total=0) | Q(progress_done__lte=F("progress_total"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.get_status_display()}"

    @classmethod
    def scope_q(cls, viewer: Viewer) -> Q:
        """A job is its owner's alone, under the identity that asked for it; the system sees all."""
        if viewer.user_id is None:
            return Q() if viewer.role == "system" else Q(pk__in=[])
        return Q(owner_user_id=viewer.user_id, grant_id=viewer.grant_id)

    @property
    def is_open(self) -> bool:
        """Whether the job still waits or runs."""
        return self.status in OPEN

    @property
    def percent(self) -> int | None:
        """Progress in whole per cent; None while the total is unknown."""
        if self.status == JobStatus.DONE:
            return 100
        return self.progress_done * 100 // self.progress_total if self.progress_total else None


class PeriodicTask(models.Model):
    """When a periodic task ran last and which worker holds its turn; one row a task, made when first due."""

    name = models.CharField(primary_key=True, max_length=80)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    leased_by = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    trace = models.TextField(blank=True)

    class Meta:
        verbose_name = "定时任务"
        verbose_name_plural = "定时任务"

    def __str__(self) -> str:
        return self.name
