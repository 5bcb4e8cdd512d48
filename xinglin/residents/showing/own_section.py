"""One step of the resident's form as it is shown: form, what the base said, what is missing, what contradicts (mock 09)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from xinglin.kernel import clock
from xinglin.kernel.issues import Issue
from xinglin.people.enums import Section
from xinglin.people.fields import in_words

from ..cross_checks import Finding
from ..fields import record_fields, record_labels, record_names
from ..forms.personal import PersonalForm
from ..models import CheckConfirmation
from .own_page import SECTIONS, OwnPage

NOT_TOLD = {"same_person"}
"""Rules that compare with other people: the base looks at them, the resident is not told of others."""


def form_of(page: OwnPage, section: str, data: Mapping[str, Any] | None = None, **options: Any) -> PersonalForm:
    """The form of one step with the base's words at their fields."""
    comments, answered, replies = _said(page)
    return PersonalForm(
        section, page.record, page.viewer, data, comments=comments, answered=answered, replies=replies, **options
    )


def _said(page: OwnPage) -> tuple[dict[str, str], list[str], dict[str, str]]:
    """Comments that wait, keys that are answered, replies given: only while the return is open."""
    if not page.is_returned or page.correction is None:
        return {}, [], {}
    said = page.correction.field_comments
    waiting = {key: f"基地：{said[key]}" for key in page.waiting}
    return waiting, [key for key in said if key not in waiting], dict(page.correction.replies)


@dataclass(frozen=True, slots=True)
class Piece:
    """One of the two facts that do not fit, with the way to its field."""

    label: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A contradiction that wants a reason, or that has one."""

    rule: str
    message: str
    pieces: list[Piece]
    reason: str = ""


def findings_of(page: OwnPage, section: str) -> list[Finding]:
    """Contradictions that touch a field of this step and that the resident may be told."""
    if page.standing is None:
        return []
    return [
        finding
        for finding in page.standing.checked.findings
        if finding.rule.code not in NOT_TOLD and any(piece.key.startswith(f"{section}.") for piece in finding.fields)
    ]


def hard_issues(page: OwnPage, section: str) -> list[Issue]:
    """Contradictions that stop the report, each at its first field of this step."""
    issues = []
    for finding in findings_of(page, section):
        if finding.is_hard:
            key = next(piece.key for piece in finding.fields if piece.key.startswith(f"{section}."))
            issues.append(Issue(key, finding.message, rule=finding.rule.code))
    return issues


def doubts_of(page: OwnPage, section: str) -> list[Doubt]:
    """Soft contradictions of this step: those that want a reason first."""
    if page.standing is None:
        return []
    confirmed: dict[str, CheckConfirmation] = page.standing.checked.confirmed
    found = [
        Doubt(
            finding.rule.code,
            finding.message,
            [Piece(p.label, p.value, address_of(p.key, section)) for p in finding.fields],
            confirmed[finding.rule.code].reason if finding.rule.code in confirmed else "",
        )
        for finding in findings_of(page, section)
        if not finding.is_hard
    ]
    return sorted(found, key=lambda doubt: bool(doubt.reason))


def open_doubts(page: OwnPage, section: str) -> list[Doubt]:
    """Those that still want a reason."""
    return [doubt for doubt in doubts_of(page, section) if not doubt.reason]


def is_finished(page: OwnPage) -> bool:
    """Nothing is left to the resident: no return, nothing missing, no contradiction."""
    contradicts = any(open_doubts(page, section) or hard_issues(page, section) for section in SECTIONS)
    return not page.is_returned and not contradicts and not any(page.missing(section) for section in SECTIONS)


def anchor_of(key: str) -> str:
    """The id of the field's place on the page, "" for a fact that is no field of the personal record."""
    found = record_fields().get(key)
    if found is None or found.section not in SECTIONS:
        return ""
    return f"upload-{key}" if found.declaration.kind == "image" else f"id_{key}"


def address_of(key: str, here: str = "") -> str:
    """The way to a field: within the step ``here``, or to its place in another step; "" for no field of the record."""
    anchor, section = anchor_of(key), key.partition(".")[0]
    if not anchor:
        return ""
    return f"#{anchor}" if section == here else f"{reverse('own:section', args=[section])}#{anchor}"


def returned_lines(page: OwnPage, here: str = "") -> list[tuple[str, str]]:
    """What waits for a change or a reply as (words, address): the field, and what the base said of it."""
    if page.correction is None:
        return []
    names, lines = record_names(), []
    for key in page.waiting:
        words = f"{names[key]}：{page.correction.field_comments[key]}"
        lines.append((words, address_of(key, here)))
    return lines


def missing_lines(page: OwnPage, section: str) -> list[tuple[str, str]]:
    """What the step still lacks as (label, anchor)."""
    labels = record_labels()
    lines = []
    for issue in page.missing(section):
        label = in_words(labels[issue.field]) if not issue.field.endswith(".applies") else issue.message
        lines.append((label, anchor_of(issue.field)))
    return lines


def draft_words(page: OwnPage, section: str) -> str:
    """17:54, or 10-24 17:54 when it was not today; "" without a draft."""
    draft = page.draft(section)
    if draft is None:
        return ""
    at = clock.local(draft.saved_at)
    return f"{at:%H:%M}" if at.date() == clock.today() else f"{at:%m-%d %H:%M}"


def state_words(page: OwnPage, section: str) -> tuple[str, str]:
    """The state beside the buttons: (icon, words)."""
    if drafted := draft_words(page, section):
        return "cloud", f"草稿 {drafted} 保存，还没有生效"
    if page.is_pending:
        return "send", "基地已上报"
    return ("cloud-check", "已保存，基地可见 · 未上报") if page.is_saved(section) else ("cloud", "还没有保存过")


def next_of(section: str) -> Section | None:
    """The step after this one."""
    place = SECTIONS.index(Section(section))
    return SECTIONS[place + 1] if place + 1 < len(SECTIONS) else None
