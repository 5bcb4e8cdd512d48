"""住院医师信息更新记录: history rows about residents (R-16)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from xinglin.history import selectors as history
from xinglin.history.models import HistoryEntry
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.selectors import provinces
from xinglin.people.models import Person

SUBJECTS = ("enrollment", "person")


def resident_changes(viewer: Viewer) -> QuerySet[HistoryEntry]:
    """Saves that changed a field of a resident's record, or made or deleted one, newest first."""
    return history.entries(viewer).filter(subject_type__in=SUBJECTS).exclude(update_type="")


def resident_change(viewer: Viewer, entry_id: int) -> HistoryEntry:
    """One of them. Raises Http404."""
    row = resident_changes(viewer).filter(pk=entry_id).first()
    if row is None:
        raise Http404
    return row


def province_names() -> dict[int, str]:
    """Short names of provinces, for rows that keep the full one."""
    return {row.pk: row.short_name or row.name for row in provinces()}


def person_hash_filter(rows: QuerySet[Any], value: tuple[str, list[str]], _viewer: Viewer) -> QuerySet[Any]:
    """By the keyed hash of the whole number; the last six are found through the person."""
    way, hashes = value
    if way == "hash":
        return rows.filter(lookup__in=hashes)
    people = Person.objects.for_system("rows are already within the viewer's scope").filter(id_last6_hash__in=hashes)
    return rows.filter(person_id__in=people.values("pk"))


def person_name_filter(rows: QuerySet[Any], value: str, _viewer: Viewer) -> QuerySet[Any]:
    """The name in a row is sealed; the person's present name answers."""
    people = Person.objects.for_system("rows are already within the viewer's scope").filter(name__contains=value)
    return rows.filter(person_id__in=people.values("pk"))
