"""What a verification may find, in words for the person who asked."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import models

from xinglin.kernel import clock

KEPT = 200
"""Findings that are told one by one; all are counted."""


class Kind(models.TextChoices):
    """Each is a breach: somebody went around the product."""

    TAMPERED = "tampered", "记录被改动"
    MISSING = "missing", "记录被删除"
    ADDED = "added", "封存之后混入的记录"
    TWICE = "twice", "同一记录封存了两次"
    SEAL_ALTERED = "seal_altered", "封条被改动"
    SEAL_MISSING = "seal_missing", "封条缺失"
    LINK_BROKEN = "link_broken", "封条前后不接"
    FORK = "fork", "链条分叉"
    CUT = "cut", "链尾被截断"
    REPLACED = "replaced", "链条被替换"
    HEAD_FOREIGN = "head_foreign", "链头文件的签名不对"


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach: where, and of a row what is known of it: id, instant, verb, subject (never a person's data)."""

    kind: str
    partition: str = ""
    sequence: int | None = None
    row_id: int | None = None
    at: str = ""
    verb: str = ""
    subject_type: str = ""
    subject_id: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        return Kind(self.kind).label

    @property
    def place(self) -> str:
        """2026-11 第 3 号封条, 记录 815."""
        parts = [self.partition] if self.partition else []
        if self.sequence is not None:
            parts.append(f"第 {self.sequence} 号封条")
        if self.row_id is not None:
            parts.append(f"记录 {self.row_id}")
        return " ".join(parts)

    @property
    def about(self) -> str:
        """The row's instant, verb and subject, as far as they can be known."""
        return " ".join(filter(None, (self.at, self.verb, f"{self.subject_type} {self.subject_id}".strip())))

    def __str__(self) -> str:
        return "：".join(
            filter(None, (f"{self.label}（{self.place}）" if self.place else self.label, self.about, self.note))
        )


def of_row(kind: str, row: Any, *, partition: str = "", sequence: int | None = None, note: str = "") -> Finding:
    """A finding about a row that is there; ``row`` has the values of ``digesting.COLUMNS`` by name."""
    at = row["at"]
    shown = f"{clock.local(at):%Y-%m-%d %H:%M:%S}" if isinstance(at, datetime) else ""
    return Finding(
        kind, partition, sequence, row["id"], shown, row["verb"], row["subject_type"], row["subject_id"], note
    )  # fmt: skip


@dataclass(slots=True)
class Report:
    """How a verification ended. ``tail``: rows not sealed yet, the oldest from ``tail_oldest``."""

    partitions: int = 0
    seals: int = 0
    rows: int = 0
    tail: int = 0
    tail_oldest: str = ""
    head_made_at: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        self.counts[finding.kind] = self.counts.get(finding.kind, 0) + 1
        if len(self.findings) < KEPT:
            self.findings.append(finding)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def intact(self) -> bool:
        return not self.counts

    @property
    def summary(self) -> str:
        """One sentence."""
        checked = f"{self.partitions} 个月份、{self.seals:,} 个封条、{self.rows:,} 条记录"
        if self.intact:
            return f"核验通过：{checked}，与封存时一致。"
        kinds = "，".join(f"{Kind(kind).label} {count:,} 处" for kind, count in self.counts.items())
        return f"核验发现 {self.total:,} 处问题：{kinds}（共核对 {checked}）。"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Report:
        findings = [Finding(**entry) for entry in content.get("findings", [])]
        return cls(**{**content, "findings": findings})
