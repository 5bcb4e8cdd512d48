"""What a filter offers to choose from."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from xinglin.dictionaries import selectors as dictionaries
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.ui.kept import keep

from .parts import Choices, Filter

BOOL = (("1", "是"), ("0", "否"), ("none", "未填"))
_YEARS_BACK = 12


def options(item: Filter, viewer: Viewer) -> Choices:
    """(value, label) pairs of a filter: retired codes too, because old records hold them.

    What a list computes for its viewer is kept for some seconds, for all who see the same part of the tree.
    """
    if callable(item.choices):
        ask = item.choices
        return keep((ask, viewer.organization_path, viewer.track, viewer.role, viewer.person_id), lambda: ask(viewer))
    if item.choices:
        return item.choices
    if item.table:
        entries = dictionaries.table(item.table).entries.values()
        offered = [entry for entry in entries if entry.extra.get("choosable", True)]
        return [(entry.code, (item.short and entry.short_label) or entry.label) for entry in offered]
    if item.kind == "bool":
        return BOOL
    if item.kind == "year":
        this = clock.today().year
        return [(str(year), str(year)) for year in range(this + 1, this - _YEARS_BACK, -1)]
    return ()


def option_html(item: Filter, viewer: Viewer, chosen: tuple[str, ...]) -> str:
    """The option elements of a select, the chosen ones selected."""
    html = _options_html(tuple(options(item, viewer)))
    for value in chosen:
        mark = f'<option value="{escape(value)}"'
        html = html.replace(mark + ">", mark + " selected>", 1)
    return html


@lru_cache(maxsize=512)
def _options_html(pairs: tuple[tuple[str, str], ...]) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(label)}</option>' for value, label in pairs)
