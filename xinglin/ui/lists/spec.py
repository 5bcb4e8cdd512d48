"""The declaration of a list: what an app writes, once, for its screen and its export."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Model, QuerySet

from xinglin.kernel.viewer import Viewer

from .parts import BatchAction, Column, Empty, Filter, RowAction, Tool


class ListSpec:
    """Subclass, declare, `registry.register`, and mount `views.ListView.as_view(spec=…)`.

    ``name`` (dotted, "residents.intake") keys the preferences and the export. ``permission``: needed to see the list
    at all; a tuple means any of them. ``export_permission``/``clear_permission``: to export, and to export without
    masks; "" means nobody. ``order_by``: default order, the primary key is added as the last word. ``first``: filters
    shown while the bar is collapsed. ``noun`` is what a row is called (记录, 人). ``crumbs``: (label, url) before the
    title. ``model`` and ``reads``: dotted paths of fields that the list itself reads (row_label, row_url, row_actions, prepare);
    with it a page and an export read these and the fields of the columns, and nothing else of a row. None: rows are
    read whole. Columns that compute say what they read in ``Column.needs``. ``keeps_place``: the page of a row has 上一条
    and 下一条 (`neighbours`), so that its link says from which list one came.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    noun: ClassVar[str] = "记录"
    permission: ClassVar[str | tuple[str, ...]] = ()
    export_permission: ClassVar[str] = ""
    clear_permission: ClassVar[str] = ""
    columns: ClassVar[tuple[Column, ...]] = ()
    filters: ClassVar[tuple[Filter, ...]] = ()
    order_by: ClassVar[tuple[str, ...]] = ()
    first: ClassVar[int] = 4
    crumbs: ClassVar[tuple[tuple[str, str], ...]] = ()
    nav_key: ClassVar[str] = ""
    template: ClassVar[str] = "ui/lists/page.html"
    model: ClassVar[type[Model] | None] = None
    reads: ClassVar[tuple[str, ...] | None] = None
    keeps_place: ClassVar[bool] = False

    def queryset(self, viewer: Viewer) -> QuerySet[Any]:
        """The rows the viewer may see (a selector of the app), with everything the columns touch joined."""
        raise NotImplementedError

    def prepare(self, rows: list[Any], viewer: Viewer) -> None:
        """Attach to the rows of one page, or of one chunk of an export, what a join cannot bring. Set-based."""

    def prepare_screen(self, rows: list[Any], viewer: Viewer) -> None:
        """Attach what only the screen shows (cells, 操作); an export does without."""

    def row_label(self, row: Any) -> str:
        """What to call a row in accessible names and messages."""
        return str(row)

    def row_url(self, row: Any, viewer: Viewer) -> str:
        """The page of a row; "" when it has none."""
        return ""

    def row_actions(self, row: Any, viewer: Viewer) -> Sequence[RowAction]:
        """Entries of the 操作 column."""
        return ()

    @classmethod
    def has_row_actions(cls) -> bool:
        """Whether the list declares entries of 操作; without any there is no such column."""
        return cls.row_actions is not ListSpec.row_actions

    def batch_actions(self, viewer: Viewer) -> Sequence[BatchAction]:
        """Verbs on selected rows; without any there are no check boxes."""
        return ()

    def toolbar(self, viewer: Viewer) -> Sequence[Tool | tuple[Tool, Tool]]:
        """Buttons above the table; a pair is drawn joined (import, its template)."""
        return ()

    def head(self, viewer: Viewer) -> str:
        """HTML beside the title: a tag, the window in force."""
        return ""

    def head_tools(self, viewer: Viewer) -> Sequence[Tool]:
        """Buttons at the right of the title, before 导出."""
        return ()

    def notices(self, viewer: Viewer) -> str:
        """HTML of banners between head and filter bar (window closed, what waits for you)."""
        return ""

    def empty(self, viewer: Viewer) -> Empty:
        """The state without any row."""
        return Empty(title=f"还没有{self.noun}")

    def may_see(self, viewer: Viewer) -> bool:
        """Whether the viewer may open the list at all."""
        wanted = (self.permission,) if isinstance(self.permission, str) else self.permission
        return not wanted or any(viewer.may(code) for code in wanted)

    def may_export(self, viewer: Viewer) -> bool:
        return bool(self.export_permission) and viewer.may(self.export_permission)

    def may_clear(self, viewer: Viewer) -> bool:
        """Whether exports of this viewer may show sensitive values in full."""
        return bool(self.clear_permission) and viewer.may(self.clear_permission)

    @cached_property
    def column_of(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def filter_of(self) -> dict[str, Filter]:
        return {item.name: item for item in self.filters}

    def order(self, sort: str) -> tuple[str, ...]:
        """Order fields for a sort word ("name", "-name"), completed to a total order."""
        column = self.column_of.get(sort.lstrip("-"))
        fields: tuple[str, ...] = column.sort_fields if column else ()
        if sort.startswith("-"):
            fields = tuple(f[1:] if f.startswith("-") else f"-{f}" for f in fields)
        taken = {f.lstrip("-") for f in fields}
        fields += tuple(f for f in self.order_by if f.lstrip("-") not in taken)
        last = fields[-1] if fields else ""
        return fields if last.lstrip("-") in {"pk", "id"} else (*fields, "-pk" if last.startswith("-") else "pk")

    def key_of(self, row: Any) -> Any:
        """What identifies a row in the selection."""
        return row.pk if isinstance(row, Model) else row["pk"]
