"""The resident's home page: whose turn it is, how complete the record is, what comes next (mock 08)."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from xinglin.kernel import clock
from xinglin.kernel.remarks import in_full, overall
from xinglin.people.enums import Section
from xinglin.people.fields import section_fields
from xinglin.people.rules import completeness

from ..enums import CorrectionStatus
from ..fields import record_names
from ..models import Correction
from ..tables.cells import CORRECTION_TONES
from .own_page import SECTIONS, OwnPage
from .own_section import address_of


@dataclass(frozen=True, slots=True)
class PartState:
    """One of the three parts. tone: bad (returned), wait (something missing), ok."""

    section: str
    title: str
    tone: str
    words: str
    draft: bool
    url: str

    @property
    def icon(self) -> str:
        return {"bad": "alert-circle", "wait": "circle-dashed", "ok": "circle-check"}[self.tone]


@dataclass(frozen=True, slots=True)
class Turn:
    """轮到您: what is asked, by whom, and where to do it."""

    title: str
    text: str
    who: str
    url: str
    action: str
    icon: str


def part_states(page: OwnPage) -> list[PartState]:
    """The three parts with what is left to do in each."""
    return [_part(page, section) for section in SECTIONS]


def _part(page: OwnPage, section: Section) -> PartState:
    returned = [key for key in page.waiting if key.startswith(f"{section}.")]
    missing = page.missing(section)
    if returned:
        tone, words = "bad", f"{len(returned)} 处要改"
    elif missing:
        tone, words = "wait", f"还缺 {len(missing)} 项"
    else:
        tone, words = "ok", "已填完"
    draft = page.draft(section) is not None
    return PartState(section, section.label, tone, words, draft, section_url(section))


def section_url(section: str) -> str:
    return reverse("own:section", args=[section])


def ring_value(page: OwnPage) -> int:
    """Percentage of the mandatory fields that are filled."""
    return completeness(page.content)


def turn_of(page: OwnPage, parts: list[PartState]) -> Turn | None:
    """What waits for the resident, None when it is somebody else's turn."""
    if page.lock or page.standing is None:
        return None
    if page.is_returned and page.correction is not None:
        return _returned(page, page.correction, parts)
    if page.is_reported:
        return None
    first = next((part for part in parts if part.tone != "ok"), None)
    if first is None:
        return None
    started = page.standing.subject.enrollment.filled_at is not None
    title = "请补齐个人信息" if started else "请填写个人信息"
    left = sum(len(page.missing(section)) for section in SECTIONS)
    text = (
        f"还缺 {left} 项，填完并保存后基地才能上报。"
        if started
        else "分三步填写，可以随时保存草稿，换手机或电脑接着填。"
    )
    return Turn(title, text, "", first.url, "接着填" if started else "开始填写", "edit")


def _returned(page: OwnPage, correction: Correction, parts: list[PartState]) -> Turn:
    size = len(page.waiting)
    photos = sum(key in _pictures() for key in page.waiting)
    if size and photos == size:
        title = f"基地退回：重拍 {size} 张照片"
    else:
        title = f"基地退回：有 {size} 处要改" if size else "基地退回：请按意见修改"
    first = next((part for part in parts if part.tone == "wait"), parts[0])
    url = address_of(page.waiting[0]) if size else first.url
    who = f"{correction.requested_by_name} · {clock.local(correction.requested_at):%m-%d %H:%M}"
    whole = overall(correction.comment, correction.field_comments)
    text = f"“{whole}”" if whole else in_full("", correction.field_comments, record_names()).replace("\n", "；")
    return Turn(title, text, who, url, "去修改", "camera" if photos == size > 0 else "edit")


def _pictures() -> set[str]:
    return {f.key for section in SECTIONS for f in section_fields(section) if f.declaration.kind == "image"}


def tags_of(page: OwnPage) -> list[tuple[str, str]]:
    """States in words, as (tone, text): the return, the report, the review."""
    if page.standing is None:
        return []
    enrollment, state = page.standing.subject.enrollment, page.standing.state
    tags = []
    if enrollment.lapsed_at is not None:
        tags.append(("idle", "已失效"))
    if page.is_returned:
        tags.append((CORRECTION_TONES[CorrectionStatus.REQUESTED], CorrectionStatus.REQUESTED.label))
    elif enrollment.correction_status == CorrectionStatus.CORRECTED and not page.is_approved:
        tags.append((CORRECTION_TONES[CorrectionStatus.CORRECTED], CorrectionStatus.CORRECTED.label))
    if page.is_approved:
        tags.append(("ok", "审核通过"))
    elif page.is_pending:
        tags += [("run", "已上报"), ("wait", "待审核")]
    else:
        tags.append(("idle", state.get_report_status_display()))
        if page.is_refused:
            tags.append(("bad", "省级退回基地"))
    return tags


def next_words(page: OwnPage, turn: Turn | None) -> str:
    """What happens next, in one sentence."""
    if page.standing is None:
        return page.lock
    if page.is_approved:
        return "审核已通过，已纳入在培管理。"
    if page.is_pending:
        return "基地已上报，等省级审核。"
    if page.lock:
        return page.lock
    if page.is_returned:
        return "改好后保存，交基地核对、上报"
    if turn is not None:
        return "填好后交基地核对、上报"
    if page.is_refused:
        return "省级退回给基地，正由基地处理；需要您改时会退回给您。"
    return "已填完，等基地核对、上报"
