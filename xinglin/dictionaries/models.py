"""A code table and its entries. Reference data of the whole country: they belong to no organisation."""

from django.db import models


class CodeTable(models.Model):
    """One list of codes. `version` changes with its content, so that other processes notice (selectors)."""

    key = models.CharField("代码表", max_length=40, unique=True)
    title = models.CharField("名称", max_length=60)
    source = models.CharField("来源", max_length=120)
    edition = models.CharField("版本", max_length=60)
    effective_from = models.DateField("实施日期", null=True, blank=True)
    ours = models.BooleanField("代码由本系统编排", default=False)
    note = models.CharField("说明", max_length=300, blank=True)
    version = models.CharField("内容版本", max_length=64)

    def __str__(self) -> str:
        return self.title


class CodeEntry(models.Model):
    """One code. `aliases` are what people write instead; they give a suggestion and are never accepted by themselves.

    `origin`: "" for an entry as shipped, else where an added one comes from. `extra`: facts of one table, such as
    the track of a specialty.
    """

    table = models.ForeignKey(CodeTable, models.CASCADE, related_name="entries")
    code = models.CharField("代码", max_length=20)
    label = models.CharField("名称", max_length=100)
    short_label = models.CharField("简称", max_length=60, blank=True)
    parent_code = models.CharField("上级代码", max_length=20, blank=True)
    position = models.PositiveIntegerField("顺序")
    retired_from = models.DateField("停用日期", null=True, blank=True)
    aliases = models.JSONField("别名", default=list, blank=True)
    extra = models.JSONField("其他属性", default=dict, blank=True)
    origin = models.CharField("出处", max_length=120, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["table", "code"], name="code_once_in_table")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"
