"""Words of the editions."""

from django.db import models


class EditionKind(models.TextChoices):
    """What brought an edition about."""

    ADDED = "added", "新增代码"
    RENAMED = "renamed", "更正名称"
    RETIRED = "retired", "停用代码"
    RESTORED = "restored", "恢复使用"
    WORKBOOK = "workbook", "换新版本"
    SHIPPED = "shipped", "随产品更新"


class EditionState(models.TextChoices):
    """A new edition is collected as a draft, looked at, and published or dropped."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    DROPPED = "dropped", "已放弃"
