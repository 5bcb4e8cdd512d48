"""Words of the record's page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from xinglin.dictionaries import selectors as dictionaries
from xinglin.kernel import masks, remarks
from xinglin.kernel.issues import Issue
from xinglin.ui.templatetags.xl import icon, tag

from ..enums import CheckLevel
from ..fields import record_names
from ..tables.cells import correction_tag, report_tag, review_tag

register = template.Library()
PHOTO = "basic_info.photo"
_LACKS = re.compile("缺“(.+)”")


@register.filter
def masked_id(number: str) -> str:
    return masks.id_number(number)


@register.filter
def masked_phone(number: str) -> str:
    return masks.phone(number) if number else ""


@register.simple_tag
def code(table: str, value: str) -> str:
    """The short label of a code, -- for none."""
    return dictionaries.short_label(table, value) or "--"


@register.simple_tag
def record_tags(row: Any) -> SafeString:
    """What stands: 省级退回, 审核通过, 待审核, 已上报 or 未上报, 退回修改 or 已修改."""
    state = row.recruitment_review
    verdict = {"returned": ("bad", "省级退回"), "approved": ("ok", "审核通过"), "pending": ("wait", "待审核")}
    first = tag(*verdict[state.review_status]) if state.review_status else ""
    last = tag("idle", "已失效", "ban") if row.lapsed_at else correction_tag(row.correction_status)
    return format_html("{}{}{}", first, report_tag(state.report_status), last)


@register.simple_tag
def level_tag(level: CheckLevel) -> SafeString:
    """How a cross-check binds (R-26)."""
    look = {"hard": ("bad", "ban"), "soft": ("wait", "alert-triangle"), "off": ("idle", "player-pause")}
    state, picture = look[level.value]
    return tag(state, str(level.label), picture)


@register.filter
def outcome(value: str) -> str:
    """What a report would come to (R-26)."""
    return {"stopped": "不能上报", "reason": "说明理由后可上报", "free": "可以上报"}[value]


@register.simple_tag(takes_context=True)
def here(context: Context, **words: str) -> str:
    """The address of this page with some words changed; an empty word is left out."""
    query = context["request"].GET.copy()
    for name, value in words.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def picture(context: Context, file_id: str, label: str, key: str, changed: bool = False) -> SafeString:
    """A photo as it is; a scan veiled, with the button that opens it enlarged (``scans.js``) for those who may."""
    viewer = getattr(context.get("request"), "viewer", None)
    return scan(file_id, label, key, changed=changed, may=viewer is None or viewer.may("residents.reveal"))


def scan(file_id: str, label: str, key: str, *, changed: bool = False, may: bool = True) -> SafeString:
    """The picture of a field: only a recorded POST shows what is on a scan (P-19)."""
    css = "xl-scan xl-scan-chg" if changed else "xl-scan"
    image = format_html('<img src="{}" alt="{}" loading="lazy">', reverse("files:thumb", args=[file_id]), label)
    if key == PHOTO:
        return format_html('<span class="{} xl-portrait">{}</span>', css, image)
    if not may:
        why = "证件照片由培训基地和省级审核查看，每次查看都有记录"
        return format_html(
            '<span class="{} xl-veiled" title="{}">{}<span class="xl-veil-word">{}当前身份不能查看</span></span>',
            css, why, image, icon("lock", "s"),
        )  # fmt: skip
    return format_html(
        '<button class="{} xl-veiled" type="button" data-scan="{}" data-scan-label="{}" aria-haspopup="dialog"'
        '>{}<span class="xl-veil-word">{}查看（将留下记录）</span></button>',
        css, reverse("files:reveal", args=[file_id]), label, image, icon("eye", "s"),
    )  # fmt: skip


@register.filter
def both(group: Any) -> tuple[Any, Any]:
    """The fields of a group, then its pictures."""
    return group.cells, group.pictures


@register.simple_tag
def stored_tags(row: Any) -> SafeString:
    """上报状态 and 审核状态 of a closing record."""
    return format_html("{}{}", report_tag(row.report_status), review_tag(row.review_status))


@register.filter
def in_brief(issues: list[Issue]) -> str:
    """缺：民族、个人照片；学历至少填一个: what is missing in one line."""
    names = [found[1] for issue in issues if (found := _LACKS.fullmatch(issue.message))]
    rest = [issue.message for issue in issues if not _LACKS.fullmatch(issue.message)]
    return "；".join([f"缺：{'、'.join(names)}"] * bool(names) + rest)


@register.simple_tag
def said(comment: str, fields: Mapping[str, str], whole_only: object = False) -> SafeString:
    """A comment on the whole, and under it those on fields, each with the field's name; ``whole_only``: they stand
    elsewhere on the page."""
    whole = remarks.overall(comment, fields)
    lines = [(f"{name}：" if name else "", text) for name, text in remarks.named(fields, record_names())]
    each = format_html_join("", '<li><span class="xl-b">{}</span>{}</li>', lines)
    listed = format_html('<ul class="xl-said">{}</ul>', each) if lines and not whole_only else ""
    return format_html("{}{}", f"“{whole}”" if whole else "", listed)
