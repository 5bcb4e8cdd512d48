"""Words of accounts and sign-in."""

from django.db import models


class Policy(models.TextChoices):
    """Which initial password: the manuals' fixed default, or a random one-time password."""

    FIXED = "fixed", "固定初始密码"
    RANDOM = "random", "一次性随机密码"


class Entrance(models.TextChoices):
    """The entrances of the sign-in page, in the order of its tabs (P-04)."""

    ORGANIZATION = "organization", "业务管理系统"
    RESIDENT = "resident", "住院医师入口"
    FACULTY = "faculty", "师资"
    PHYSICIAN = "physician", "医师"
