"""The register of stored files; the bytes lie encrypted in the private storage."""

import uuid

from django.db import models
from django.db.models import Q

from xinglin.files.enums import FileKind
from xinglin.kernel import clock
from xinglin.kernel.scope import ScopedModel
from xinglin.vault.fields import SealedTextField
from xinglin.vault.models import DataKey


class StoredFile(ScopedModel):
    """One picture or attachment. Records keep its id; who may see it is decided by its purpose, not by this row's scope.

    `name` and `thumb_name` are places in the private storage; `digest` is a keyed hash of the stored content. A deleted file
    keeps its row; its bytes go some days later (`purged_at`).
    """

    scope_person = "person_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField("用途", max_length=40)
    kind = models.CharField("种类", max_length=10, choices=FileKind.choices)
    person_id = models.BigIntegerField("人员", null=True, blank=True)
    organization_path = models.CharField("机构路径", max_length=255, blank=True)
    key = models.ForeignKey(DataKey, models.PROTECT, related_name="+")
    file_name = SealedTextField("文件名", plain_length=120)
    content_type = models.CharField("类型", max_length=40)
    size = models.PositiveIntegerField("字节数")
    width = models.PositiveIntegerField("宽", default=0)
    height = models.PositiveIntegerField("高", default=0)
    digest = models.CharField("摘要", max_length=64)
    name = models.CharField("存储位置", max_length=80)
    thumb_name = models.CharField("缩略图位置", max_length=80, blank=True)
    created_at = models.DateTimeField("上传时间", default=clock.now)
    created_by_id = models.BigIntegerField("上传人", null=True, blank=True)
    deleted_at = models.DateTimeField("删除时间", null=True, blank=True)
    purged_at = models.DateTimeField("清除时间", null=True, blank=True)

    class Meta(ScopedModel.Meta):
        verbose_name = "文件"
        verbose_name_plural = "文件"
        indexes = [
            models.Index(fields=["person_id", "purpose"], name="file_person_purpose"),
            models.Index(
                fields=["deleted_at"], name="file_to_purge", condition=Q(deleted_at__isnull=False, purged_at=None)
            ),
        ]
        constraints = [
            models.CheckConstraint(name="file_kind_known", condition=Q(kind__in=FileKind.values)),
            models.CheckConstraint(name="file_purged_was_deleted", condition=Q(purged_at=None) | ~Q(deleted_at=None)),
            models.CheckConstraint(
                name="file_picture_has_size", condition=Q(kind=FileKind.ATTACHMENT) | (Q(width__gt=0) & Q(height__gt=0))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"
