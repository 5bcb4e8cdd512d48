"""The outbox: messages, and every try to send one."""

import uuid

from django.db import models
from django.db.models import Q

from xinglin.kernel import clock
from xinglin.kernel.scope import ScopedModel
from xinglin.vault.fields import SealedTextField
from xinglin.vault.models import DataKey

from .enums import FINAL, Channel, State


class Message(ScopedModel):
    """One text to one address (P-13).

    Address and text are sealed under the recipient's key, so that they go with it; ``facts`` are counts and addresses
    of pages, never personal data. ``next_try_at``: when the keeper looks after it again; empty once it is settled.
    ``error`` is Chinese and quotes neither address nor text.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    kind = models.CharField("种类", max_length=40)
    key = models.ForeignKey(DataKey, models.PROTECT, related_name="+")
    recipient = SealedTextField(plain_length=120)
    recipient_masked = models.CharField("收件人", max_length=120)
    text = SealedTextField(plain_length=1000)
    user_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    organization_path = models.CharField(max_length=120)
    facts = models.JSONField(default=dict)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_try_at = models.DateTimeField("下次尝试", null=True)
    expires_at = models.DateTimeField("有效期至")
    error = models.CharField("失败原因", max_length=200, blank=True)
    created_at = models.DateTimeField("提交时间", default=clock.now)
    sent_at = models.DateTimeField("发送时间", null=True)

    class Meta(ScopedModel.Meta):
        indexes = [
            models.Index(fields=["next_try_at"], name="message_due", condition=Q(next_try_at__isnull=False)),
            models.Index(fields=["user_id", "kind"], name="message_waiting", condition=Q(state=State.QUEUED)),
            models.Index(fields=["-created_at"], name="message_recent"),
        ]
        constraints = [
            models.CheckConstraint(name="message_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="message_channel_known", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(
                name="message_settled_or_due",
                condition=Q(state__in=FINAL, next_try_at__isnull=True)
                | ~Q(state__in=FINAL) & Q(next_try_at__isnull=False),
            ),
            models.CheckConstraint(
                name="message_sent_has_time",
                condition=Q(state=State.SENT, sent_at__isnull=False) | ~Q(state=State.SENT) & Q(sent_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.kind} {self.get_state_display()}"


class MessageAttempt(models.Model):
    """One try. Written and committed before the gateway is called: a try without an end was cut off in the middle."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=State.choices, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="message_attempt_once"),
            models.CheckConstraint(
                name="message_attempt_ended_whole",
                condition=Q(ended_at__isnull=True, outcome="") | Q(ended_at__isnull=False) & ~Q(outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.number}"
