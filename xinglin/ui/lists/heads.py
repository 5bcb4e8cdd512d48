"""The head of the table as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

from xinglin.ui.templatetags.xl import icon

from .parts import Column
from .rows import fix_class
from .state import State


def head(
    columns: Sequence[Column], fixed: int, selectable: bool, state: State, order: tuple[str, ...], acts: bool = True
) -> SafeString:
    """One row of column heads; sortable ones are links that turn the order round. ``acts``: 操作 is the last."""
    cells = []
    if selectable:
        cells.append(
            '<th scope="col" class="xl-fix-l"><input class="form-check-input" type="checkbox" data-pick-page aria-label="选择本页"></th>'
        )
    for place, column in enumerate(columns):
        classes = f"{fix_class(place, fixed, selectable)}{' xl-num' if column.numeric else ''}".strip()
        css = f' class="{classes}"' if classes else ""
        cells.append(_cell(column, css, state, order))
    if acts:
        cells.append('<th scope="col" class="xl-fix-r">操作</th>')
    return mark_safe("".join(cells))


def _cell(column: Column, css: str, state: State, order: tuple[str, ...]) -> str:
    label = escape(column.head)
    if not column.sort_fields:
        return f'<th scope="col"{css}>{label}</th>'
    direction = _direction(column, state, order)
    wanted = column.name if direction == "descending" else f"-{column.name}" if direction else column.name
    said = f' aria-sort="{direction}"' if direction else ""
    mark = icon({"ascending": "arrow-up", "descending": "arrow-down"}.get(direction, "selector"), "s")
    url = escape(state.link(sort=wanted))
    return f'<th scope="col"{css}{said}><a class="xl-sort" id="sort-{column.name}" href="{url}">{label}{mark}</a></th>'


def _direction(column: Column, state: State, order: tuple[str, ...]) -> str:
    if state.sort:
        if state.sort.removeprefix("-") != column.name:
            return ""
        return "descending" if state.sort.startswith("-") else "ascending"
    lead = order[0] if order else ""
    if lead.removeprefix("-") != column.sort_fields[0].removeprefix("-"):
        return ""
    return "ascending" if lead == column.sort_fields[0] else "descending"
