"""A list as shown: everything its templates need, worked out once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.safestring import SafeString, mark_safe

from xinglin.kernel.viewer import Viewer
from xinglin.ui.counts import asked_after
from xinglin.ui.kept import keep

from . import (
    addresses,
    bar,
    column_choice,
    counting,
    filters,
    heads,
    looking,
    narrowing,
    pager,
    pages,
    panel,
    preferences,
    reading,
    rows,
    selection,
)
from . import state as states
from .filters import Condition
from .parts import BatchAction, Column, Empty, RowAction, Tool
from .spec import ListSpec

_COUNTED_SECONDS = 5.0
"""Turning the page or the order does not count the same rows again; one's own write does."""


class ListPage:
    """One view of a list by one viewer. Properties are worked out when a template first asks."""

    def __init__(self, spec: ListSpec, request: HttpRequest) -> None:
        self.spec = spec
        self.viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        self.path = request.path
        self._request = request
        self._fresh = asked_after(request)
        self.preference = preferences.load(spec, self.viewer, not_before=self._fresh)
        self.state = states.read(spec, request.GET, self.viewer, self.preference)
        self._look: looking.Look | None = None

    @cached_property
    def everything(self) -> QuerySet[Any]:
        return narrowing.bare(self.spec, self.spec.queryset(self.viewer))

    @cached_property
    def matching(self) -> QuerySet[Any]:
        return filters.apply(self.everything, self.state.conditions.items, self.viewer)

    @cached_property
    def order(self) -> tuple[str, ...]:
        return self.spec.order(self.state.sort)

    @cached_property
    def page(self) -> pages.Page:
        page = self._fetch()
        if not page.rows and page.number > 1 and not page.too_deep:
            found = self._look.count if self._look else counting.up_to_bound(self.matching)
            self.state.page = max(min(-(-found.number // page.size), pages.deepest(page.size)), 1)
            self.state.after = self.state.before = ""
            page = self._fetch()
        self.spec.prepare(page.rows, self.viewer)
        self.spec.prepare_screen(page.rows, self.viewer)
        return page

    def _fetch(self) -> pages.Page:
        """The page by one look, which counts as well; where that cannot be, or there is more than it counts, by place."""
        number, size = self.state.page, self.state.size
        if number > pages.deepest(size) or not self._at_a_look:
            return pages.fetch(self.matching, self.order, self.state, self._narrowed)
        start = (number - 1) * size
        self._look = self._looked_at(start, size)
        keys = self._look.keys
        if keys is None:
            keys = pages.keys(self.matching.order_by(*self.order), start, size)
        rows = reading.rows_of(self.spec, self.everything, self.columns, self.order, keys)
        return pages.Page(rows[:size], number, size, has_next=len(keys) > size)

    @cached_property
    def _at_a_look(self) -> bool:
        return self.spec.reads is not None and looking.possible(self.matching, self.order)

    def _looked_at(self, start: int, size: int) -> looking.Look:
        """What matches is counted anew with every page, but for more than is counted exactly: that is kept a while."""
        looks: list[looking.Look] = []

        def look() -> counting.Count:
            looks.append(looking.at(self.matching, self.order, start, size + 1))
            return looks[0].count

        count = self._kept(look)
        if count.exact and not looks:
            look()
        return looks[0] if looks else looking.Look(count, None)

    def _kept(self, ask: Callable[[], counting.Count]) -> counting.Count:
        place = ("count", self.spec.name, self.viewer.user_id, self.viewer.grant_id, self.state.asked)
        return keep(place, ask, not_before=self._fresh, seconds=_COUNTED_SECONDS)

    def _narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return narrowing.narrowed(self.spec, rows, self.columns, self.order)

    @cached_property
    def count(self) -> counting.Count:
        page = self.page
        by_number = not (self.state.after or self.state.before)
        if by_number and not page.has_next and not page.too_deep and (page.rows or page.number == 1):
            return counting.Count(page.last, True)
        if self.state.counted:
            return counting.whole(self.matching)
        return self._look.count if self._look else self._kept(lambda: counting.up_to_bound(self.matching))

    @cached_property
    def columns(self) -> list[Column]:
        return preferences.shown_columns(self.spec, self.preference)

    @cached_property
    def fixed(self) -> int:
        names = preferences.fixed_names(self.spec, self.preference)
        return sum(column.name in names for column in self.columns)

    @cached_property
    def batch_actions(self) -> list[BatchAction]:
        found = self.spec.batch_actions(self.viewer)
        return [action for action in found if not action.permission or self.viewer.may(action.permission)]

    @cached_property
    def head_html(self) -> SafeString:
        return heads.head(
            self.columns, self.fixed, bool(self.batch_actions), self.state, self.order, bool(self.row_actions)
        )

    @cached_property
    def row_actions(self) -> list[Sequence[RowAction]]:
        """Entries of 操作 row by row; empty where no row has one, so that no empty column covers the others."""
        if not self.spec.has_row_actions():
            return []
        found = [self.spec.row_actions(row, self.viewer) for row in self.page.rows]
        return found if any(found) else []

    @cached_property
    def body_html(self) -> SafeString:
        selectable, query = bool(self.batch_actions), self.state.here()
        return mark_safe(
            rows.body(
                self.spec, self.page.rows, self.columns, self.fixed, selectable, self.viewer, query, self.row_actions
            )
        )

    @cached_property
    def bar_html(self) -> SafeString:
        return bar.fields(self.spec, self.state, self.viewer)

    @property
    def bar_open(self) -> bool:
        return bar.is_open(self.spec, self.state)

    @property
    def fold_link(self) -> str:
        """Address of the same page with the bar folded or unfolded."""
        return f"?{self.state.here(more='' if self.bar_open else '1')}"

    @property
    def foldable(self) -> bool:
        return len(self.spec.filters) > self.spec.first

    @property
    def chips(self) -> list[tuple[str, str, str]]:
        """(label, value, address without it) of conditions that their field cannot show: searches by number."""
        return [self._chip(c) for c in self.state.conditions.items if c.filter.kind == "id_number"]

    @property
    def folded_chips(self) -> list[tuple[str, str, str]]:
        """The same of all other conditions: on a phone their fields are folded away."""
        return [self._chip(c) for c in self.state.conditions.items if c.filter.kind != "id_number"]

    def _chip(self, found: Condition) -> tuple[str, str, str]:
        return found.filter.label, found.shown, self.state.link(without=found.filter.name)

    @cached_property
    def relief(self) -> counting.Relief | None:
        return counting.relief(self.everything, self.state, self.viewer) if self.state.conditions.items else None

    @property
    def relief_link(self) -> str:
        return self.state.link(without=self.relief.condition.filter.name) if self.relief else ""

    @property
    def relief_text(self) -> str:
        """Which condition excludes most, in words."""
        if self.relief is None:
            return ""
        found = self.relief.condition
        return f"去掉“{found.filter.label}：{found.shown}”，就有 {self.relief.count.text} 条。"

    @property
    def nothing_found(self) -> str:
        return f"没有符合条件的{self.spec.noun}"

    @property
    def is_filtered(self) -> bool:
        return bool(self.state.conditions.items)

    @property
    def first_link(self) -> str:
        return self.state.link()

    @cached_property
    def empty(self) -> Empty:
        return self.spec.empty(self.viewer)

    @property
    def deepest_link(self) -> str:
        """Address of the last page that can be jumped to."""
        return self.state.link(page=pages.deepest(self.state.size))

    @property
    def empty_tools(self) -> list[Tool]:
        return self._allowed(self.empty.tools)

    @property
    def token(self) -> str:
        return selection.token(self.spec, self.state, self.viewer)

    @property
    def pager_html(self) -> SafeString:
        return pager.links(self.page, self.count, self.state, self.order)

    @property
    def count_link(self) -> str:
        """Address that counts exactly, where the count is only a bound."""
        return "" if self.count.exact else f"?{self.state.here(count='all')}"

    @cached_property
    def here(self) -> str:
        """Address of the very page that is shown; the page is fetched first, because it may lie elsewhere."""
        return f"?{self.state.here()}" if self.page else ""

    @property
    def tools(self) -> list[list[Tool]]:
        """Toolbar in groups: one button, or a joined pair."""
        asked = [entry if isinstance(entry, tuple) else (entry,) for entry in self.spec.toolbar(self.viewer)]
        return [group for entry in asked if (group := self._allowed(entry))]

    @property
    def head_tools(self) -> list[Tool]:
        return self._allowed(self.spec.head_tools(self.viewer))

    @property
    def head_extra(self) -> str:
        return self.spec.head(self.viewer)

    @property
    def notices(self) -> str:
        return self.spec.notices(self.viewer)

    @property
    def export_link(self) -> str:
        """Address of the export of exactly this list, "" without the right."""
        if not self.spec.may_export(self.viewer):
            return ""
        try:
            return f"{addresses.of('exports:start', self.spec.name)}{self.state.link()}"
        except NoReverseMatch:
            return ""

    @property
    def column_lines(self) -> SafeString:
        return column_choice.lines(self.spec, self.preference)

    @property
    def panel_html(self) -> SafeString:
        """The whole list as HTML."""
        return panel.html(self, self._request)

    def _allowed(self, tools: Any) -> list[Tool]:
        return [tool for tool in tools if not tool.permission or self.viewer.may(tool.permission)]
