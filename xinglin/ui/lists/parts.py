"""The pieces that a list declares: columns, filters, buttons, actions and words for its empty state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from xinglin.kernel.text import normalise
from xinglin.kernel.viewer import Viewer

Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list and of its export.

    ``value``: dotted path from the row, or a callable of the row; by default the column's name. ``cell``: HTML for the
    screen (SafeString; a plain string is escaped), where the formatted value does not do. ``code_table``: the value is
    a code; the screen shows its short label, the export its label. ``sort``: model fields to order by, "" = not
    sortable; sortable fields of big tables need an index. ``mask``: a function of `xinglin.kernel.masks` for all who
    lack the right to clear export. ``numeric``: right-aligned, ``unit`` goes to the head. ``sticky``: fixed at the
    left. ``needs``: dotted paths that a callable ``value`` or ``cell`` reads (lists with ``ListSpec.reads``).
    ``link``: the cell leads to the row's page. ``width``: characters in the workbook. ``always``: cannot be
    hidden.
    """

    name: str
    label: str
    value: str | Callable[[Any], Any] = ""
    cell: Callable[[Any, Viewer], str] | None = None
    code_table: str = ""
    sort: str | tuple[str, ...] = ""
    default_on: bool = True
    sticky: bool = False
    always: bool = False
    numeric: bool = False
    unit: str = ""
    mask: str = ""
    mono: bool = False
    link: bool = False
    export: bool = True
    width: int = 14
    needs: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        """Label with the unit."""
        return f"{self.label}（{self.unit}）" if self.unit else self.label

    @property
    def sort_fields(self) -> tuple[str, ...]:
        return (self.sort,) if isinstance(self.sort, str) and self.sort else tuple(self.sort)


@dataclass(frozen=True, slots=True)
class Filter:
    """One field of the filter bar.

    ``kind``: text, choice, multi, bool, year, date_range or id_number. ``lookup``: model path, by default the name, or
    a callable (queryset, value, viewer) → queryset for conditions that are no plain comparison. ``match`` of text:
    prefix, contains or exact. Choices come from a code ``table`` or from ``choices`` (pairs, or a callable of the
    viewer). ``last6``: path of the hash of the last six characters (id_number). ``with_time``: the date range is asked
    of an instant. ``tidy`` of text: what is typed becomes what is stored (names of people have spellings of their
    own). ``default``: value in force while the address does not name the filter.
    """

    name: str
    label: str
    kind: str = "text"
    lookup: str | Callable[[Any, Any, Viewer], Any] = ""
    match: str = "contains"
    table: str = ""
    choices: Choices | Callable[[Viewer], Choices] = ()
    last6: str = ""
    with_time: bool = False
    tidy: Callable[[object], str] = normalise
    default: str | Callable[[Viewer], str] = ""
    placeholder: str = ""
    short: bool = True


@dataclass(frozen=True, slots=True)
class RowAction:
    """One entry of 操作. ``method`` post sends the row's form to ``url``; with ``reason`` it is off and says why.

    ``download``: the answer is a file, so the button must not wait for another page.
    """

    label: str
    url: str = ""
    method: str = "get"
    reason: str = ""
    confirm: str = ""
    danger: bool = False
    download: bool = False


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a batch action did: a sentence, "" for nothing, and (who, why) of those it left alone."""

    message: str
    failed: Sequence[tuple[str, str]] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class BatchAction:
    """A verb on the selected rows.

    Either ``url``: the selection is posted there, and that view calls `selection.read`; or ``run``: called with
    (ids, viewer), answers a `BatchResult`. ``kind``: primary, danger-line or "". ``label`` may hold ``{n}`` for the
    number selected. ``reason``: off for now, with the reason (P-21). ``permission``: absent without it. ``most``: the
    largest selection it takes.
    """

    name: str
    label: str
    icon: str = ""
    kind: str = ""
    permission: str = ""
    url: str = ""
    run: Callable[[list[Any], Viewer], BatchResult] | None = None
    reason: str = ""
    confirm: str = ""
    most: int = 0

    @property
    def plain_label(self) -> str:
        """The label as long as nothing is selected: 上报 {n} 项 → 上报."""
        return self.label.partition("{n}")[0].strip()


@dataclass(frozen=True, slots=True)
class Tool:
    """A button of the toolbar, of the head or of an empty state; with ``reason`` it is off and says why."""

    label: str
    url: str = ""
    icon: str = ""
    kind: str = ""
    reason: str = ""
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """What to say, and to do next, when there is nothing at all. ``picture``: see the tag ``empty``."""

    title: str = "还没有记录"
    text: str = ""
    tools: Sequence[Tool] = field(default_factory=tuple)
    picture: str = "folder"
