"""States of an import, of its rows and of its remarks."""

from django.db import models


class Status(models.TextChoices):
    """A job's life: uploaded → checking → checked → applying → done; failed keeps what was applied; cancelled."""

    UPLOADED = "uploaded", "已上传"
    CHECKING = "checking", "检查中"
    CHECKED = "checked", "待确认"
    APPLYING = "applying", "导入中"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"
    CANCELLED = "cancelled", "已取消"


class Mode(models.TextChoices):
    """What the import may do to records."""

    CREATE = "create", "只新增"
    UPDATE = "update", "只更新"
    BOTH = "both", "新增和更新"


class Verdict(models.TextChoices):
    """What one row will do, or did once it is applied."""

    CREATE = "create", "新增"
    UPDATE = "update", "更新"
    UNCHANGED = "unchanged", "未变化"
    ERROR = "error", "有错误"
    DROPPED = "dropped", "已去掉"


class Severity(models.TextChoices):
    """An error stops its row; a warning is confirmed first."""

    ERROR = "error", "错误"
    WARNING = "warning", "提醒"


WRITING = (Verdict.CREATE, Verdict.UPDATE)
BUSY = (Status.UPLOADED, Status.CHECKING, Status.APPLYING)
"""Statuses in which a worker or a request holds the job."""
