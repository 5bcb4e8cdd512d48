"""The page of one account: identities, standing, what may be done, history (P-06, P-07)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from xinglin.accounts import standing
from xinglin.accounts.access import needs
from xinglin.accounts.actions import reset_refusals
from xinglin.accounts.actions.factors import factor_refusals
from xinglin.accounts.factor_selectors import state_of
from xinglin.accounts.models import Grant, User
from xinglin.accounts.roles import ROLES, Role
from xinglin.accounts.rules import end_text, opening_refusal
from xinglin.history.models import HistoryEntry
from xinglin.history.selectors import open_entries
from xinglin.kernel import masks
from xinglin.kernel.viewer import Viewer

from ..selectors import accounts as selectors
from ..tables.accounts import may_renew, signs_in_with

VERBS = {
    "account_opened": ("开通账号", "ok"),
    "enrollment.import": ("导入账号", "ok"),
    "grant_given": ("授予身份", "ok"),
    "grant_ended": ("结束身份", "bad"),
    "grant_expiry": ("改到期日", ""),
    "credential_issued": ("重新发放初始密码", ""),
    "password_reset": ("重置密码", "bad"),
    "password_set": ("设置第一个密码", "ok"),
    "password_changed": ("修改密码", ""),
    "factor_on": ("开启两步验证", "ok"),
    "factor_replaced": ("更换验证器", ""),
    "factor_off": ("关闭两步验证", "bad"),
    "factor_reset": ("重置两步验证", "bad"),
    "recovery_codes_renewed": ("重新生成恢复码", ""),
    "recovery_code_used": ("用恢复码登录", ""),
    "sheet_printed": ("打印激活单", ""),
    "activation_used": ("用激活单登录", ""),
    "handout_taken": ("下载一次性密码", ""),
    "signed_in": ("登录", ""),
    "identity_switched": ("切换身份", ""),
}
OTHER = "账号变动"


@dataclass(frozen=True, slots=True)
class Line:
    """One identity: what it is, and why it may not be ended or dated; "" when it may."""

    grant: Grant
    role: Role
    until: str
    ended: bool
    ending: bool
    refusal: str
    sees_url: str


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the account's history in words."""

    title: str
    tone: str
    entry: HistoryEntry
    reason: str
    role: str


@require_GET
@never_cache
@needs("accounts.view")
def account(request: HttpRequest, user_id: int) -> HttpResponse:
    """One account with an identity in the viewer's subtree; others are not there (404)."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return render(request, "administration/accounts/account.html", page_of(viewer, selectors.account(viewer, user_id)))


def page_of(viewer: Viewer, user: User) -> dict[str, Any]:
    """Everything that the page of an account, and the pages of its verbs, show."""
    grants = selectors.identities(viewer, [user.pk])[user.pk]
    refused = reset_refusals([user], viewer).get(user.pk, "")
    refusal_of_factor = factor_refusals([user], viewer).get(user.pk, "")
    stands = standing.standings([user])[user.pk]
    person = user.person
    return {
        "nav_key": "administration.accounts",
        "account": user,
        "person": person,
        "standing": stands,
        "signs_in_with": signs_in_with(user),
        "id_number": masks.id_number(person.id_number) if person else "",
        "phone": masks.phone(person.phone)
        if person
        else (user.organization and user.organization.contact_phone_masked),
        "lines": [_line(grant, viewer) for grant in grants],
        "elsewhere": selectors.elsewhere(viewer, user),
        "reset_refusal": refused if may_renew(viewer) else refused or "当前身份不能重置密码。",
        "factor": state_of(user),
        "factor_refusal": refusal_of_factor if may_renew(viewer) else refusal_of_factor or "当前身份不能重置两步验证。",
        "renew_refusal": refused or ("已设过密码，请用“重置密码”。" if stands.code == "active" else ""),
        "sheet_refusal": refused or ("" if stands.is_waiting else "没有待用的初始密码，请先重新发放。"),
        "give_refusal": _give_refusal(viewer, user),
        "events": _events(viewer, user),
    }


def _line(grant: Grant, viewer: Viewer) -> Line:
    node = grant.organization
    ended = selectors.is_ended(grant)
    refusal = "已经结束" if ended else opening_refusal(
        viewer, grant.role, kind=node.kind, path=node.path, name=node.name, track=grant.track,
        receiver_id=grant.user_id,
    )  # fmt: skip
    query = urlencode({"role": grant.role, "organization": node.pk, "track": grant.track})
    return Line(
        grant, ROLES[grant.role], end_text(grant.ends_at), ended, selectors.is_ending(grant), refusal,
        f"{reverse('administration:role-sees')}?{query}",
    )  # fmt: skip


def _give_refusal(viewer: Viewer, user: User) -> str:
    if user.organization_id is not None:
        return "单位账号只有单位自己的身份，不能再授予别的身份。"
    if user.pk == viewer.user_id:
        return "不能给自己授予身份，请由其他有权的人办理。"
    return "" if selectors.givable(viewer) else f"“{viewer.role_label}”不能授予身份，请联系基地账号或上一级管理部门。"


def _events(viewer: Viewer, user: User) -> list[Event]:
    opened = open_entries(selectors.log_of(viewer, user))
    found = []
    for one in opened:
        title, tone = VERBS.get(one.entry.verb, (OTHER, ""))
        role = ROLES.get(one.entry.facts.get("role", ""))
        found.append(Event(title, tone, one.entry, one.reason, role.label if role else ""))
    return found
