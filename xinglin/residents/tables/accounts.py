"""住院医师账户管理: accounts of the base's residents, reset and renewal of initial passwords (P-05, P-06)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from xinglin.accounts import standing
from xinglin.accounts.actions import issue_initial_credentials, reset_passwords, reset_refusals
from xinglin.accounts.enums import Policy
from xinglin.accounts.models import User
from xinglin.accounts.selectors import organization_of, resident_grants
from xinglin.kernel.names import tidied
from xinglin.kernel.viewer import Viewer
from xinglin.people.models import Person
from xinglin.ui.lists.declared import column
from xinglin.ui.lists.parts import BatchAction, BatchResult, Column, Empty, Filter, RowAction
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.templatetags.xl import tag

AT_ONCE = 1000
_ONE_BY_ONE = "本系统发放一次性随机密码，请逐个重置，密码只显示一次。"


def _state(row: Any) -> str:
    return str(row.standing.label)


def _state_cell(row: Any, _viewer: Viewer) -> SafeString:
    return tag(row.standing.tone, row.standing.label)


def _users(ids: list[Any], viewer: Viewer) -> dict[int, User]:
    return {grant.user_id: grant.user for grant in resident_grants(viewer).filter(pk__in=ids)}


def reset_many(ids: list[Any], viewer: Viewer) -> BatchResult:
    """重置密码 of the selected accounts; those that the base may not reset are left alone, with the reason."""
    users = _users(ids, viewer)
    refused = reset_refusals(list(users.values()), viewer)
    free = [user for user in users.values() if user.pk not in refused]
    issue = reset_passwords(free, issuer_organization=organization_of(viewer.organization_id), by=viewer)
    failed = [(users[user_id].display_name, reason) for user_id, reason in refused.items()]
    return BatchResult(f"已重置 {len(free)} 人的密码，初始密码为 {issue.default}。" if free else "", failed)


def renew_many(ids: list[Any], viewer: Viewer) -> BatchResult:
    """重新发放初始密码 for those who have not signed in yet."""
    users = _users(ids, viewer)
    waiting = [user for user in users.values() if not user.has_usable_password()]
    issuer = organization_of(viewer.organization_id)
    issue = issue_initial_credentials(waiting, issuer_organization=issuer, by=viewer)
    failed = [(user.display_name, "已设过密码，请用“重置密码”。") for user in users.values() if user not in waiting]
    done = f"已为 {len(waiting)} 人重新发放初始密码，{standing.until(issue.expires_at)}前有效。" if waiting else ""
    return BatchResult(done, failed)


class AccountsList(ListSpec):
    """Rows are the residents' identities at the base."""

    name = "residents.accounts"
    title = "住院医师账户管理"
    noun = "账户"
    permission = "residents.reset_password"
    export_permission = "residents.export"
    clear_permission = "residents.export_clear"
    nav_key = "residents.accounts"
    crumbs = (("住院医师管理", ""), ("招收信息管理", ""))
    order_by = ("-id",)
    columns = (
        column(Person, "name", at="user.person", sticky=True, always=True, width=12),
        column(Person, "id_number", at="user.person", label="证件号（账号）"),
        column(Person, "phone", at="user.person", label="手机号"),
        Column("state", "账户状态", value=_state, cell=_state_cell, width=30),
    )
    filters = (
        Filter("name", "姓名", lookup="user__person__name", tidy=tidied),
        Filter(
            "id_number", "证件号（账号）", kind="id_number", lookup="user__person__id_number_hash",
            last6="user__person__id_last6_hash",
        ),
        Filter("state", "账户状态", kind="choice", lookup=standing.having, choices=standing.CHOICES),
    )  # fmt: skip

    def queryset(self, viewer: Viewer) -> QuerySet[Any]:
        return resident_grants(viewer)

    def prepare(self, rows: list[Any], viewer: Viewer) -> None:
        found = standing.standings([row.user for row in rows])
        for row in rows:
            row.standing = found[row.user_id]

    def row_label(self, row: Any) -> str:
        return str(row.user.display_name)

    def row_actions(self, row: Any, viewer: Viewer) -> Sequence[RowAction]:
        ask = f"确定将{row.user.display_name}的登录密码重置为初始密码吗？其现有登录会退出。"
        return (RowAction("重置密码", reverse("residents:reset-password", args=[row.pk]), "post", confirm=ask),)

    def batch_actions(self, viewer: Viewer) -> Sequence[BatchAction]:
        reason = _ONE_BY_ONE if settings.XINGLIN_INITIAL_PASSWORDS == Policy.RANDOM else ""
        return (
            BatchAction(
                "renew", "重新发放初始密码", "key", run=renew_many, most=AT_ONCE, reason=reason,
                permission=self.permission,
            ),
            BatchAction(
                "reset", "重置密码", "rotate-clockwise", "danger-line", run=reset_many, most=AT_ONCE, reason=reason,
                permission=self.permission, confirm="确定将所选人员的登录密码重置为 000000 吗？其现有登录会退出。",
            ),
        )  # fmt: skip

    def empty(self, viewer: Viewer) -> Empty:
        return Empty("还没有住院医师账户", "在“招收信息管理”中导入住院医师账号后，在这里显示。")
