"""重置密码, 重置两步验证, 重新发放初始密码 of many, and what was handed out (P-05, P-06)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.accounts import standing
from xinglin.accounts.access import needs
from xinglin.accounts.actions import (
    begin_handout,
    note_job,
    reset_one,
    reset_refusals,
    take_passwords,
    work_off,
)
from xinglin.accounts.actions.factors import factor_refusals, reset_factor
from xinglin.accounts.enums import HandoutVerb, Policy
from xinglin.accounts.factor_selectors import has_factor
from xinglin.accounts.models import CredentialHandout, HandoutItem
from xinglin.accounts.selectors import items_of, visible_handout
from xinglin.jobs import actions as jobs
from xinglin.jobs.selectors import mine
from xinglin.kernel.viewer import Viewer
from xinglin.ui.lists import selection

from ..forms.accounts import ReasonForm, sent
from ..job_specs import RENEW_JOB
from ..result_workbook import result_workbook
from ..selectors import accounts as selectors
from ..tables.accounts import AT_ONCE, signs_in_with

RIGHTS = ("accounts.open_staff", "accounts.manage", "residents.reset_password")
NO_FACTOR = "这个账号没有开启两步验证。"
FACTOR_LEAD = (
    "请先像发放账号时一样核实是{}本人：当面核对证件，或打登记的电话。重置后，这个账号只凭密码登录，验证器和恢复码全部作废，"
    "现有登录全部退出；要求使用两步验证的身份，下次登录时当场重新设置。怀疑密码也被人知道的，请同时重置密码。"
)
INLINE = 200
SHOWN = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Line:
    """One account of a batch, in words. ``password``: what to sign in with; "" where there is nothing to tell."""

    item: HandoutItem
    name: str
    signs_in_with: str
    password: str
    state: str
    tone: str


@require_http_methods(["GET", "POST"])
@needs(*RIGHTS)
def reset(request: HttpRequest, user_id: int) -> HttpResponse:
    """重置密码 of one account: asks, with a reason; says who can where this viewer cannot (P-06, P-21)."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    user = selectors.account(viewer, user_id)
    refusal = reset_refusals([user], viewer).get(user.pk, "")
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        batch = reset_one(user, by=viewer, reason=form.cleaned_data["reason"])
        return redirect("administration:handout", batch.pk)
    lead = f"{user.display_name}的密码会变回初始密码，现有登录全部退出，下次登录须重新设密码。"
    words: dict[str, Any] = {
        "nav_key": "administration.accounts", "account": user, "form": form, "title": "重置密码", "button": "重置密码",
        "lead": lead, "danger": True, "refusal": refusal,
    }  # fmt: skip
    return render(request, "administration/accounts/verb.html", words, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs(*RIGHTS)
def reset_second_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """重置两步验证 of somebody who lost it, by whoever may reset the password, after a look at who asks (P-06, P-08)."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    user = selectors.account(viewer, user_id)
    refusal = factor_refusals([user], viewer).get(user.pk, "") or ("" if has_factor(user.pk) else NO_FACTOR)
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        reset_factor(user, by=viewer, reason=form.cleaned_data["reason"])
        messages.success(request, f"{user.display_name}的两步验证已重置，现有登录全部退出。")
        return redirect("administration:account", user.pk)
    words: dict[str, Any] = {
        "nav_key": "administration.accounts", "account": user, "form": form, "title": "重置两步验证",
        "button": "重置两步验证", "lead": FACTOR_LEAD.format(user.display_name), "danger": True, "refusal": refusal,
        "refusal_title": "您不能重置这个账号的两步验证",
    }  # fmt: skip
    return render(request, "administration/accounts/verb.html", words, status=422 if form.errors else 200)


@require_POST
@needs(*RIGHTS)
def renew_accounts(request: HttpRequest) -> HttpResponse:
    """重新发放 for accounts selected in 账号管理, or one account of its page."""
    return _renew(request, selection.read(request, "administration.accounts").ids(AT_ONCE))


@require_POST
@needs("accounts.manage")
def renew_bases(request: HttpRequest) -> HttpResponse:
    """重新发放 for the own accounts of bases selected in 基地账号."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    chosen = selection.read(request, "administration.base_accounts").ids(AT_ONCE)
    return _renew(request, [user.pk for user in selectors.base_accounts(viewer, chosen).values()])


def _renew(request: HttpRequest, ids: Sequence[int]) -> HttpResponse:
    """At once for a few; many are a job."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    with transaction.atomic():
        batch = begin_handout(HandoutVerb.RENEWED, ids, by=viewer)
        if len(ids) <= INLINE:
            work_off(batch, by=viewer)
        else:
            title = f"重新发放 {len(ids)} 个初始密码"
            note_job(batch, jobs.enqueue(RENEW_JOB, by=viewer, arguments={"handout": str(batch.pk)}, title=title).pk)
    return redirect("administration:handout", batch.pk)


@require_GET
@never_cache
@needs(*RIGHTS)
def handout(request: HttpRequest, handout_id: UUID) -> HttpResponse:
    """What was handed out, to whom not and why; for whoever handed it out, for a week."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    batch = visible_handout(viewer, handout_id)
    lines = lines_of(batch)
    done = [line for line in lines if line.item.credential is not None]
    refused = [line for line in lines if line.item.refusal]
    words = {
        "nav_key": "administration.accounts",
        "batch": batch,
        "done": done[:SHOWN],
        "done_count": len(done),
        "refused": refused[:SHOWN],
        "refused_count": len(refused),
        "shown": SHOWN,
        "random": any(line.item.credential.policy == Policy.RANDOM for line in done if line.item.credential),
        "default": next((line.item.credential.default for line in done if line.item.credential), ""),
        "until": standing.until(done[0].item.credential.expires_at) if done and done[0].item.credential else "",
        "pending": [line.item.user_id for line in done if line.tone == "wait"],
        "job": mine(viewer).filter(pk=batch.job_id).first() if batch.is_open and batch.job_id else None,
        "progress": reverse("jobs:progress", args=[batch.job_id]) if batch.job_id else "",
    }
    return render(request, "administration/accounts/handout.html", words)


def lines_of(batch: CredentialHandout) -> list[Line]:
    """Every account of a batch as it stands now: a password that was used or renewed is not shown any more."""
    items = list(items_of(batch))
    stands = standing.standings([item.user for item in items])
    return [_line(item, batch, stands[item.user_id]) for item in items]


def _line(item: HandoutItem, batch: CredentialHandout, stands: standing.Standing) -> Line:
    name, signs = item.user.display_name, signs_in_with(item.user)
    credential = item.credential
    if credential is None:
        return Line(item, name, signs, "", item.refusal or "等待办理", "idle")
    if credential.used_at is not None:
        return Line(item, name, signs, "", "本人已设密码", "ok")
    if credential.revoked_at is not None:
        return Line(item, name, signs, "", "已作废，后来又发过", "idle")
    if not stands.is_waiting:
        return Line(item, name, signs, "", stands.short, "bad")
    gone = batch.wiped_at is not None
    password = credential.default or ("" if gone else item.password)
    return Line(item, name, signs, password, "待首次登录", "wait")


@require_POST
@never_cache
@needs(*RIGHTS)
def workbook(request: HttpRequest, handout_id: UUID) -> HttpResponse:
    """The result as a workbook, recorded each time."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    batch = visible_handout(viewer, handout_id)
    take_passwords(batch, by=viewer)
    response = HttpResponse(result_workbook(lines_of(batch)), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{'%E5%88%9D%E5%A7%8B%E5%AF%86%E7%A0%81'}.xlsx"
    response["X-Content-Type-Options"] = "nosniff"
    return response
