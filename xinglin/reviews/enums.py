"""States and verbs of a review, with one label per audience."""

from django.db import models


class ReportStatus(models.TextChoices):
    """上报状态."""

    UNREPORTED = "unreported", "未上报"
    REPORTED = "reported", "已上报"


class ReviewStatus(models.TextChoices):
    """审核状态; empty before the first report."""

    PENDING = "pending", "待审核"
    APPROVED = "approved", "审核通过"
    RETURNED = "returned", "退回"


class Verb(models.TextChoices):
    """What was done to a review."""

    REPORT = "report", "上报"
    RECALL = "recall", "撤回上报"
    APPROVE = "approve", "审核通过"
    RETURN = "return", "退回"
    REVOKE = "revoke", "撤销决定"
