"""Reads around the erasure of a person: whom, whether now, and the list of those who are gone."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from xinglin.history import selectors as history
from xinglin.history.models import HistoryEntry
from xinglin.kernel import text
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from .models import Person
from .registry import erasure_parts
from .selectors import id_number_hash

SUBJECT = "erasure"
"""Subject type of the history rows that tell of erasures."""


def person_to_erase(person_id: int, by: Viewer) -> Person:
    """Any person in the country, for who may erase. Raises NotAllowed, Http404 for nobody."""
    by.require("people.erase")
    person = Person.objects.for_system("erasing is the association's, whoever holds the person")
    found = person.select_related("key").filter(pk=person_id).first()
    if found is None:
        raise Http404
    return found


def find_person(id_number: str, by: Viewer) -> list[Person]:
    """Whom an ID number means; more than one only where ID types share it. Raises NotAllowed, Refused for nobody."""
    by.require("people.erase")
    wanted = id_number_hash(text.normalise_code(id_number))
    rows = Person.objects.for_system("erasing is the association's, whoever holds the person")
    found = list(rows.select_related("key").filter(id_number_hash=wanted).order_by("pk"))
    if not found:
        raise Refused("没有这个证件号的人员。请核对号码；已经删除的人员不能再查到。", field="id_number")
    return found


def refusals(person: Person, by: Viewer) -> list[str]:
    """All reasons why the person cannot be erased now, in the order of the parts."""
    if person.erased_at is not None:
        return ["这名人员的个人信息已经删除。"]
    if by.person_id == person.pk:
        return ["不能删除自己的个人信息，请由另一位协会管理员操作。"]
    return [reason for part in erasure_parts() if (reason := part.guard(person, by))]


def erasures(viewer: Viewer) -> QuerySet[HistoryEntry]:
    """Who was erased, newest first: number of the person, when, by whom, why; nothing of who it was."""
    return history.entries(viewer).filter(subject_type=SUBJECT)
