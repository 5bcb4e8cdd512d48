"""The numbered pages as HTML."""

from __future__ import annotations

from html import escape

from django.utils.safestring import SafeString, mark_safe

from xinglin.ui.templatetags.xl import icon

from .counting import Count
from .pages import Page, numbers
from .state import State


def links(page: Page, count: Count, state: State) -> SafeString:
    """Previous, numbers with gaps, next; the current page is marked."""
    drawn = [_step(state, page.number - 1, "prev", "上一页", "chevron-left")] if page.number > 1 else []
    for number in numbers(page, count):
        if number is None:
            drawn.append('<span class="xl-pg">…</span>')
            continue
        here = number == page.number
        url, mark = escape(state.link(page=number)), ' aria-current="page"' if here else f' id="xl-p-{number}"'
        drawn.append(f'<a href="{url}"{mark} aria-label="第 {number} 页{"，当前页" if here else ""}">{number}</a>')
    if page.has_next:
        drawn.append(_step(state, page.number + 1, "next", "下一页", "chevron-right"))
    return mark_safe("".join(drawn))


def _step(state: State, number: int, rel: str, said: str, mark: str) -> str:
    url = escape(state.link(page=number))
    return f'<a id="xl-p-{rel}" href="{url}" rel="{rel}" aria-label="{said}">{icon(mark, "s")}</a>'
