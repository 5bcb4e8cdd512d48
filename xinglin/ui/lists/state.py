"""What the address of a list says: conditions, order, page, size. Its words, back and forth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.http import QueryDict

from xinglin.kernel.viewer import Viewer

from . import filters
from .preferences import SIZES, Preference
from .spec import ListSpec

_DEFAULTS = {"sort": "", "size": SIZES[0], "page": 1, "after": "", "before": "", "count": "", "more": ""}
_LONGEST = 1_000


@dataclass
class State:
    """The address of a list, read. ``query()`` writes it, with changes.

    ``after``/``before``: the place of a page that lies too deep for its number, see `keyset`.
    """

    conditions: filters.Conditions
    sort: str = ""
    page: int = 1
    after: str = ""
    before: str = ""
    size: int = SIZES[0]
    more: str = ""
    counted: bool = False

    def query(self, *, without: str = "", **changes: object) -> str:
        """The address behind the "?" with some words changed; ``without`` drops one condition.

        Anything but a page or a size change starts at page 1. "" when nothing is asked for.
        """
        words: dict[str, object] = {
            "sort": self.sort,
            "size": self.size,
            "page": 1,
            "after": "",
            "before": "",
            "count": "",
            "more": self.more,
            **changes,
        }
        told = [f"{name}={value}" for name, value in words.items() if value != _DEFAULTS[name]]
        conditions = urlencode(self.conditions.pairs(without=without)) if without else self._conditions
        return "&".join([conditions, *told] if conditions else told)

    def here(self, **changes: object) -> str:
        """`query` of the very page that is shown."""
        return self.query(without="", page=self.page, after=self.after, before=self.before, **changes)

    @cached_property
    def _conditions(self) -> str:
        return urlencode(self.conditions.pairs())

    @property
    def asked(self) -> str:
        """All conditions in force, defaults too, as one word."""
        return urlencode([pair for item in self.conditions.items for pair in item.raw])

    def link(self, *, without: str = "", **changes: object) -> str:
        """As `query`, as an address relative to the list's own."""
        return f"?{self.query(without=without, **changes)}"


def read(spec: ListSpec, params: QueryDict, viewer: Viewer, preference: Preference | None = None) -> State:
    """The state that the words of the address describe; whatever makes no sense takes its default.

    The remembered page size counts only while no page is named: page 2 of an old address must stay what it was.
    """
    sort = params.get("sort", "")
    column = spec.column_of.get(sort.removeprefix("-"))
    remembered = preference.size if preference and "page" not in params else SIZES[0]
    size = _number(params.get("size", ""), remembered)
    return State(
        conditions=filters.read(spec, params, viewer),
        sort=sort if column is not None and column.sort_fields else "",
        page=max(_number(params.get("page", ""), 1), 1),
        after=_place(params.get("after", "")),
        before="" if params.get("after") else _place(params.get("before", "")),
        size=size if size in SIZES else SIZES[0],
        more="1" if params.get("more") == "1" else "",
        counted=params.get("count") == "all",
    )


def _place(word: str) -> str:
    known = word.isascii() and len(word) <= _LONGEST and word.replace("-", "").replace("_", "").isalnum()
    return word if known else ""


def _number(word: str, default: int) -> int:
    return int(word) if word.isascii() and word.isdigit() and len(word) < 9 else default
