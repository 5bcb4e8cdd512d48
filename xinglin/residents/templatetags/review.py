"""Small words of the review desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.template.defaultfilters import slugify
from django.utils.html import format_html
from django.utils.safestring import SafeString

from xinglin.dictionaries import selectors as dictionaries
from xinglin.kernel import clock, masks
from xinglin.reviews.actions.stamping import standing
from xinglin.reviews.enums import ReviewStatus
from xinglin.ui.templatetags.xl import meter, tag

from ..models import CheckConfirmation, RecruitmentReview
from ..selectors.review_desk import Row
from .record import scan

register = template.Library()

TAGS = {
    "": ("idle", "未上报"),
    "pending": ("wait", "待审核"),
    "approved": ("ok", "审核通过"),
    "returned": ("bad", "退回"),
}


@register.filter
def specialty(code: str) -> str:
    return dictionaries.label("specialty", code)


@register.filter
def personnel(code: str) -> str:
    return dictionaries.short_label("personnel_type", code)


@register.filter
def masked_number(number: str) -> str:
    return masks.id_number(number)


@register.filter
def waited(moment: datetime | None) -> str:
    """等 3 天, 今天."""
    if moment is None:
        return ""
    days = (clock.today() - clock.local(moment).date()).days
    return f"等 {days} 天" if days else "今天"


@register.filter
def verdict(code: str) -> str:
    return str(ReviewStatus(code).label) if code else "审核"


@register.filter
def anchor(key: str) -> str:
    """A field key as part of an element id."""
    return slugify(key.replace(".", "-").replace("_", "-"))


@register.filter
def get(mapping: Mapping[str, str], key: str) -> str:
    return mapping.get(key, "")


@register.filter
def minus(first: int, second: int) -> int:
    return first - second


@register.filter
def standing_text(state: RecruitmentReview) -> str:
    return standing(state)


@register.simple_tag
def review_tag(state: RecruitmentReview) -> SafeString:
    return tag(*TAGS[state.review_status])


@register.simple_tag
def done_meter(done: int, left: int) -> SafeString:
    """Progress of the day: decided against everything that was there."""
    return format_html("{}<span>{}</span>", meter(done, done + left, f"今天已审 {done}，共 {done + left}"), done + left)


@register.simple_tag
def confirmation(confirmed: Mapping[str, CheckConfirmation], code: str) -> SafeString | str:
    """The reason under which a soft contradiction was let through."""
    found: Any = confirmed.get(code)
    if found is None:
        return ""
    return format_html(
        '<div class="xl-small">理由：“{}” {}（{}）</div>',
        found.reason,
        found.confirmed_by_name,
        found.confirmed_by_role,
    )


@register.simple_tag
def scan_link(row: Row) -> SafeString:
    """A picture in the comparison: the photo, or a veiled scan with the button that opens it enlarged."""
    return scan(str(row.picture), row.label, row.key)
