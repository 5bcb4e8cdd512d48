"""History rows and their seals. Partitioned by month on PostgreSQL (migration 0001)."""

from django.db import models

from xinglin.kernel.scope import ScopedModel

from .enums import Source, UpdateType

SEALED_CONTEXT = "history_historyentry.sealed"
"""Place that the sealed bytes are bound to."""


class HistoryEntry(ScopedModel):
    """One change or event. Ids and names are text, so the row outlives its subject.

    ``changes`` holds ``{label: [old, new]}`` of plain fields; ``sealed`` the same of sensitive ones with the
    subject's name, ID number and the reason, as JSON under the person's key ``key_id``; ``lookup`` is the keyed
    hash of the ID number and stands outside the sealed bytes, so that it can go with the key.
    """

    scope_track = "track"
    scope_person = "person_id"

    at = models.DateTimeField()
    request_id = models.CharField(max_length=32)
    actor_user_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=100)
    actor_role = models.CharField(max_length=40)
    actor_organization_id = models.BigIntegerField(null=True)
    actor_organization_name = models.CharField(max_length=100)
    source = models.CharField(max_length=8, choices=Source.choices)
    verb = models.CharField(max_length=40)
    update_type = models.CharField(max_length=8, choices=UpdateType.choices, blank=True)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    parent_type = models.CharField(max_length=40, blank=True)
    parent_id = models.CharField(max_length=40, blank=True)
    person_id = models.BigIntegerField(null=True)
    organization_path = models.CharField(max_length=120)
    organization_name = models.CharField(max_length=100, blank=True)
    province_id = models.BigIntegerField(null=True)
    province_name = models.CharField(max_length=40, blank=True)
    track = models.CharField(max_length=12, blank=True)
    facts = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    sealed = models.BinaryField(default=b"")
    key_id = models.UUIDField(null=True)
    lookup = models.CharField(max_length=64, blank=True)

    class Meta(ScopedModel.Meta):
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "at"], name="history_subject"),
            models.Index(fields=["person_id", "at"], name="history_person"),
            models.Index(fields=["organization_path", "at"], name="history_scope"),  # SQLite only
            models.Index(fields=["lookup"], name="history_lookup"),
            models.Index(  # PostgreSQL only: whole paths, and prefixes in any collation
                fields=["organization_path", "at"],
                name="history_scope_prefix",
                opclasses=["varchar_pattern_ops", "timestamptz_ops"],
            ),
        ]


class HistorySeal(models.Model):
    """One link of a partition's hash chain over named rows, never over an id range: lower ids may commit later.

    ``row_ids``: the ids as [first, last] pairs. ``row_digests``: 32 bytes a row in the order of the ids, so that a
    row that was tampered with is named. ``digest`` is over all of it and over ``previous`` (``digesting``).
    """

    partition = models.CharField(max_length=7)
    sequence = models.BigIntegerField()
    row_ids = models.JSONField()
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    rows = models.PositiveIntegerField(default=0)
    first_id = models.BigIntegerField(default=0)
    last_id = models.BigIntegerField(default=0, db_index=True)
    row_digests = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partition", "sequence"], name="history_seal_sequence"),
            models.UniqueConstraint(fields=["partition", "previous"], name="history_seal_chain"),
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="history_seal_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.partition} {self.sequence}"


class SealMark(models.Model):
    """How far sealing has come for good (PostgreSQL; one row).

    Every row up to ``safe_id`` is sealed and none can still commit. ``mark_id`` is the next candidate: it becomes
    safe when every transaction that was open at ``mark_xid`` has ended.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    safe_id = models.BigIntegerField(default=0)
    mark_id = models.BigIntegerField(default=0)
    mark_at = models.DateTimeField(null=True)
    mark_xid = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="history_one_seal_mark")]

    def __str__(self) -> str:
        return str(self.safe_id)
