"""Messages to a person who is erased go; their addresses and texts would go with the key, their masks would not."""

from __future__ import annotations

from xinglin.people.registry import Erasure, ErasurePart

from ..models import Message


def _erase(erasure: Erasure) -> None:
    Message.objects.for_system("a person is erased").filter(person_id=erasure.person.pk).delete()


PART = ErasurePart("notifications", erase=_erase)
