"""The panel of a list: head, filter bar, tools, table and pager. What is the same page after page is drawn once.

The facts say which list it is, what its viewer may do there and how he likes it; rows, numbers, addresses with their
conditions and tokens fill the holes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from xinglin.ui.csrf import page_token
from xinglin.ui.drawn import Part
from xinglin.ui.templatetags import xl

from . import preferences
from .parts import BatchAction, Tool
from .preferences import Preference

if TYPE_CHECKING:
    from .page import ListPage

_BOOST = SafeString('hx-boost="true" hx-target="#main" hx-swap="innerHTML show:none"')


class Facts(NamedTuple):
    """All that the unchanging part of a panel depends on."""

    title: str
    path: str
    head_tools: tuple[Tool, ...]
    tools: tuple[tuple[Tool, ...], ...]
    batch_actions: tuple[BatchAction, ...]
    preference: Preference
    column_lines: SafeString
    size: int
    has_filters: bool
    foldable: bool
    bar_open: bool
    has_export: bool
    has_rows: bool
    can_count: bool


def _names(facts: Facts) -> dict[str, object]:
    density = facts.preference.density
    return {
        **facts._asdict(),
        "density": density,
        "density_name": preferences.DENSITIES[density],
        "sizes": preferences.SIZES,
    }


_panel: Part[Facts] = Part(
    "ui/lists/panel.html",
    _names,
    holes=(
        "head_extra", "export_link", "notices", "notes", "csrf", "once", "here", "bar", "fold_link", "chips", "folded_chips", "in_force",
        "count", "count_link", "head", "body", "token", "first", "last", "number", "pager", "empty",
    ),
)  # fmt: skip


def html(page: ListPage, request: HttpRequest) -> SafeString:
    """The panel of a page of a list."""
    shown = page.page  # before all else: it may lie elsewhere than was asked for
    rows = bool(shown.rows)
    acts = tuple(page.batch_actions)
    export_link, count_link = page.export_link, page.count_link
    facts = Facts(
        title=page.spec.title,
        path=page.path,
        head_tools=tuple(page.head_tools),
        tools=tuple(map(tuple, page.tools)),
        batch_actions=acts,
        preference=page.preference,
        column_lines=page.column_lines,
        size=shown.size,
        has_filters=bool(page.spec.filters),
        foldable=page.foldable,
        bar_open=page.bar_open,
        has_export=bool(export_link),
        has_rows=rows,
        can_count=bool(count_link),
    )
    csrf = SafeString(f'<input type="hidden" name="csrfmiddlewaretoken" value="{page_token(request)}">')
    return _panel(
        facts,
        head_extra=page.head_extra,
        export_link=export_link,
        notices=page.notices,
        notes=_notes(page.state.conditions.notes),
        csrf=csrf,
        once=xl.once_token() if acts and rows else "",
        here=page.here,
        bar=page.bar_html if page.spec.filters else "",
        fold_link=page.fold_link,
        chips=_chips(page.chips),
        folded_chips=_chips(page.folded_chips),
        in_force=_in_force(len(page.state.conditions.items)),
        count=page.count.text,
        count_link=count_link,
        head=page.head_html if rows else "",
        body=page.body_html if rows else "",
        token=page.token if acts and rows else "",
        first=shown.first,
        last=shown.last,
        number=shown.number,
        pager=page.pager_html if rows else "",
        empty="" if rows else render_to_string("ui/lists/empty.html", {"page": page}, request),
    )


def _notes(notes: list[str]) -> SafeString:
    """What is wrong with words of the address."""
    return SafeString("".join(xl.note(escape(text), "wait", role="status") for text in notes))


def _chips(chips: list[tuple[str, str, str]]) -> SafeString:
    """Conditions that no field in sight shows, each with a cross."""
    return format_html_join(
        "",
        '<span class="xl-tag xl-tag-run xl-cond">{}：{}<a href="{}" {} aria-label="去掉“{}”">{}</a></span>',
        ((label, shown, url, _BOOST, label, xl.icon("x")) for label, shown, url in chips),
    )


def _in_force(number: int) -> SafeString:
    """How many conditions are in force, where the bar is folded to a button."""
    return (
        format_html('<span class="xl-count m-0">{}<span class="visually-hidden"> 个条件</span></span>', number)
        if number
        else SafeString("")
    )
