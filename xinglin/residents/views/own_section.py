"""The three steps that the resident fills (R-07, R-19, R-20, P-23): nothing typed is ever lost."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from xinglin.accounts import sessions
from xinglin.accounts.access import needs
from xinglin.accounts.reauth import again_form, prove_again
from xinglin.kernel.errors import DomainError, Stale
from xinglin.people.actions import save_draft
from xinglin.people.actions.saving import put
from xinglin.people.enums import Section
from xinglin.people.fields import section_fields
from xinglin.people.selectors import record_of

from ..actions.own import give_up_draft, store_picture, view_own_number
from ..actions.personal import save_personal
from ..forms.personal import SEEN, PersonalForm
from ..showing.own_page import OwnPage, own_page
from ..showing.own_section import findings_of, form_of, hard_issues, is_finished, next_of, open_doubts
from .own_screen import screen

LONGEST = 4000
"""What a draft keeps of one field: more than any field takes, so that what is too long comes back whole."""
SAVED = "已保存，基地可见。"
ANSWERED = "已保存，退回意见都已处理。基地会看到您改了什么。"
RECALLED = "上报已撤回，由基地重新上报。"
FINISHED = "全部填完，等基地核对、上报。"
OPEN_DOORS = ("basic_info.phone", "basic_info.email")
"""Where a forgotten password is sent, and what its owner is told: changed only by whoever knows the password."""
OVERTAKEN = "这一页打开之后，别的窗口保存过同样的项目：{}。您填的内容还在，请核对下面标出的不同，再保存。"
DRAFT_OVERTAKEN = "草稿之后，别的窗口保存过同样的项目：{}。下面是草稿的内容，请核对标出的不同，再保存。"
AGAIN = "改这一项要再输入一次密码，填在下面；别的内容都还在。"


@require_http_methods(["GET", "POST"])
@needs("own.edit")
@never_cache
def section(request: HttpRequest, section: str) -> HttpResponse:
    """Show a step, or take what was typed: keep it as a draft, save it, or look at the own number."""
    if section not in Section.values:
        raise Http404
    if request.method == "POST":
        return _post(request, section)
    page = own_page(request.viewer)  # type: ignore[attr-defined]
    if page.lock:
        return render(request, "residents/own/locked.html", screen(page, section))
    form = form_of(page, section, raw=_drafted(page, section))
    if overtaken := form.overtaken():
        messages.warning(request, DRAFT_OVERTAKEN.format("、".join(overtaken)))
    for issue in hard_issues(page, section):
        if issue.field in form.fields:
            form.errors.setdefault(issue.field, form.error_class([issue.message]))
    return _show(request, page, form)


def _post(request: HttpRequest, section: str) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    act = request.POST.get("act", "save")
    if act == "discard":
        give_up_draft(section, by=viewer)
        messages.info(request, "草稿已放弃，显示的是已保存的内容。")
        return redirect("own:section", section)
    page = own_page(viewer)
    data, refused = _with_pictures(request, section)
    form = form_of(page, section, data, refused=refused)
    if act == "reveal":
        return _show(request, page, form, number=view_own_number(by=viewer))
    if act == "draft":
        save_draft(section, typed(section, data), by=viewer)
        if not refused:
            messages.success(request, "草稿已保存，只有您看得到，还没有生效。")
            return redirect("own:section", section)
        form.full_clean()
        return _refuse(request, page, form)
    return _save(request, page, form, act)


def _save(request: HttpRequest, page: OwnPage, form: PersonalForm, act: str) -> HttpResponse:
    """保存: refused with everything kept, asked once more when a report is recalled by it, or done."""
    valid = form.is_valid()
    if page.lock:
        form.add_error(None, f"{page.lock}您填的内容没有丢，已存为草稿。")
        return _refuse(request, page, form)
    if not valid:
        return _refuse(request, page, form)
    if overtaken := form.overtaken():
        form.add_error(None, OVERTAKEN.format("、".join(overtaken)))
        return _refuse(request, page, form, status=Stale.status)
    changed = _changes(form)
    doors = [key for key in OPEN_DOORS if key in changed]
    if doors and not sessions.is_confirmed(request):
        again = again_form(request)
        if not prove_again(request, again):
            for key in doors:
                form.add_error(key, AGAIN)
            return _refuse(request, page, form, again=again, again_below=doors[-1])
    if page.is_pending and request.POST.get("confirm") != "1" and changed:
        return _refuse(request, page, form, asking=True)
    try:
        save_personal(form.section, form.values(), by=page.viewer, seen=form.content, **_replies(form.data))
    except Stale:  # saved elsewhere since this request began: compared once more
        now = own_page(page.viewer)
        return _save(request, now, form_of(now, form.section, form.data), act)
    except DomainError as refusal:
        place = _place_of(refusal, form)
        form.add_error(None, f"{place}{refusal.message}您填的内容没有丢，已存为草稿。")
        return _refuse(request, page, form)
    return _after(request, page, form.section, act)


def _place_of(refusal: DomainError, form: PersonalForm) -> str:
    """Which of the texts a refusal means, in words: 给基地的说明, or the explanation of one field."""
    if refusal.field == "reply":
        return "“给基地的说明”"
    field = next((found for found in section_fields(form.section) if found.key == refusal.field), None)
    return f"对“{field.label}”的说明" if field else ""


def _after(request: HttpRequest, before: OwnPage, section: str, act: str) -> HttpResponse:
    """Say what was done and what is left; stay where something contradicts, go home where nothing is left, else go on."""
    now, following = own_page(before.viewer), next_of(section)
    answered = before.is_returned and not now.is_returned
    recalled = before.is_pending and not now.is_pending
    finished = is_finished(now) and not recalled and (following is None or not is_finished(before))
    words = ANSWERED if answered else SAVED
    words += RECALLED if recalled else FINISHED if finished and not answered else ""
    messages.success(request, words)
    if now.is_returned:
        left = (
            f"还有 {len(now.waiting)} 处退回意见要改或说明。"
            if now.waiting
            else "退回的内容还没有改动，也没有写说明，基地仍在等您。"
        )
        messages.warning(request, left)
    waits = _waits(request, before, now, section, act)
    if not waits and (answered or finished):
        return redirect("own:home")
    if waits or act != "next":
        response = redirect("own:section", section)
        response["Location"] += "?saved=1"
        return response
    if missing := now.missing(section):
        messages.warning(request, f"{Section(section).label}还缺 {len(missing)} 项，可以稍后补。")
    return redirect("own:section", following) if following else redirect("own:home")


def _waits(request: HttpRequest, before: OwnPage, now: OwnPage, section: str, act: str) -> bool:
    """Whether contradictions keep the person here, told in words: hard ones always, soft ones when they are new (R-26)."""
    hard = sum(finding.is_hard for finding in findings_of(now, section))
    doubts = open_doubts(now, section)
    if hard:
        messages.warning(request, f"有 {hard} 处互相矛盾，改好后基地才能上报。")
    if not doubts:
        return bool(hard)
    seen = open_doubts(before, section)
    is_new = any(doubt not in seen for doubt in doubts)
    if act == "next" and not is_new and not hard:
        messages.warning(request, f"{Section(section).label}还有 {len(doubts)} 处请核对，可以稍后改或写明理由。")
        return False
    on = "再点“保存，下一步”可以先填后面的。" if act == "next" and next_of(section) and not hard else ""
    messages.warning(request, f"还有 {len(doubts)} 处请核对：填错了就改，属实请写明理由。{on}")
    return True


def _refuse(
    request: HttpRequest, page: OwnPage, form: PersonalForm, *, status: int = 422, **words: Any
) -> HttpResponse:
    """Show the form again with what was typed, and keep it as a draft besides."""
    save_draft(form.section, typed(form.section, form.data), by=page.viewer)
    return _show(request, page, form, status=status, **words)


def _show(request: HttpRequest, page: OwnPage, form: PersonalForm, *, status: int = 200, **words: Any) -> HttpResponse:
    found = screen(page, form.section, form) | words
    found["saved"] = request.GET.get("saved") == "1"
    return render(request, "residents/own/section.html", found, status=status)


def _changes(form: PersonalForm) -> set[str]:
    """What saving would change (and so recall a report), by key."""
    return set(put(record_of(form.record.person.pk), form.section, form.values()))


def _with_pictures(request: HttpRequest, section: str) -> tuple[Any, dict[str, str]]:
    """What was sent, with the ids of pictures that came with the form itself, and the reasons of refused ones."""
    data, refused = request.POST.copy(), {}
    for field in section_fields(section):
        upload = request.FILES.get(f"{field.key}__file")
        if field.declaration.kind == "image" and upload is not None:
            try:
                data[field.key] = str(store_picture(upload, field.declaration.name, by=request.viewer).pk)  # type: ignore[attr-defined]
            except DomainError as refusal:
                refused[field.key] = refusal.message
    return data, refused


def typed(section: str, data: Any) -> dict[str, str]:
    """The raw input of one step as a draft keeps it: its fields, pictures and replies, and what was saved then."""
    keys = [field.key for field in section_fields(section)]
    names = [*keys, *(f"reply.{key}" for key in keys), "reply", SEEN]
    return {name: str(data[name])[:LONGEST] for name in names if name in data}


def _drafted(page: OwnPage, section: str) -> dict[str, str]:
    draft = page.draft(section)
    if draft is None:
        return {}
    found: dict[str, str] = json.loads(draft.content)
    return found


def _replies(data: Any) -> dict[str, Any]:
    """The reply to the whole comment, and those to single fields."""
    single = {name.removeprefix("reply."): str(data[name]) for name in data if name.startswith("reply.")}
    return {"reply": str(data.get("reply", "")), "replies": single}
