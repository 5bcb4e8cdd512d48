"""Pure rules of the tree: paths, dates of capabilities, and what a node must carry (P-01, P-02)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from xinglin.kernel import text, uscc

from .enums import Kind, Track

# Which level may hang under which.
PARENTS = {
    Kind.MINISTRY: (None,),
    Kind.ASSOCIATION: (None, Kind.MINISTRY),
    Kind.PROVINCE: (Kind.ASSOCIATION,),
    Kind.CITY: (Kind.PROVINCE,),
    Kind.COUNTY: (Kind.CITY, Kind.PROVINCE),
    Kind.HOSPITAL: (Kind.PROVINCE, Kind.CITY, Kind.COUNTY),
}

FIXED_PARENT = "上级决定这个单位的数据归谁管，已有的记录都写着它，不能改。确需换上级，请新建单位并结束旧单位的资质。"
FIXED_KIND = "类别决定它能有什么、能设在谁之下，建立后不能改。建错了请新建，并结束旧单位的资质。"
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
_TOKEN_FIELDS = ("name", "short_name", "code", "uscc", "division", "contact_name", "contact_phone_hash")


def path_under(parent_path: str, organization_id: int) -> str:
    """The path of a child: ``/1/2/`` + 35 → ``/1/2/35/``; a root has no parent path."""
    return f"{parent_path or '/'}{organization_id}/"


def ids_in(path: str) -> list[int]:
    """Ids from the root down to the node itself."""
    return [int(part) for part in path.split("/") if part]


def within(path: str, of: str) -> bool:
    """Whether a node lies in the subtree of another, which includes itself."""
    return path.startswith(of)


def in_force(starts_on: date, ends_on: date | None, day: date) -> bool:
    """Whether a dated capability or affiliation counts on a day: [starts_on, ends_on)."""
    return starts_on <= day and (ends_on is None or day < ends_on)


def may_hang(kind: str, parent_kind: str | None) -> bool:
    """Whether a node of a kind may hang under a parent of another kind."""
    return (Kind(parent_kind) if parent_kind else None) in PARENTS[Kind(kind)]


def clean_uscc(value: str) -> str:
    """The code with its check digit verified, "" for none. Raises ValueError with the Chinese reason."""
    return uscc.check(value) if value.strip() else ""


def clean_title(value: str, label: str, most: int) -> str:
    """A name of an organisation or department. Raises ValueError with the Chinese reason."""
    cleaned = text.normalise(value)
    if not cleaned:
        raise ValueError(f"请填写{label}")
    if len(cleaned) > most:
        raise ValueError(f"{label}有 {len(cleaned)} 个字，最多 {most} 个字")
    return cleaned


def clean_code(value: str) -> str:
    """The code of a base: capitals, digits and hyphens, at most 20; "" for none. Raises ValueError."""
    code = text.normalise_code(value).upper()
    if code and not _CODE.fullmatch(code):
        raise ValueError("代码只能有字母、数字和短横线，最多 20 位")
    return code


def last_day(ends_on: date) -> date:
    """The last day that counts: the end is kept as the first day that no longer does."""
    return ends_on - timedelta(days=1)


def end_after(day: date | None) -> date | None:
    """The end that is kept for a last day given by people, None for an open end."""
    return day + timedelta(days=1) if day else None


def span_text(starts_on: date, ends_on: date | None) -> str:
    """A span in words, both days counting: 2014-09-01 起, 2014-09-01 ～ 2026-08-31."""
    return f"{starts_on} 起" if ends_on is None else f"{starts_on} ～ {last_day(ends_on)}"


def span_state(starts_on: date, ends_on: date | None, day: date) -> str:
    """upcoming, current or ended on a day."""
    if day < starts_on:
        return "upcoming"
    return "current" if in_force(starts_on, ends_on, day) else "ended"


def why_not_ended(starts_on: date, ends_on: date | None, today: date) -> str:
    """Why the end of a span cannot be set any more; "" when it can."""
    if span_state(starts_on, ends_on, today) == "ended" and ends_on is not None:
        return f"已于 {last_day(ends_on)} 结束，留作历史，不能再改。需要恢复请新增一段。"
    return ""


def why_not_cancelled(starts_on: date, today: date) -> str:
    """Why a span cannot be taken back any more; "" when it can."""
    return "" if today < starts_on else f"自 {starts_on} 起已经生效，不能撤销。不再有效请填写最后一天。"


def token_of(organization: Any) -> str:
    """What a node said when its form was opened; another token means that somebody saved meanwhile."""
    said = "\x1f".join(str(getattr(organization, name)) for name in _TOKEN_FIELDS)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Specialty:
    """What the code table says of a specialty; ``track`` "" means every track."""

    label: str
    track: str
    choosable: bool


def why_no_specialty(specialty: Specialty | None, track: str) -> str:
    """Why a base of a track cannot be accredited for a specialty; "" when it can."""
    if specialty is None:
        return "没有这个培训专业，请从列表里选。"
    if not specialty.choosable:
        return f"培训专业“{specialty.label}”已经停用，不能新增。"
    if specialty.track and specialty.track != track:
        return f"“{specialty.label}”是{Track(specialty.track).label}专业，不能设在{Track(track).label}体系。"
    return ""
