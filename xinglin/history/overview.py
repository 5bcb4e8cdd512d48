"""What the page of the seals shows: months, the tail, the last verification."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Sum

from xinglin.kernel.viewer import Viewer

from .actions import Entry, record
from .findings import Report
from .models import HistoryEntry, HistorySeal
from .sealing import last_seals
from .selectors import of_subject

SUBJECT = ("history", "chain")
TOLD = 50
"""Findings of a verification that are kept with it."""


@dataclass(frozen=True, slots=True)
class Month:
    """One partition: its seals, their rows, and the head of its chain."""

    partition: str
    seals: int
    rows: int
    sealed_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Verified:
    """A verification that somebody asked for, as the history tells it."""

    entry: HistoryEntry
    report: Report


def months() -> list[Month]:
    """All partitions, the newest first."""
    heads = last_seals()
    rows = HistorySeal.objects.values("partition").annotate(n=Count("id"), rows=Sum("rows"), at=Max("sealed_at"))
    found = [Month(r["partition"], r["n"], r["rows"], r["at"], heads[r["partition"]][1]) for r in rows.order_by()]
    return sorted(found, key=lambda month: month.partition, reverse=True)


def last_verification(viewer: Viewer) -> Verified | None:
    """The newest verification within the viewer's scope."""
    entry = of_subject(viewer, *SUBJECT).filter(verb="history.verify").first()
    return Verified(entry, Report.from_json(entry.facts)) if entry else None


def record_verification(report: Report, *, by: Viewer) -> None:
    """Keep how a verification ended; the caller holds the transaction."""
    facts = report.as_json()
    facts["findings"] = facts["findings"][:TOLD]
    entry = Entry(
        verb="history.verify", subject_type=SUBJECT[0], subject_id=SUBJECT[1],
        organization_path=by.organization_path, organization_name=by.organization_name, facts=facts,
    )  # fmt: skip
    record([entry], by=by)
