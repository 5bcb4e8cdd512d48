"""Columns and filters made from the declaration of a model field, so that a label is written once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import models

from xinglin.kernel.declarations import Declaration, declarations_of

from .parts import Column, Filter

_FILTER_KINDS = {"code": "choice", "bool": "bool", "date": "date_range", "id_number": "id_number"}


def column(model: type[models.Model], field: str, *, at: str = "", name: str = "", **changes: Any) -> Column:
    """The column of a declared field; ``at`` is the dotted path from the row to the model ("person").

    Label, code table, mask and alignment come from the declaration; keyword arguments change any part.
    """
    found = _declaration(model, field)
    made = Column(
        name=name or field,
        label=found.label,
        value=f"{at}.{field}" if at else field,
        code_table=found.code_table or "",
        mask=found.mask or "",
        mono=found.kind in {"id_number", "mobile", "uscc"},
        width=20 if found.kind in {"id_number", "uscc"} else 14,
    )
    return replace(made, **changes)


def filter_by(model: type[models.Model], field: str, *, at: str = "", name: str = "", **changes: Any) -> Filter:
    """The filter of a declared field; ``at`` is the lookup path from the row to the model ("person")."""
    found = _declaration(model, field)
    path = f"{at}__{field}" if at else field
    kind = _FILTER_KINDS.get(found.kind, "text")
    made = Filter(
        name=name or field,
        label=found.label,
        kind=kind,
        lookup=f"{path}_hash" if kind == "id_number" else path,
        last6=f"{path.removesuffix('number')}last6_hash" if kind == "id_number" else "",
        table=found.code_table or "",
    )
    return replace(made, **changes)


def _declaration(model: type[models.Model], field: str) -> Declaration:
    try:
        return declarations_of(model)[field]
    except KeyError:
        raise LookupError(f"{model.__name__}.{field} is not declared") from None
