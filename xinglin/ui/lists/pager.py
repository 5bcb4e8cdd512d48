"""The numbered pages as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

from xinglin.ui.templatetags.xl import icon

from . import keyset
from .counting import Count
from .pages import Page, deepest, numbers
from .state import State


def links(page: Page, count: Count, state: State, order: Sequence[str]) -> SafeString:
    """Previous, numbers with gaps, next; the current page is marked. Beyond the numbers the steps tell their place."""
    drawn = []
    if page.number > 1:
        url = _address(state, page, page.number - 1, "before", order)
        drawn.append(_step(url, "prev", "上一页", "chevron-left"))
    for number in numbers(page, count):
        if number is None:
            drawn.append('<span class="xl-pg">…</span>')
            continue
        here = number == page.number
        url = escape(f"?{state.here()}" if here else state.link(page=number))
        mark = ' aria-current="page"' if here else f' id="xl-p-{number}"'
        drawn.append(f'<a href="{url}"{mark} aria-label="第 {number} 页{"，当前页" if here else ""}">{number}</a>')
    if page.has_next:
        url = _address(state, page, page.number + 1, "after", order)
        drawn.append(_step(url, "next", "下一页", "chevron-right"))
    return mark_safe("".join(drawn))


def _address(state: State, page: Page, number: int, side: str, order: Sequence[str]) -> str:
    """A neighbouring page: by its number as far as numbers reach, else by the row at the edge of this one."""
    if number <= deepest(page.size) or not page.rows:
        return state.link(page=number)
    return state.link(page=number, **{side: keyset.word_of(page.rows[0 if side == "before" else -1], order)})


def _step(url: str, rel: str, said: str, mark: str) -> str:
    return f'<a id="xl-p-{rel}" href="{escape(url)}" rel="{rel}" aria-label="{said}">{icon(mark, "s")}</a>'
