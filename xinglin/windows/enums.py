"""Words of the windows."""

from django.db import models


class Purpose(models.TextChoices):
    """What is collected."""

    RECRUITMENT = "recruitment", "招收信息"


class PhaseKind(models.TextChoices):
    """Phases of a window; they may overlap."""

    FILLING = "filling", "填报、上报"
    REVIEW = "review", "省级审核"


class PhaseState(models.TextChoices):
    """Follows from the clock, never stored."""

    UPCOMING = "upcoming", "未开始"
    OPEN = "open", "进行中"
    CLOSED = "closed", "已结束"
