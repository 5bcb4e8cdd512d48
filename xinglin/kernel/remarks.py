"""What people write to each other, with a return, a reply, a reason: any length and any character may be sent."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping

from .errors import Refused

COMMENT, REASON = 500, 200
"""Longest comment on a return or reply to it, longest reason; in characters, as the screens say."""

MADE_OF = "；"
"""Between the remarks on fields, where a comment on the whole is made of them."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def remark(value: str, most: int, *, field: str | None = None) -> str:
    """The remark without control characters (databases refuse some of them), line breaks kept.

    Raises Refused when it is longer than ``most`` characters: a remark is never cut silently.
    """
    cleaned = _UNPRINTABLE.sub("", value.replace("\r\n", "\n")).strip()
    if len(cleaned) > most:
        raise Refused(f"写了 {len(cleaned):,} 个字，最多 {most} 个字，请写短一些。", field=field)
    return cleaned


def field_remarks(values: Mapping[str, str] | None, known: Container[str] | None = None) -> dict[str, str]:
    """Remarks on single fields by key, empty ones left out. ``known``: the keys that there are, None for any.

    Raises Refused for a key that is not known, since nobody could ever answer it, and for one that is too long.
    """
    found = {key: remark(text, COMMENT, field=key) for key, text in (values or {}).items()}
    written = {key: text for key, text in found.items() if text}
    if known is not None and any(key not in known for key in written):
        raise Refused("有的意见写在了不存在的项目上，什么也没有退回。请刷新页面后重写。", field="comment")
    return written


def overall(comment: str, fields: Mapping[str, str]) -> str:
    """What was said on the whole; "" where the comment was only made of those on ``fields``.

    Their order is no criterion: a database does not keep that of a JSON object.
    """
    if not fields:
        return comment
    made = sorted(MADE_OF.join(fields.values()).split(MADE_OF))
    return "" if sorted(comment.split(MADE_OF)) == made else comment


def named(fields: Mapping[str, str], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Remarks on fields as (name, text), in the order of ``names``; of a field that is no more the text alone."""
    known = [(name, fields[key]) for key, name in names.items() if key in fields]
    return known + [("", text) for key, text in fields.items() if key not in names]


def in_full(comment: str, fields: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Everything that was said, a line for each field that was spoken of."""
    if not fields:
        return comment
    lines = [f"{name}：{text}" if name else text for name, text in named(fields, names)]
    return "\n".join(filter(None, [overall(comment, fields), *lines]))
