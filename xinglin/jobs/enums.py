"""States of a job."""

from django.db import models


class JobStatus(models.TextChoices):
    """A job's life: waiting → running → done | failed | cancelled; running → waiting again when its worker dies or stops."""

    WAITING = "waiting", "排队中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"


OPEN = (JobStatus.WAITING, JobStatus.RUNNING)
ENDED = (JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED)
