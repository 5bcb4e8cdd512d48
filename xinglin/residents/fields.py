"""All fields of a resident's record by key: the personal ones and those of 培训信息."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from xinglin.dictionaries.display import shown
from xinglin.kernel.declarations import Declaration, declarations_of
from xinglin.people.fields import PersonalField, in_words, personal_fields

from .models import Enrollment

TRAINING = "training_info"


@lru_cache(maxsize=1)
def training_declarations() -> dict[str, Declaration]:
    """Field name → declaration of 培训信息."""
    return declarations_of(Enrollment)


@lru_cache(maxsize=1)
def record_fields() -> dict[str, PersonalField]:
    """Every field of the whole record, in the order of the manual's tabs."""
    training = {
        f"{TRAINING}.{d.name}": PersonalField(f"{TRAINING}.{d.name}", d, d.label, TRAINING)
        for d in training_declarations().values()
    }
    return {**personal_fields(), **training}


@lru_cache(maxsize=1)
def record_labels() -> dict[str, str]:
    """Field key → label."""
    return {key: field.label for key, field in record_fields().items()}


@lru_cache(maxsize=1)
def record_names() -> dict[str, str]:
    """Field key → name in a sentence (本科 学位证书编号), in the order of the tabs."""
    return {key: in_words(label) for key, label in record_labels().items()}


def shown_value(key: str, value: Any, *, masked: bool = False, at: datetime | None = None) -> str:
    """A content value in the words of the screen (``at``: of that instant); keys of former editions are shown as they are."""
    field = record_fields().get(key)
    if field is None:
        return str(value) if value not in (None, "") else "--"
    return shown(field.declaration, value, masked=masked, at=at)
