"""初始密码发放记录: past batches of initial passwords and whether their result can still be taken (P-05)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from xinglin.accounts import standing
from xinglin.accounts.enums import HandoutVerb
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.ui.formats import moment
from xinglin.ui.lists.parts import Column, Empty, Filter, RowAction
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.templatetags.xl import tag

from ..selectors import handouts as selectors

RIGHTS = ("accounts.open_staff", "accounts.manage", "residents.reset_password")


def _until(row: Any) -> str:
    return standing.until(row.tally.until) if row.tally.until else ""


def _until_cell(row: Any, _viewer: Viewer) -> SafeString | str:
    if row.tally.until is None:
        return ""
    over = row.tally.until <= clock.now()
    return format_html("{} {}", _until(row), tag("idle", "已过期") if over else "")


def _result(row: Any) -> str:
    """Whether the result with the passwords can still be taken, and by whom."""
    if row.is_open:
        return "正在办理"
    if row.wiped_at is not None or row.expires_at <= clock.now():
        return "已清除（只保留 7 天）"
    return f"{'可' if row.mine else '办理人可'}下载至 {standing.until(row.expires_at)}"


def _result_cell(row: Any, _viewer: Viewer) -> SafeString:
    if row.is_open:
        return tag("run", "正在办理")
    if row.wiped_at is not None or row.expires_at <= clock.now():
        return tag("idle", "已清除")
    return format_html(
        "{} {}", tag("ok", "可下载" if row.mine else "办理人可下载"), f"至 {standing.until(row.expires_at)}"
    )


class HandoutList(ListSpec):
    """Rows are batches, whether of one account or of thousands."""

    name = "administration.handouts"
    title, noun = "初始密码发放记录", "次"
    permission = RIGHTS
    export_permission = "accounts.view"
    nav_key = "administration.accounts"
    crumbs = (("系统管理", ""), ("账号管理", "administration:accounts"))
    order_by = ("-created_at", "-id")
    columns = (
        Column("created_at", "时间", value=lambda row: moment(row.created_at), sort="created_at", sticky=True,
               always=True, link=True, width=20),
        Column("verb", "方式", value=lambda row: row.get_verb_display(), width=12),
        Column("by", "办理人", value="by_name", width=16),
        Column("accounts", "账号", value=lambda row: row.tally.accounts, numeric=True, unit="个", width=10),
        Column("issued", "已发放", value=lambda row: row.tally.issued, numeric=True, unit="个", width=10),
        Column("used", "已首次登录", value=lambda row: row.tally.used, numeric=True, unit="个", width=12),
        Column("refused", "没有办理", value=lambda row: row.tally.refused, numeric=True, unit="个", width=10),
        Column("until", "初始密码有效期至", value=_until, cell=_until_cell, width=24),
        Column("result", "结果和激活单", value=_result, cell=_result_cell, width=30),
        Column("reason", "理由", width=24, default_on=False),
    )  # fmt: skip
    filters = (
        Filter("verb", "方式", kind="choice", choices=HandoutVerb.choices),
        Filter("created_at", "时间", kind="date_range", with_time=True),
    )

    def queryset(self, viewer: Viewer) -> QuerySet[Any]:
        return selectors.batches(viewer)

    def prepare(self, rows: list[Any], viewer: Viewer) -> None:
        ids = [row.pk for row in rows]
        found, mine = selectors.tallies(ids), selectors.own(viewer, ids)
        names = selectors.names_of(row.owner_user_id for row in rows)
        for row in rows:
            row.tally, row.mine = found.get(row.pk, selectors.Tally()), row.pk in mine
            row.by_name = names.get(row.owner_user_id, "系统")

    def row_label(self, row: Any) -> str:
        return f"{row.get_verb_display()} {moment(row.created_at)}"

    def row_url(self, row: Any, viewer: Viewer) -> str:
        return reverse("administration:handout", args=[row.pk]) if getattr(row, "mine", False) else ""

    def row_actions(self, row: Any, viewer: Viewer) -> Sequence[RowAction]:
        if not row.mine:
            return ()
        return (RowAction("查看", self.row_url(row, viewer)),)

    def empty(self, viewer: Viewer) -> Empty:
        return Empty("还没有发放过初始密码", "开通账号、重置密码、重新发放之后，每一次都在这里。")


LISTS: tuple[type[ListSpec], ...] = (HandoutList,)
