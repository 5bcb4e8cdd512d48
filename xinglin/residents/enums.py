"""States of an enrollment beside its review."""

from django.db import models


class TrainingStatus(models.TextChoices):
    """培训状态; empty until the first approval."""

    IN_TRAINING = "in_training", "在培"
    EXTENDED = "extended", "延期"
    SUSPENDED = "suspended", "暂停"
    ENDED = "ended", "结束"
    COMPLETED = "completed", "结业"
    WITHDRAWN = "withdrawn", "退培"


class CorrectionStatus(models.TextChoices):
    """基本信息退回情况."""

    REQUESTED = "requested", "退回修改"
    CORRECTED = "corrected", "已修改"


class CheckLevel(models.TextChoices):
    """How a cross-check binds (R-26)."""

    HARD = "hard", "不符不能上报"
    SOFT = "soft", "说明理由后可上报"
    OFF = "off", "停用"
