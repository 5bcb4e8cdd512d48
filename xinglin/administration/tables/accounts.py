"""Lists: 账号管理, 基地账号."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from xinglin.accounts import standing
from xinglin.accounts.models import Grant, User
from xinglin.accounts.roles import ROLES
from xinglin.accounts.rules import last_day
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import selectors as organizations
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Organization
from xinglin.people.models import Person
from xinglin.ui.formats import moment
from xinglin.ui.lists.declared import column
from xinglin.ui.lists.parts import BatchAction, Column, Empty, Filter, RowAction, Tool
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.templatetags.xl import icon, tag
from xinglin.windows.selectors import fillings_to_extend
from xinglin.windows.tables import extension_address

from ..selectors import accounts as selectors

AT_ONCE = 5_000
SHEETS = 200
SHOWN = 2
MOST_TOLD = 1_000
OPENERS = ("accounts.open_staff", "accounts.manage")
_ROLES = tuple((code, found.label) for code, found in reversed(ROLES.items()))


def signs_in_with(user: User) -> str:
    """What is typed at the sign-in: chosen name, base code or name; the ID number is not told."""
    if user.organization is not None:
        return user.organization.code or user.organization.name
    return user.sign_in_name or "证件号码"


def identity_text(grant: Grant, home: int | None = None) -> str:
    """基地管理员 · 澜江大学附属第一医院（西医，2026-12-31 到期）; the reader's own organisation ``home`` is not named."""
    told = [grant.get_track_display()] if grant.track else []
    if grant.ends_at is not None:
        day = last_day(grant.ends_at)
        told.append(f"{day} 结束" if selectors.is_ended(grant) else f"{day} 到期")
    place = "" if grant.organization_id == home else f" · {grant.organization.name}"
    return f"{ROLES[grant.role].label}{place}" + (f"（{'，'.join(told)}）" if told else "")


def _identities(user: Any) -> str:
    return "；".join(identity_text(grant) for grant in user.identities)


def _identity_lines(user: Any, viewer: Viewer) -> SafeString:
    shown = [grant for grant in user.identities if not selectors.is_ended(grant)] or user.identities[:1]
    home = viewer.organization_id
    lines = format_html_join(
        "", "<div>{}{}</div>", ((identity_text(grant, home), _mark(grant)) for grant in shown[:SHOWN])
    )
    rest = len(user.identities) - len(shown[:SHOWN])
    more = format_html('<div class="xl-mini xl-2nd">另有 {} 个身份</div>', rest) if rest else ""
    return format_html("{}{}", lines, more)


def _mark(grant: Grant) -> SafeString | str:
    if selectors.is_ended(grant):
        return format_html(" {}", tag("idle", "已结束"))
    return format_html(" {}", tag("wait", "将到期")) if selectors.is_ending(grant) else ""


def _standing(row: Any, _viewer: Viewer) -> SafeString:
    return tag(row.standing.tone, row.standing.short) if row.standing else tag("idle", "未开通")


class AccountList(ListSpec):
    """Rows are accounts; what of them is shown are the identities in the viewer's subtree."""

    name = "administration.accounts"
    title, noun = "账号管理", "账号"
    permission = "accounts.view"
    export_permission = "accounts.view"
    nav_key = "administration.accounts"
    crumbs = (("系统管理", ""),)
    order_by = ("-id",)
    first = 4
    columns = (
        Column("name", "姓名或单位", value="display_name", sticky=True, always=True, link=True, width=20),
        Column("sign_in_name", "登录账号", value=signs_in_with, sort="sign_in_name", width=18),
        Column("identities", "身份", value=_identities, cell=_identity_lines, width=48),
        Column("standing", "账号状态", value="standing.label", cell=_standing, width=30),
        Column("last_login", "最近登录", sort="last_login", value=lambda user: moment(user.last_login), width=20),
        column(Person, "id_number", at="person", label="证件号码", default_on=False),
        column(Person, "phone", at="person", label="手机号", default_on=False),
        Column(
            "created_at", "开通时间", sort="created_at", value=lambda user: moment(user.created_at), default_on=False
        ),
    )
    filters = (
        Filter("kind", "账号类别", kind="choice", lookup=selectors.of_kind, choices=selectors.KINDS, default="desk"),
        Filter("name", "姓名、单位或登录账号", lookup=selectors.called),
        Filter("standing", "账号状态", kind="choice", lookup=selectors.stands, choices=standing.CHOICES),
        Filter("state", "身份状态", kind="choice", lookup=selectors.in_state, choices=selectors.STATES),
        Filter("role", "身份", kind="choice", lookup=selectors.with_role, choices=_ROLES),
        Filter("organization", "所在单位", kind="choice", lookup=selectors.at, choices=selectors.places),
        Filter(
            "id_number", "证件号码", kind="id_number", lookup="person__id_number_hash", last6="person__id_last6_hash"
        ),
        Filter("last_login", "最近登录", kind="date_range", with_time=True),
    )

    def queryset(self, viewer: Viewer) -> QuerySet[Any]:
        return selectors.accounts(viewer)

    def prepare(self, rows: list[Any], viewer: Viewer) -> None:
        found = standing.standings(rows)
        given = selectors.identities(viewer, [row.pk for row in rows])
        for row in rows:
            row.standing, row.identities = found[row.pk], given[row.pk]

    def row_label(self, row: Any) -> str:
        return str(row.display_name)

    def row_url(self, row: Any, viewer: Viewer) -> str:
        return reverse("administration:account", args=[row.pk])

    def row_actions(self, row: Any, viewer: Viewer) -> Sequence[RowAction]:
        reset = RowAction("重置密码", reverse("administration:account-reset", args=[row.pk]))
        return (RowAction("查看", self.row_url(row, viewer)), *((reset,) if may_renew(viewer) else ()))

    def toolbar(self, viewer: Viewer) -> Sequence[Tool | tuple[Tool, Tool]]:
        right = "accounts.open_staff"
        start, template = (reverse(f"imports:{name}", args=["staff-accounts"]) for name in ("start", "template"))
        return (
            Tool("开通工作人员账号", reverse("administration:staff-new"), "user-plus", "primary", permission=right),
            (Tool("工作人员账号导入", start, "upload", permission=right), Tool("模板下载", template, permission=right)),
        )

    def head_tools(self, viewer: Viewer) -> Sequence[Tool]:
        past = (past_handouts(),) if may_renew(viewer) else ()
        return (*past, Tool("角色与权限", reverse("administration:roles"), "shield-lock"))

    def notices(self, viewer: Viewer) -> str:
        number = selectors.stuck(viewer, MOST_TOLD) if may_renew(viewer) else 0
        if not number:
            return ""
        kind = "" if viewer.organization_kind == Kind.HOSPITAL else "desk"
        told = f"{number:,} 个以上" if number == MOST_TOLD else f"{number} 个"
        return format_html(
            '<div class="xl-note xl-note-wait" role="status">{}<div class="xl-grow">有 {}账号的初始密码失效或锁定，本人不能登录。'
            '<a href="{}?kind={}&amp;standing=stuck&amp;state=live">查看，重新发放</a></div></div>',
            icon("alert-triangle"), told, reverse("administration:accounts"), kind,
        )  # fmt: skip

    def batch_actions(self, viewer: Viewer) -> Sequence[BatchAction]:
        if not may_renew(viewer):
            return ()
        return (
            BatchAction("sheets", "打印激活单", "printer", url=reverse("administration:account-sheets"), most=SHEETS),
            BatchAction(
                "renew", "重新发放初始密码", "key", "primary", url=reverse("administration:accounts-renew"),
                most=AT_ONCE, confirm="确定为所选账号重新发放初始密码吗？以前的初始密码和激活单随即作废；已设密码的账号不变。",
            ),
        )  # fmt: skip

    def empty(self, viewer: Viewer) -> Empty:
        return Empty("还没有账号", "开通的账号在这里显示。")


def may_renew(viewer: Viewer) -> bool:
    """Whether the viewer may hand out initial passwords at all; each account is judged by itself."""
    return any(viewer.may(code) for code in (*OPENERS, "residents.reset_password"))


def past_handouts() -> Tool:
    """Where initial passwords are handed out, what was handed out before is one click away."""
    return Tool("发放记录", reverse("administration:handouts"), "history")


class BaseAccountList(ListSpec):
    """Training bases with their own accounts (R-23, P-06)."""

    name = "administration.base_accounts"
    title, noun = "基地账号", "培训基地"
    permission = "accounts.manage"
    export_permission = "accounts.manage"
    nav_key = "administration.base_accounts"
    crumbs = (("系统管理", ""),)
    order_by = ("province_id", "code")
    columns = (
        Column("name", "培训基地", sticky=True, always=True, link=True, sort="name", width=28),
        Column("code", "基地代码", sort="code"),
        Column("province", "省份", value=lambda row: row.province.short_name or row.province.name),
        Column(
            "standing", "账号状态", value=lambda row: row.standing.label if row.standing else "未开通", cell=_standing
        ),
        Column(
            "last_login", "最近登录", value=lambda row: moment(row.account.last_login) if row.account else "", width=20
        ),
        Column("contact_name", "联系人"),
        Column("contact_phone", "联系电话", value="contact_phone_masked"),
    )
    filters = (
        Filter("name", "培训基地"),
        Filter("code", "基地代码", match="prefix"),
        Filter(
            "standing", "账号状态", kind="choice", lookup=selectors.base_stands,
            choices=(("none", "未开通"), *standing.CHOICES),
        ),
        Filter(
            "province", "省份", kind="choice", lookup="province",
            choices=lambda viewer: [(str(p.pk), p.short_name or p.name) for p in organizations.provinces(viewer)],
        ),
    )  # fmt: skip

    def queryset(self, viewer: Viewer) -> QuerySet[Any]:
        return organizations.bases(viewer).select_related("province")

    def prepare(self, rows: list[Any], viewer: Viewer) -> None:
        found = selectors.base_accounts(viewer, [row.pk for row in rows])
        stands = standing.standings(list(found.values()))
        offered = fillings_to_extend(viewer, [row.pk for row in rows]) if viewer.may("windows.edit") else {}
        for row in rows:
            row.extends = offered.get(row.pk)
            row.account = found.get(row.pk)
            row.standing = stands[row.account.pk] if row.account else None

    def row_label(self, row: Organization) -> str:
        return row.name

    def row_url(self, row: Any, viewer: Viewer) -> str:
        return reverse("administration:account", args=[row.account.pk]) if row.account else ""

    def row_actions(self, row: Any, viewer: Viewer) -> Sequence[RowAction]:
        extend = [RowAction("延长", extension_address(row.extends, "filling", row.pk))] if row.extends else []
        if row.account is None:
            url, ask = reverse("administration:base-open", args=[row.pk]), f"确定为“{row.name}”开通基地账号吗？"
            return (RowAction("开通账号", url, "post", confirm=ask), *extend)
        return (RowAction("重置密码", reverse("administration:account-reset", args=[row.account.pk])), *extend)

    def head_tools(self, viewer: Viewer) -> Sequence[Tool]:
        return (past_handouts(),)

    def batch_actions(self, viewer: Viewer) -> Sequence[BatchAction]:
        return (
            BatchAction(
                "open", "开通账号", "user-plus", url=reverse("administration:bases-open"), most=SHEETS,
                confirm="确定为所选基地开通账号吗？已有账号的不变。",
            ),
            BatchAction("sheets", "打印激活单", "printer", url=reverse("administration:base-sheets"), most=SHEETS),
            BatchAction(
                "renew", "重新发放初始密码", "key", "primary", url=reverse("administration:bases-renew"), most=AT_ONCE,
                confirm="确定为所选基地重新发放初始密码吗？以前的初始密码和激活单随即作废；已设密码的账号不变。",
            ),
        )  # fmt: skip

    def empty(self, viewer: Viewer) -> Empty:
        return Empty("还没有培训基地", "在“组织机构”中新增培训基地后，在这里开通账号。")


LISTS: tuple[type[ListSpec], ...] = (AccountList, BaseAccountList)
