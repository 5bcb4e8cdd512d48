"""Template tags of the frame, loaded everywhere. Small ones that lists call thousands of times build strings."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from xinglin.ui import formats, once
from xinglin.ui.field_parts import context_of
from xinglin.ui.parts import NOTE_ICONS, TAG_ICONS

register = template.Library()


@cache
def _sprite() -> str:
    return static("xinglin/icons.svg")


@register.simple_tag
@lru_cache(maxsize=2_000)
def icon(name: str, size: str = "", label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite. size: '' 18 px, 's' 14 px, 'l' 24 px. With a label it speaks, else it is silent."""
    classes = "xl-i" + (f" xl-i-{size}" if size else "") + (f" {css}" if css else "")
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}#i-{}"></use></svg>',
            classes,
            label,
            _sprite(),
            name,
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#i-{}"></use></svg>', classes, _sprite(), name)


@register.simple_tag
@lru_cache(maxsize=2_000)
def tag(state: str, text: str, icon_name: str = "", url: str = "") -> SafeString:
    """A status tag. state: idle, run, wait, ok or bad; with a url it is a link."""
    mark = icon(icon_name or TAG_ICONS[state])
    if url:
        return format_html('<a class="xl-tag xl-tag-{}" href="{}">{}{}</a>', state, url, mark, text)
    return format_html('<span class="xl-tag xl-tag-{}">{}{}</span>', state, mark, text)


@register.simple_tag
def side_link(entry: Any, leaf: bool = False) -> SafeString:
    """A link of the side navigation (``frame.Entry``); a leaf of a group has no icon."""
    item = entry.item
    return _side_link(entry.url, entry.current, item.label, "" if leaf else item.icon, entry.count or 0, item.turn)


@lru_cache(maxsize=2_000)
def _side_link(url: str, current: bool, label: str, icon_name: str, count: int, turn: bool) -> SafeString:
    here = mark_safe(' aria-current="page"') if current else ""
    told, css = ("项轮到您", " xl-count-turn") if turn else ("项", "")
    number = format_html(
        '<span class="xl-count{}">{}<span class="visually-hidden"> {}</span></span>', css, count, told
    )  # fmt: skip
    return format_html(
        '<a href="{}"{} title="{}">{}<span class="xl-nav-t">{}</span>{}</a>',
        url, here, label, icon(icon_name) if icon_name else "", label, number if count else "",
    )  # fmt: skip


@register.simple_tag
def turn(text: str = "轮到您") -> SafeString:
    """The apricot pill: it is the reader's turn. At most three on a screen."""
    return format_html('<span class="xl-turn">{}{}</span>', icon("hand-finger"), text)


@register.simple_tag
def once_token() -> SafeString:
    """Hidden field that makes a form count once, however often it is sent (xinglin.ui.once)."""
    return format_html('<input type="hidden" name="{}" value="{}">', once.FIELD, once.new_token())


@register.inclusion_tag("ui/parts/stepper.html")
def stepper(steps: list[Any], label: str = "所处环节", inline: bool = False) -> dict[str, Any]:
    """Where a record stands (``parts.Step``); inline is the form of the wizard."""
    return {"steps": steps, "label": label, "inline": inline}


@register.inclusion_tag("ui/parts/flow.html")
def flow(nodes: list[Any], loops: list[Any] = ()) -> dict[str, Any]:  # type: ignore[assignment]
    """The flow of a module with live counts (``parts.Node``) and the ways back (``parts.Loop``)."""
    return {"nodes": nodes, "loops": loops, "size": len(nodes)}


@register.inclusion_tag("ui/parts/ring.html")
def ring(value: float, text: str, label: str, below: str = "", size: int = 112, tone: str = "") -> dict[str, Any]:
    """A ring filled to ``value`` per cent; ``label`` says it to a screen reader; tone '', 'wait' or 'ok'."""
    middle, width = size / 2, round(size * 0.08) + (0 if size > 100 else 2)
    return {
        "value": max(0, min(100, round(value))),
        "text": text,
        "below": below,
        "label": label,
        "tone": tone,
        "size": size,
        "middle": f"{middle:g}",
        "radius": f"{middle - width / 2:g}",
        "width": width,
        "font": round(size * (0.215 if below or len(text) > 3 else 0.25)),
        "line": f"{middle + size * (0.017 if below else 0.08):g}",
        "below_line": f"{middle + size * 0.21:g}",
    }


@register.simple_tag
def meter(value: int, most: int, label: str, tone: str = "") -> SafeString:
    """A bar without inline width: a native progress element. tone: '', 'wait' or 'ok'."""
    css = "xl-meter" + (f" xl-meter-{tone}" if tone else "")
    return format_html(
        '<progress class="{}" value="{}" max="{}" aria-label="{}">{}/{}</progress>',
        css,
        value,
        most or 1,
        label,
        value,
        most,
    )


@register.simple_block_tag
def note(content: str, tone: str = "run", title: str = "", icon_name: str = "", role: str = "") -> SafeString:
    """{% note "bad" title="…" %}…{% endnote %}: a banner. tone: bad, wait, run, ok, turn."""
    mark = icon(icon_name or NOTE_ICONS[tone])
    head = format_html("<b>{}</b>", title) if title else ""
    body = mark_safe(content.strip())
    inner = format_html('<div class="xl-small xl-inl">{}</div>', body) if title and body else body
    said = format_html(' role="{}"', role or ("alert" if tone == "bad" else "status"))
    return format_html(
        '<div class="xl-note xl-note-{}"{}>{}<div class="xl-grow">{}{}</div></div>', tone, said, mark, head, inner
    )


@register.simple_block_tag
def empty(content: str, picture: str = "folder", title: str = "", text: str = "", level: int = 2) -> SafeString:
    """{% empty "folder" title text %}buttons{% endempty %}. picture: folder, search, broken, hospital, lock, door.

    level: 1 where the title is the heading of the page.
    """
    body = {
        "picture": f"ui/pictures/{picture}.html",
        "title": title,
        "text": text,
        "actions": mark_safe(content.strip()),
        "level": level,
    }
    return render_to_string("ui/parts/empty.html", body)


@register.simple_block_tag
def dialog(content: str, key: str, title: str, wide: bool = False) -> SafeString:
    """{% dialog "key" "标题" %}…{% enddialog %}: a native dialog, opened by any button with data-dialog="key"."""
    body = {"key": key, "title": title, "wide": wide, "content": mark_safe(content)}
    return render_to_string("ui/parts/dialog.html", body)


@register.simple_tag
def action(
    text: str,
    url: str = "",
    icon_name: str = "",
    kind: str = "",
    reason: str = "",
    name: str = "",
    value: str = "",
    dialog_key: str = "",
    key: str = "",
) -> SafeString:
    """A button that says why when it is off (P-21).

    With ``reason`` it stays focusable, disabled for the ear, and shows the reason. With ``url`` it is a link, with
    ``dialog_key`` it opens a dialog, else it submits its form (``name``/``value``). kind: '', 'primary', 'danger',
    'danger-line', 'quiet', 'link-xl'. key: a keyboard shortcut (one letter).
    """
    css = "btn" + (f" btn-{kind}" if kind else "")
    inner = format_html("{}{}", icon(icon_name) if icon_name else "", text)
    if key:
        inner = format_html('{}<kbd aria-hidden="true">{}</kbd>', inner, key)
    shortcut = format_html(' data-key="{}" aria-keyshortcuts="{}"', key.lower(), key) if key else ""
    if reason:
        return format_html(
            '<span class="xl-off"><button type="button" class="{}" aria-disabled="true" title="{}">{}</button>'
            '<span class="xl-off-why">{}</span></span>',
            css,
            reason,
            inner,
            reason,
        )
    if url:
        return format_html('<a class="{}" href="{}"{}>{}</a>', css, url, shortcut, inner)
    if dialog_key:
        return format_html(
            '<button type="button" class="{}" data-dialog="{}"{}>{}</button>', css, dialog_key, shortcut, inner
        )
    named = format_html(' name="{}" value="{}"', name, value) if name else ""
    return format_html('<button type="submit" class="{}"{}{}>{}</button>', css, named, shortcut, inner)


@register.inclusion_tag("ui/parts/field.html")
def field(bound: BoundField, comment: str = "", hint: str | None = None, css: str = "") -> dict[str, Any]:
    """A form field with label, *, help, error, comment of a return. css "wide" takes the whole row of an xl-form."""
    return context_of(bound, comment=comment, hint=hint, css=css)


@register.inclusion_tag("ui/parts/error_summary.html")
def error_summary(form: BaseForm, extra: Any = ()) -> dict[str, Any]:
    """What is still wrong, on top of a form, each line linking to its field. extra: (label, message, anchor) triples."""
    lines = [
        (form[name].label, form.errors[name][0], form[name].auto_id) for name in form.fields if name in form.errors
    ]
    return {"lines": [*lines, *extra], "whole": form.non_field_errors()}


@register.inclusion_tag("ui/parts/upload.html")
def upload(
    name: str,
    purpose: str,
    label: str,
    value: str = "",
    thumb: str = "",
    ratio: str = "",
    help: str = "",
    required: bool = False,
    error: str = "",
    comment: str = "",
    subject: str = "",
    readonly: bool = False,
) -> dict[str, Any]:
    """A picture that uploads itself (files:upload) while the form is being filled; the form carries its id.

    ratio: width/height such as "35/45" opens the crop dialog. thumb: address of the stored picture.
    """
    return {
        "name": name,
        "purpose": purpose,
        "label": label,
        "value": value,
        "thumb": thumb,
        "ratio": ratio,
        "help": help,
        "required": required,
        "error": error,
        "comment": comment,
        "subject": subject,
        "readonly": readonly,
        "key": f"upload-{name}",
    }


@register.simple_tag(takes_context=True)
def nav_place(context: Context) -> str:
    """Apply the view's ``nav_key``, where it has one, to the frame; prints nothing."""
    key, frame = context.get("nav_key"), context.get("frame")
    if key and frame is not None:
        frame.place(key)
    return ""


for show in (formats.dash, formats.yes_no, formats.day, formats.moment, formats.thousands):
    register.filter(show)
