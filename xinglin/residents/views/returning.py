"""基本信息退回, the resident's correction, and its difference (R-07)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.accounts.access import needs
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.people.rules import missing_personal, unchangeable
from xinglin.reviews.spec import Outcome
from xinglin.ui.lists import selection
from xinglin.ui.lists.addresses import back_to

from ..actions.correcting import return_personal, see_correction
from ..models import Enrollment
from ..selectors.enrollments import names_of
from ..selectors.record_page import last_correction, visible_enrollment
from ..showing.baseline import personal_before
from ..showing.grid import TITLES, Reading, part_of
from ..standing import Standing, standings
from .notes import Asked, keep, kept, posted

AT_ONCE = 1000
FIELD = "comment."
PHRASES = (
    "照片不合要求，请上传 2 寸白底免冠照",
    "证件照片反光，看不清，请重拍",
    "证书编号与扫描件不一致，请核对",
    "缺扫描件，请补传",
    "资料不全，请按页面提示补齐",
)
PERSONAL = tuple(key for key in TITLES if key != "training_info")


@require_POST
@needs("residents.return_personal")
def return_many(request: HttpRequest) -> HttpResponse:
    """Return the selected residents with the comment; a first post without ``send`` leads to the page that asks."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    chosen = selection.read(request, "residents.intake")
    ids = chosen.ids(AT_ONCE)
    asked = posted(request, chosen.fields())
    if request.POST.get("send") != "1":
        return redirect("residents:return-ask", keep(request, asked))
    try:
        outcome = return_personal(ids, comment=asked.comment, by=viewer)
    except Refused as refusal:
        return _ask(request, asked, ids, refused=refusal.message)
    _tell(request, outcome, names_of(viewer, list(outcome.refused)))
    return redirect(back_to_list(asked.state))


@require_GET
@needs("residents.return_personal")
def return_ask(request: HttpRequest, key: str) -> HttpResponse:
    """The page that asks for the comment on many."""
    asked = kept(request, Asked, key)
    if asked is None:
        return redirect("residents:intake")
    return _ask(request, asked, selection.again(request, "residents.intake", asked.fields).ids(AT_ONCE))


def _ask(request: HttpRequest, asked: Asked, ids: list[int], *, refused: str = "") -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "nav_key": "residents.intake",
        "size": len(ids),
        "names": names_of(viewer, ids[:12]).values(),
        "fields": asked.fields,
        "state": asked.state,
        "comment": asked.comment,
        "phrases": PHRASES,
        "refused": refused,
    }
    return render(request, "residents/return_many.html", context, status=422 if refused else 200)


@require_http_methods(["GET", "POST"])
@needs("residents.return_personal")
def return_one(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """The personal record with a place for a comment at each field."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = visible_enrollment(viewer, enrollment_id)
    standing = standings([row], viewer)[row.pk]
    if request.method == "GET":
        fields = _missing_comments(standing) if request.GET.get("missing") == "1" else {}
        comment = "资料不全，请按下面标出的项目补齐。" if fields else ""
        return _page(request, row, standing, comment, fields)
    comment, fields = request.POST.get("comment", ""), _sent_comments(request)
    try:
        outcome = return_personal([row.pk], comment=comment, field_comments=fields, by=viewer)
    except Refused as refusal:
        return _page(request, row, standing, comment, fields, refused=refusal.message)
    if outcome.refused:
        return _page(request, row, standing, comment, fields, refused=outcome.refused[row.pk][0].message)
    messages.success(request, f"已退回{row.person.name}本人修改，本人登录后就能看到意见。")
    return redirect("residents:detail", row.pk)


@require_GET
@needs("residents.view")
def difference(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """What the resident changed since the last return, with the replies."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = visible_enrollment(viewer, enrollment_id)
    correction = last_correction(viewer, row.pk)
    parts: list[Any] = []
    if correction is not None:
        content = standings([row], viewer)[row.pk].subject.content
        reading = Reading(
            before=personal_before(correction, content), comments=correction.field_comments, replies=correction.replies
        )
        parts = [part_of(section, content, reading) for section in PERSONAL]
    may_see = viewer.may("residents.return_personal") and correction is not None and correction.corrected_at is not None
    return render(
        request, "residents/difference.html",
        {"nav_key": "residents.intake", "row": row, "correction": correction, "parts": parts,
         "changed": sum(part.changed for part in parts),
         "may_see": may_see and correction is not None and correction.correction_seen_at is None},
    )  # fmt: skip


@require_POST
@needs("residents.return_personal")
def seen(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """知道了: the base has looked at the changes."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = visible_enrollment(viewer, enrollment_id)
    see_correction(row.pk, by=viewer)
    messages.success(request, f"已记下：{row.person.name}的修改看过了。")
    return redirect("residents:detail", row.pk)


def back_to_list(state: str) -> str:
    """The list as it was when the selection was made; a strange word leads to the plain list."""
    return back_to("residents:intake", state)


def _tell(request: HttpRequest, outcome: Outcome, names: dict[int, str]) -> None:
    if outcome.done:
        messages.success(request, f"已退回 {len(outcome.done)} 人本人修改，本人登录后就能看到意见。")
    if outcome.refused:
        told = [f"{names.get(pk, '这条记录')}：{issues[0].message}" for pk, issues in list(outcome.refused.items())[:5]]
        rest = f"另有 {len(outcome.refused) - 5} 人。" if len(outcome.refused) > 5 else ""
        messages.warning(request, f"{len(outcome.refused)} 人没有退回。{''.join(told)}{rest}")


def _page(
    request: HttpRequest,
    row: Enrollment,
    standing: Standing,
    comment: str,
    fields: dict[str, str],
    *,
    refused: str = "",
) -> HttpResponse:
    reading = Reading(missing={issue.field for issue in standing.checked.missing}, comments=fields)
    parts = [part_of(section, standing.subject.content, reading) for section in PERSONAL]
    context = {
        "nav_key": "residents.intake", "row": row, "standing": standing, "parts": parts, "comment": comment,
        "phrases": PHRASES, "refused": refused, "unchangeable": unchangeable(standing.subject.record.person.id_type),
    }  # fmt: skip
    return render(request, "residents/return_one.html", context, status=422 if refused else 200)


def _sent_comments(request: HttpRequest) -> dict[str, str]:
    found = {name[len(FIELD) :]: str(text).strip() for name, text in request.POST.items() if name.startswith(FIELD)}
    return {key: text for key, text in found.items() if text}


def _missing_comments(standing: Standing) -> dict[str, str]:
    """One comment at each personal field that is missing."""
    return {issue.field: "没有填写，请补齐。" for issue in missing_personal(standing.subject.content) if issue.field}
