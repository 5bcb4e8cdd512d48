"""更新记录: what happened to a record, in sentences (R-16, mock 05)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from xinglin.dictionaries.display import EMPTY
from xinglin.history.enums import Source, UpdateType
from xinglin.history.selectors import Opened
from xinglin.kernel import masks
from xinglin.people.enums import Section

from ..fields import record_fields

KINDS = {"": "全部", "changed": "修改", "flow": "流转", "seen": "查看"}
_WORDS = {
    "enrollment.import": "账号导入",
    "enrollment.training": "培训信息",
    "enrollment.delete": "删除",
    "enrollment.lapse": "招收截止，记录失效",
    "check.confirm": "说明理由",
    "correction.request": "基地退回本人",
    "correction.answer": "本人已修改",
    "correction.seen": "基地核对修改",
    "recruitment.report": "上报",
    "recruitment.recall": "撤回上报",
    "recruitment.approve": "省级审核通过",
    "recruitment.return": "省级退回",
    "recruitment.revoke": "省级撤销决定",
    "view.identity": "查看完整号码",
}
_TONES = {
    "correction.request": "bad", "recruitment.return": "bad", "recruitment.approve": "ok", "correction.seen": "ok",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edit:
    """One field of a change."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the history."""

    title: str
    who: str
    at: Any
    tone: str = ""
    kind: str = ""
    reason: str = ""
    edits: list[Edit] = field(default_factory=list)


def line_of(opened: Opened) -> Line:
    """A history row in words; numbers masked."""
    entry = opened.entry
    edits = edits_of(opened)
    return Line(
        title=_title(entry, edits),
        who=_who(opened),
        at=entry.at,
        tone=_TONES.get(entry.verb, ""),
        kind=kind_of(entry),
        reason=opened.reason,
        edits=edits,
    )


def kind_of(entry: Any) -> str:
    """changed, flow or seen: the three filters of the panel."""
    if entry.verb.startswith(("view.", "file.", "files.")):
        return "seen"
    return "changed" if entry.update_type and entry.verb != "enrollment.import" else "flow"


def edits_of(opened: Opened) -> list[Edit]:
    """Field, before, after; sensitive numbers masked."""
    return [Edit(label, shown(label, old), shown(label, new)) for label, (old, new) in opened.changes.items()]


def shown(label: str, value: Any) -> str:
    """A history value for the screen: numbers under the mask of their field."""
    if value in (None, "", EMPTY):
        return EMPTY
    mask = _masks().get(label)
    return getattr(masks, mask)(str(value)) if mask else str(value)


@lru_cache(maxsize=1)
def _masks() -> dict[str, str]:
    return {found.label: found.declaration.mask for found in record_fields().values() if found.declaration.mask}


def _title(entry: Any, edits: list[Edit]) -> str:
    if entry.verb.startswith("person.save."):
        section = entry.verb.rpartition(".")[2]
        verb = "填写" if entry.update_type == UpdateType.CREATED else "修改"
        return f"{verb}{dict(Section.choices).get(section, '')} {len(edits)} 处"
    if entry.verb == "enrollment.training":
        verb = "填写" if entry.update_type == UpdateType.CREATED else "修改"
        return f"{verb}培训信息 {len(edits)} 处"
    if entry.verb.startswith(("view.", "file.", "files.")):
        return _WORDS.get(entry.verb) or f"查看{entry.facts.get('label') or '证件原图'}"
    return _WORDS.get(entry.verb) or (UpdateType(entry.update_type).label if entry.update_type else entry.verb)


def _who(opened: Opened) -> str:
    entry = opened.entry
    role = "本人" if entry.actor_role == "resident" else entry.actor_organization_name
    way = "" if entry.source == Source.WEB else f"，{Source(entry.source).label}"
    return f"{opened.actor}（{role}{way}）"
