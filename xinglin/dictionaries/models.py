"""A code table, its entries and its editions. Reference data of the whole country: they belong to no organisation."""

from django.db import models
from django.db.models import F, Q

from .enums import EditionKind, EditionState


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
    the track of a specialty. `valid_from` and `retired_from` bound the days on which it may be chosen, half-open.
    `edition`: the number of the edition that brought it, 0 for what the table began with. `amended`: names of the
    fields that this installation set, which a later load of the shipped table leaves alone.
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
    valid_from = models.DateField("启用日期", null=True, blank=True)
    edition = models.PositiveIntegerField("版次", default=0)
    amended = models.JSONField("本系统改过的", default=list, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["table", "code"], name="code_once_in_table"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(retired_from__isnull=True)
                | Q(retired_from__gte=F("valid_from")),
                name="code_retired_after_its_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class CodeWording(models.Model):
    """What an entry was called before: in force until `until`, so that old records keep what they showed."""

    entry = models.ForeignKey(CodeEntry, models.CASCADE, related_name="wordings")
    label = models.CharField("名称", max_length=100)
    short_label = models.CharField("简称", max_length=60, blank=True)
    until = models.DateTimeField("用到")

    class Meta:
        ordering = ["entry_id", "until"]
        constraints = [models.UniqueConstraint(fields=["entry", "until"], name="code_wording_once")]

    def __str__(self) -> str:
        return f"{self.label} ({self.until:%Y-%m-%d})"


class CodeEdition(models.Model):
    """One change of a table, numbered from 1: what, from which day, why and by whom.

    A new edition by workbook is a draft first; its rows are `CodeDraft`. `retire_missing`: what the workbook does not
    name is retired. `counts`: added, renamed, retired, restored.
    """

    table = models.ForeignKey(CodeTable, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField("版次")
    kind = models.CharField("变更", max_length=10, choices=EditionKind.choices)
    state = models.CharField("状态", max_length=10, choices=EditionState.choices, default=EditionState.PUBLISHED)
    name = models.CharField("版本", max_length=60, blank=True)
    source = models.CharField("来源", max_length=120)
    effective_from = models.DateField("实施日期")
    note = models.CharField("说明", max_length=300, blank=True)
    retire_missing = models.BooleanField("表中没有的停用", default=True)
    counts = models.JSONField("变更数", default=dict, blank=True)
    made_by_id = models.BigIntegerField("操作人编号", null=True)
    made_by_name = models.CharField("操作人", max_length=100)
    made_at = models.DateTimeField("操作时间")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["table", "number"], name="code_edition_numbered"),
            models.UniqueConstraint(
                fields=["table"], condition=Q(state=EditionState.DRAFT), name="code_edition_one_draft"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="code_edition_has_source"),
            models.CheckConstraint(condition=Q(number__gte=1), name="code_edition_from_one"),
            models.CheckConstraint(
                condition=Q(state=EditionState.PUBLISHED) | Q(kind=EditionKind.WORKBOOK), name="code_edition_draft_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table_id} 第 {self.number} 版"


class CodeDraft(models.Model):
    """One row of a workbook for a draft edition."""

    edition = models.ForeignKey(CodeEdition, models.CASCADE, related_name="rows")
    code = models.CharField("代码", max_length=20)
    label = models.CharField("名称", max_length=100)
    short_label = models.CharField("简称", max_length=60, blank=True)
    parent_code = models.CharField("上级代码", max_length=20, blank=True)
    like = models.CharField("属性参照", max_length=20, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="code_draft_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"
