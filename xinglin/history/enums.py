"""Words of the history."""

from django.db import models

ERASED = "已删除"
"""What stands in the place of a name whose person was erased (PIPL art. 47)."""
SELF = "本人"
"""What a person's own acts are signed with: the row names the account by id, the name is sealed with its subject."""


class UpdateType(models.TextChoices):
    """更新类型 of the manual; events that change no field (a view, an export) have none."""

    CREATED = "created", "新增"
    CHANGED = "changed", "修改"
    DELETED = "deleted", "删除"


class Source(models.TextChoices):
    """The way by which a change came."""

    WEB = "web", "页面"
    IMPORT = "import", "导入"
    API = "api", "接口"
    JOB = "job", "后台任务"
    DEMO = "demo", "演示数据"
