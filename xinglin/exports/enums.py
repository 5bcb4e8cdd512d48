"""States and formats of an export."""

from django.db import models


class Status(models.TextChoices):
    WAITING = "waiting", "排队中"
    RUNNING = "running", "生成中"
    DONE = "done", "已生成"
    FAILED = "failed", "未完成"
    CANCELLED = "cancelled", "已取消"
    EXPIRED = "expired", "已过期"


class Format(models.TextChoices):
    XLSX = "xlsx", "Excel 工作簿（xlsx）"
    CSV = "csv", "CSV 文本（UTF-8）"
