"""Which rows a batch is about: those picked, or all that meet the conditions, found anew by the server."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from . import filters, registry
from .spec import ListSpec
from .state import State

PICK, ALL = "pick", "selection"
_SALT = "xinglin.ui.lists.selection"
_KEPT_SECONDS = 12 * 3600
_MOST_PICKED = 1_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows of one list that the viewer selected; always within what the viewer may see at the time of asking."""

    spec: ListSpec
    viewer: Viewer
    keys: tuple[str, ...] = ()
    token: str = ""
    query: str = ""

    @property
    def is_all(self) -> bool:
        """Whether all rows that meet the conditions are meant."""
        return bool(self.token)

    def queryset(self) -> QuerySet[Any]:
        """The selected rows in the order of the list's default. Foreign or vanished keys are simply not there."""
        rows = self.spec.queryset(self.viewer)
        if self.is_all:
            found = filters.read(self.spec, QueryDict(self.query), self.viewer)
            rows = filters.apply(rows, found.items, self.viewer)
        else:
            rows = rows.filter(pk__in=self.keys)
        return rows.order_by(*self.spec.order(""))

    def ids(self, most: int = 0) -> list[Any]:
        """Primary keys. Raises Refused when nothing is selected, or more than ``most`` (0 = any number)."""
        keys = self.queryset().values_list("pk", flat=True)
        found = list(keys[: most + 1] if most else keys)
        if not found:
            raise Refused(f"没有选中{self.spec.noun}。请先勾选，再操作。")
        if most and len(found) > most:
            raise Refused(f"一次最多处理 {most:,} 条{self.spec.noun}。请用筛选缩小范围，分几次做。")
        return found

    def fields(self) -> list[tuple[str, str]]:
        """Hidden fields (name, value) that carry the selection through a page that asks back."""
        return [(ALL, self.token)] if self.is_all else [(PICK, key) for key in self.keys]


def token(spec: ListSpec, state: State, viewer: Viewer) -> str:
    """A signed word for "all that meet these conditions", good for this user, this list and half a day."""
    return signing.dumps([spec.name, viewer.user_id, state.query()], salt=_SALT, compress=True)


def read(request: HttpRequest, name: str) -> Selection:
    """The selection that a form of the list ``name`` posted. Raises Refused for a token that is foreign or too old."""
    picked = tuple(dict.fromkeys(request.POST.getlist(PICK)))
    return _selected(request, name, request.POST.get(ALL, ""), picked)


def again(request: HttpRequest, name: str, fields: Iterable[tuple[str, str]]) -> Selection:
    """The selection whose `Selection.fields` were kept; as good, and for as long, as the posted one."""
    found = list(fields)
    word = next((value for key, value in found if key == ALL), "")
    return _selected(request, name, word, tuple(value for key, value in found if key == PICK))


def _selected(request: HttpRequest, name: str, word: str, picked: tuple[str, ...]) -> Selection:
    spec, viewer = registry.get(name), request.viewer  # type: ignore[attr-defined]
    if word:
        return Selection(spec, viewer, token=word, query=_query(word, spec, viewer))
    if len(picked) > _MOST_PICKED:
        raise Refused(f"一次最多勾选 {_MOST_PICKED:,} 条。要处理更多，请选择全部符合条件的。")
    return Selection(spec, viewer, keys=_valid(spec, picked, viewer))


def _query(word: str, spec: ListSpec, viewer: Viewer) -> str:
    try:
        name, user_id, query = signing.loads(word, salt=_SALT, max_age=_KEPT_SECONDS)
    except signing.BadSignature:
        name = user_id = query = None
    if name != spec.name or user_id != viewer.user_id or not isinstance(query, str):
        raise Refused("选择已经失效，什么也没有做。请回到列表重新选择。")
    return query


def _valid(spec: ListSpec, picked: tuple[str, ...], viewer: Viewer) -> tuple[str, ...]:
    """Keys that could be keys at all; anything else would make the database raise."""
    field = spec.queryset(viewer).model._meta.pk
    if isinstance(field, models.IntegerField):
        return tuple(key for key in picked if key.isascii() and key.isdigit() and len(key) < 19)
    good = []
    for key in picked:
        with suppress(ValidationError):
            field.to_python(key)
            good.append(key)
    return tuple(good)
