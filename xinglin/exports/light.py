"""Rows of an export without model instances: the fields that the columns read, fetched as tuples (Q-03).

Where a column computes its value, or a value is sealed, the tuple is shaped into small objects with the attributes that
the models have (row.province.name); all other columns take their place in the tuple as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import QuerySet

from xinglin.kernel.viewer import Viewer
from xinglin.ui.lists import narrowing
from xinglin.ui.lists.formats import getter
from xinglin.ui.lists.parts import Column
from xinglin.ui.lists.spec import ListSpec
from xinglin.vault import cipher
from xinglin.vault.fields import SealedTextField

Tuples = list[tuple[Any, ...]]


class Reader:
    """Reads the rows of a list that says what it reads (``ListSpec.reads``)."""

    def __init__(self, spec: ListSpec, columns: Sequence[Column]) -> None:
        if spec.model is None:
            raise TypeError(f"list {spec.name!r} does not say which model it reads")
        self.spec, self.model, self.columns = spec, spec.model, columns
        self.prepares = type(spec).prepare is not ListSpec.prepare
        found = narrowing.plan(spec.model, narrowing.paths(columns, (spec.reads or ()) if self.prepares else ()))
        self.lookups = [name for name in found.fields if name not in found.relations]
        self.place = {lookup: number for number, lookup in enumerate(self.lookups)}

    def read(self, queryset: QuerySet[Any], size: int) -> Iterator[tuple[Any, ...]]:
        """The rows as tuples, fetched ``size`` at a time."""
        return queryset.select_related(None).values_list(*self.lookups).iterator(chunk_size=size)

    def values(self, chunk: Tuples, viewer: Viewer) -> list[Sequence[Any]]:
        """The values of each column."""
        fetched = list(zip(*chunk, strict=True))
        rows = [self._make(values) for values in chunk] if self.prepares or self._shaped else []
        if self.prepares:
            self.spec.prepare(rows, viewer)
        found: list[Sequence[Any]] = []
        for column in self.columns:
            if column.name in self._shaped:
                read = getter(column)
                found.append([read(row) for row in rows])
            else:
                found.append(fetched[self.place[_lookup(column)]])
        return found

    @cached_property
    def _shaped(self) -> set[str]:
        """Columns whose value is no field as it lies in the tuple."""
        return {column.name for column in self.columns if callable(column.value) or self._is_sealed(_lookup(column))}

    def _is_sealed(self, lookup: str) -> bool:
        return isinstance(_field(self.model, lookup), SealedTextField)

    @cached_property
    def _make(self) -> Callable[[tuple[Any, ...]], Any]:
        """Shapes one tuple, with what the shaped columns read and nothing else."""
        wanted = self.columns if self.prepares else [column for column in self.columns if column.name in self._shaped]
        found = narrowing.plan(self.model, narrowing.paths(wanted, (self.spec.reads or ()) if self.prepares else ()))
        return _maker(_shape(self.model, {name: self.place[name] for name in found.fields if name in self.place}))


@dataclass
class _Node:
    """One object of the shape: which attribute holds which place of the tuple, and the objects behind relations."""

    model: type[models.Model]
    leaves: dict[str, int] = field(default_factory=dict)
    sealed: dict[str, SealedTextField] = field(default_factory=dict)
    branches: dict[str, _Node] = field(default_factory=dict)


def _lookup(column: Column) -> str:
    return str(column.value or column.name).replace(".", "__")


def _field(model: type[models.Model], lookup: str) -> Any:
    found: Any = None
    for step in lookup.split("__"):
        found = model._meta.pk if step == "pk" else model._meta.get_field(step)
        model = found.related_model or model
    return found


def _shape(model: type[models.Model], places: dict[str, int]) -> _Node:
    root = _Node(model)
    for lookup, place in places.items():
        *steps, leaf = lookup.split("__")
        node = root
        for step in steps:
            relation = node.model._meta.get_field(step)
            node = node.branches.setdefault(step, _Node(relation.related_model))  # type: ignore[arg-type]
        found = _field(node.model, leaf)
        if isinstance(found, SealedTextField):
            node.sealed[leaf] = found
        node.leaves[leaf] = place
    return root


def _maker(node: _Node) -> Callable[[tuple[Any, ...]], Any]:
    kind = _class(node)
    leaves = [(_kept(node, name), place) for name, place in node.leaves.items()]
    branches = [(name, _maker(branch)) for name, branch in node.branches.items()]

    def make(values: tuple[Any, ...]) -> Any:
        made = kind()
        for name, place in leaves:
            setattr(made, name, values[place])
        for name, below in branches:
            setattr(made, name, below(values))
        return made

    return make


def _class(node: _Node) -> type:
    """A class with a slot for each attribute; ``__dict__`` for whatever a list or the cipher attaches."""
    names = [_kept(node, name) for name in node.leaves]
    opened = {name: _opening(name, sealed) for name, sealed in node.sealed.items()}
    return type("Light", (), {"__slots__": (*names, *node.branches, "__dict__"), **opened})


def _kept(node: _Node, name: str) -> str:
    return f"_{name}" if name in node.sealed else name


def _opening(name: str, sealed: SealedTextField) -> property:
    kept, context = f"_{name}", sealed.context

    def opened(row: Any) -> str:
        blob = getattr(row, kept)
        return cipher.open_(row.key, blob, context).decode() if blob else ""

    return property(opened)
