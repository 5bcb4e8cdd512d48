"""代码表: the list of tables, and for each table the list of its entries (P-10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from xinglin.dictionaries import selectors
from xinglin.dictionaries.amendments import BUILT_IN, BUILT_IN_REASON
from xinglin.dictionaries.models import CodeEntry, CodeTable
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.ui.lists.parts import Column, Empty, Filter, RowAction, Tool
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.templatetags.xl import tag

NAV = "administration.codes"
EDIT = "codes.edit"
STATES = (("in_force", "在用"), ("coming", "未启用"), ("retired", "已停用"))


def keeper(table: CodeTable) -> str:
    """Who changes a table."""
    if table.key in BUILT_IN:
        return "随产品更新"
    return "自编代码" if table.ours else "国家标准或行业标准"


class CodeTables(ListSpec):
    """All tables with source, edition and size."""

    name = "codes.tables"
    title = "代码表"
    noun = "代码表"
    permission = "codes.view"
    export_permission = "codes.view"
    nav_key = NAV
    crumbs = (("系统管理", ""),)
    order_by = ("title",)
    columns = (
        Column("title", "名称", sort="title", sticky=True, always=True, link=True, width=20),
        Column("source", "来源", width=44),
        Column("edition", "版本", width=24),
        Column("effective_from", "实施日期", sort="effective_from"),
        Column("in_force", "在用", numeric=True, unit="条", sort="in_force"),
        Column("retired", "已停用", numeric=True, unit="条", sort="retired"),
        Column("keeper", "代码来自", value=keeper, width=18),
        Column("note", "说明", default_on=False, width=50),
    )
    filters = (Filter("title", "名称"), Filter("source", "来源"))

    def queryset(self, viewer: Viewer) -> QuerySet[CodeTable]:
        return selectors.tables()

    def row_url(self, row: CodeTable, viewer: Viewer) -> str:
        return reverse("administration:code-table", args=[row.key])

    def row_actions(self, row: CodeTable, viewer: Viewer) -> Sequence[RowAction]:
        return (RowAction("版本和修改记录", reverse("administration:code-editions", args=[row.key])),)


def state_of(entry: CodeEntry) -> str:
    """One of STATES, today."""
    today = clock.today()
    if entry.retired_from is not None and entry.retired_from <= today:
        return "retired"
    return "coming" if entry.valid_from is not None and entry.valid_from > today else "in_force"


def _state_cell(row: CodeEntry, _viewer: Viewer) -> SafeString:
    state = state_of(row)
    tone, until = {"retired": "idle", "coming": "wait", "in_force": "ok"}[state], ""
    if state == "in_force" and row.retired_from is not None:
        until = f" 到 {row.retired_from} 为止"
    return format_html('{}<span class="xl-2nd">{}</span>', tag(tone, dict(STATES)[state]), until)


def _in_state(rows: QuerySet[Any], state: Any, viewer: Viewer) -> QuerySet[Any]:
    today = clock.today()
    retired, coming = Q(retired_from__lte=today), Q(valid_from__gt=today)
    return rows.filter({"retired": retired, "coming": coming, "in_force": ~retired & ~coming}[state])


def _origin(row: CodeEntry) -> str:
    return row.origin or row.table.source


class CodeEntries(ListSpec):
    """The entries of one table; ``key`` names it. Each table is a list of its own, so that its export is too."""

    key = ""
    permission = "codes.view"
    export_permission = "codes.view"
    nav_key = NAV
    noun = "代码"
    order_by = ("position", "code")
    columns = (
        Column("code", "代码", sort="code", sticky=True, always=True, mono=True, width=12),
        Column("label", "名称", sort="label", always=True, width=30),
        Column("short_label", "简称", width=20),
        Column("parent_code", "上级代码", mono=True),
        Column("state", "状态", value=lambda row: dict(STATES)[state_of(row)], cell=_state_cell),
        Column("valid_from", "启用日期", sort="valid_from"),
        Column("retired_from", "停用日期", sort="retired_from"),
        Column("edition", "版次", numeric=True, value=lambda row: row.edition or ""),
        Column("former", "曾用名", value=lambda row: row.former, width=24),
        Column("aliases", "别名", value=lambda row: "、".join(row.aliases), default_on=False, width=30),
        Column("origin", "出处", value=_origin, default_on=False, width=40),
    )

    def __init__(self) -> None:
        super().__init__()
        self.filters = (  # type: ignore[misc]
            Filter("code", "代码", match="prefix"),
            Filter("label", "名称", lookup=self.named, placeholder="名称或拼音首字母"),
            Filter("state", "状态", kind="choice", choices=STATES, lookup=_in_state),
            Filter("parent", "上级代码", lookup="parent_code", match="exact"),
        )

    def named(self, rows: QuerySet[Any], word: Any, viewer: Viewer) -> QuerySet[Any]:
        """Label or short label contains the word; letters also stand for the sound."""
        found = Q(label__icontains=word) | Q(short_label__icontains=word)
        if str(word).isascii() and str(word).isalpha():
            found |= Q(code__in=selectors.sounding_like(self.key, str(word)))
        return rows.filter(found)

    def queryset(self, viewer: Viewer) -> QuerySet[CodeEntry]:
        return selectors.entries(self.key)

    def prepare(self, rows: list[Any], viewer: Viewer) -> None:
        known = selectors.wordings([row.pk for row in rows])
        for row in rows:
            words = [f"{w.label}（到 {clock.local(w.until).date()}）" for w in known.get(row.pk, ())]
            row.former = "；".join(words)

    def row_label(self, row: CodeEntry) -> str:
        return f"{row.code} {row.label}"

    def head(self, viewer: Viewer) -> str:
        row = selectors.table_row(self.key)
        if row is None:
            return ""
        since = f"，{row.effective_from} 起实施" if row.effective_from else ""
        return format_html('<span class="xl-2nd">{} · {} 版{}</span>', row.source, row.edition, since)

    def head_tools(self, viewer: Viewer) -> Sequence[Tool]:
        return (
            Tool("版本和修改记录", reverse("administration:code-editions", args=[self.key]), "history"),
            Tool("返回", reverse("administration:codes"), "arrow-left"),
        )

    def toolbar(self, viewer: Viewer) -> Sequence[Tool]:
        off = BUILT_IN_REASON if self.key in BUILT_IN else ""
        return (
            Tool("新增代码", reverse("administration:code-add", args=[self.key]), "plus", permission=EDIT, reason=off),
            Tool(
                "新版本",
                reverse("administration:code-edition-new", args=[self.key]),
                "upload",
                permission=EDIT,
                reason=off,
            ),
        )

    def row_actions(self, row: CodeEntry, viewer: Viewer) -> Sequence[RowAction]:
        if not viewer.may(EDIT):
            return ()
        off, place = BUILT_IN_REASON if self.key in BUILT_IN else "", [self.key, row.code]
        rename = RowAction("更正名称", reverse("administration:code-rename", args=place), reason=off)
        if row.retired_from is not None:
            return (rename, RowAction("恢复使用", reverse("administration:code-restore", args=place), reason=off))
        return (rename, RowAction("停用", reverse("administration:code-retire", args=place), reason=off, danger=True))

    def empty(self, viewer: Viewer) -> Empty:
        return Empty("这张表还没有代码", "安装时由 prepare 命令载入。")


def _of(key: str, title: str) -> type[CodeEntries]:
    words = {"key": key, "name": f"codes.{key}", "title": title}
    crumbs = (("系统管理", ""), ("代码表", "/administration/codes/"))
    return type(f"CodeEntries_{key}", (CodeEntries,), words | {"crumbs": crumbs, "__module__": __name__})


ENTRY_LISTS = {key: _of(key, title) for key, title in selectors.shipped_titles().items()}
"""Code table → its list."""
