"""Reading no more of a row than what is shown: a list that says what it reads gets a narrow SELECT (Q-01, Q-03)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import QuerySet

from xinglin.vault.fields import SealedTextField

from .parts import Column
from .spec import ListSpec

KEY = ("id", "wrapped", "master_id")
"""What opening a sealed value asks of its key."""


@dataclass
class Plan:
    """Relations to join and fields to read, as lookups; ``attributes``: the same fields as dotted attributes."""

    relations: set[str] = field(default_factory=set)
    fields: dict[str, None] = field(default_factory=dict)

    @property
    def attributes(self) -> list[str]:
        return [name.replace("__", ".") for name in self.fields]


def narrowed(
    spec: ListSpec, queryset: QuerySet[Any], columns: Iterable[Column], order: Sequence[str] = ()
) -> QuerySet[Any]:
    """The same rows with only the fields that these columns, the order and the list itself read; untouched where the
    list does not say what it reads (``ListSpec.reads`` is None). Comes last: what is joined is copied with each step."""
    if spec.reads is None:
        return queryset
    found = _plan_of(spec, tuple(column.name for column in columns), tuple(order))
    joined = queryset.select_related(*sorted(found.relations)) if found.relations else queryset
    return joined.only(*found.fields)


def bare(spec: ListSpec, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The rows without joins, where `narrowed` will make them."""
    return queryset if spec.reads is None else queryset.select_related(None)


@lru_cache(maxsize=512)
def _plan_of(spec: ListSpec, columns: tuple[str, ...], order: tuple[str, ...]) -> Plan:
    model = spec.model
    if model is None:
        raise TypeError(f"list {spec.name!r} says what it reads, but not of which model")
    sorted_by = [name.lstrip("-").replace("__", ".") for name in order]
    return plan(model, paths([spec.column_of[name] for name in columns], [*(spec.reads or ()), *sorted_by]))


def paths(columns: Iterable[Column], always: Sequence[str] = ()) -> list[str]:
    """Dotted paths that the columns read, and ``always``."""
    wanted = dict.fromkeys(always)
    for column in columns:
        wanted.update(dict.fromkeys(column.needs))
        if not callable(column.value):
            wanted[str(column.value or column.name)] = None
    return list(wanted)


def plan(model: type[models.Model], wanted: Iterable[str]) -> Plan:
    """How to read dotted paths from a model: each step but the last is a relation to one row. A sealed field brings
    its key. Raises FieldDoesNotExist for a path that the model does not have."""
    found = Plan()
    found.fields["pk"] = None
    for path in wanted:
        *steps, leaf = path.split(".")
        _add(found, model, steps, leaf)
    return found


def _add(found: Plan, model: type[models.Model], steps: list[str], leaf: str) -> None:
    prefix = ""
    for step in steps:
        relation = model._meta.get_field(step)
        if relation.concrete:
            found.fields[prefix + step] = None
        found.relations.add(prefix + step)
        prefix += f"{step}__"
        model = relation.related_model  # type: ignore[assignment]
    last = model._meta.pk if leaf == "pk" else model._meta.get_field(leaf)
    found.fields[prefix + str(last.name)] = None
    if isinstance(last, SealedTextField):
        found.fields[f"{prefix}key"] = None
        found.relations.add(f"{prefix}key")
        found.fields.update(dict.fromkeys(f"{prefix}key__{name}" for name in KEY))
