"""Kinds of stored files."""

from django.db import models


class FileKind(models.TextChoices):
    """How a file is treated: what may be uploaded, how it is re-encoded, how it is shown."""

    PHOTO = "photo", "照片"
    SCAN = "scan", "扫描件"
    ATTACHMENT = "attachment", "附件"
