"""Channels, and the states of a message."""

from django.db import models


class Channel(models.TextChoices):
    """By which way a message reaches its recipient."""

    SMS = "sms", "短信"
    EMAIL = "email", "电子邮件"


class State(models.TextChoices):
    """queued → sending → sent | failed | unclear, or queued again for another try; queued → expired."""

    QUEUED = "queued", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    UNCLEAR = "unclear", "可能已发送"
    FAILED = "failed", "发送失败"
    EXPIRED = "expired", "过期未发"


FINAL = (State.SENT, State.UNCLEAR, State.FAILED, State.EXPIRED)
