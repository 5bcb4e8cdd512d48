"""The rows of a list as HTML. Strings are joined in Python: a template engine would take most of a page's time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.safestring import SafeString

from xinglin.kernel.viewer import Viewer

from .formats import MISSING, texts
from .neighbours import ending
from .parts import Column, RowAction
from .quoting import quoted
from .spec import ListSpec

Cell = Callable[[Any], str]
_SHOWN = 2
_BLANK = f'<span class="xl-3rd">{MISSING}</span>'


def body(
    spec: ListSpec, rows: Sequence[Any], columns: Sequence[Column], fixed: int, selectable: bool, viewer: Viewer,
    query: str = "", acting: Sequence[Sequence[RowAction]] = (),
) -> str:  # fmt: skip
    """All rows. ``fixed``: how many leading columns stay at the left; ``query``: the list's own address behind "?";
    ``acting``: the entries of 操作 of each row, none where there is no such column."""
    query = query if spec.keeps_place else ""
    cells = [
        _cell(spec, column, _classes(column, place, fixed, selectable), viewer, query)
        for place, column in enumerate(columns)
    ]
    found = []
    for place, row in enumerate(rows):
        key, name = quoted(str(spec.key_of(row))), quoted(spec.row_label(row))
        found.append(f'<tr data-key="{key}">')
        if selectable:
            found.append(
                f'<td class="xl-fix-l"><input class="form-check-input" type="checkbox" name="pick" value="{key}"'
                f' aria-label="选择 {name}"></td>'
            )
        found += [cell(row) for cell in cells]
        if acting:
            found.append(f'<td class="xl-fix-r">{acts(acting[place], name) if acting[place] else ""}</td>')
        found.append("</tr>")
    return "".join(found)


def _classes(column: Column, place: int, fixed: int, selectable: bool) -> str:
    names = fix_class(place, fixed, selectable)
    if column.numeric:
        names += " xl-num"
    if column.mono:
        names += " xl-mono"
    return f' class="{names.strip()}"' if names else ""


def fix_class(place: int, fixed: int, selectable: bool) -> str:
    """Class of a column that stays at the left; the script sets the offsets of further ones."""
    if place >= fixed:
        return ""
    edge = " xl-fix-edge" if place == fixed - 1 else ""
    return ("xl-fix-l xl-fix-l2" if selectable and place == 0 else "xl-fix-l") + edge


def _cell(spec: ListSpec, column: Column, attributes: str, viewer: Viewer, query: str) -> Cell:
    opening = f"<td{attributes}>"
    if column.cell is not None:
        draw = column.cell
        return lambda row: f"{opening}{_safe(draw(row, viewer)) or _BLANK}</td>"
    text = texts(column, short=True, masked=True, separated=True)
    if column.link:
        remembered = quoted(ending(query))

        def linked(row: Any) -> str:
            shown, url = quoted(text(row)) or MISSING, quoted(spec.row_url(row, viewer))
            return (
                f'{opening}<a href="{url}{remembered}" data-open>{shown}</a></td>' if url else f"{opening}{shown}</td>"
            )

        return linked
    return lambda row: f"{opening}{quoted(value) if (value := text(row)) else _BLANK}</td>"


def _safe(html: str) -> str:
    """HTML as it is, plain text escaped."""
    return html if isinstance(html, SafeString) else quoted(html)


def acts(actions: Sequence[RowAction], name: str) -> str:
    """The 操作 cell: up to three entries stand, of more the first two do and the rest folds into 更多. ``name`` is HTML."""
    shown = actions if len(actions) <= _SHOWN + 1 else actions[:_SHOWN]
    html = "".join(_act(action, name) for action in shown)
    if len(shown) < len(actions):
        rest = "".join(f"<li>{_act(action, name)}</li>" for action in actions[_SHOWN:])
        html += (
            f'<details class="xl-fold" data-menu data-float><summary aria-label="{name} 的更多操作">更多</summary>'
            f'<ul class="xl-fold-list">{rest}</ul></details>'
        )
    return f'<span class="xl-acts">{html}</span>'


def _act(action: RowAction, name: str) -> str:
    label = quoted(action.label)
    if action.reason:
        why = quoted(action.reason)
        return (
            f'<button class="xl-off" type="button" aria-disabled="true" title="{why}"'
            f' aria-label="{label} {name}，{why}">{label}</button>'
        )
    danger = ' class="xl-bad"' if action.danger else ""
    ask = f' data-confirm="{quoted(action.confirm)}"' if action.confirm else ""
    url = quoted(action.url)
    if action.method == "post":
        file = " data-download" if action.download else ""
        return (
            f'<button type="submit" formaction="{url}"{danger}{ask}{file} aria-label="{label} {name}">{label}</button>'
        )
    return f'<a href="{url}" data-open{danger}{ask} aria-label="{label} {name}">{label}</a>'
