"""What may be changed in a code table, and what a new edition would change (P-10). Pure: plain values in, issues out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from xinglin.kernel import text

CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,19}")
LONGEST_LABEL, LONGEST_SHORT, LONGEST_SOURCE, LONGEST_NOTE = 100, 60, 120, 300
BUILT_IN = frozenset(
    {
        "approved_years", "correction_status", "degree_level", "degree_type", "education_stage", "graduate_cohort",
        "id_type", "practice_category", "practice_level", "qualification_status", "report_status", "review_status",
        "sex", "track", "training_status", "yes_no",
    }
)  # fmt: skip
"""Tables whose codes the rules of the product name (status words, ID types): changed with the product only."""
BUILT_IN_REASON = "这张代码表的代码写在平台的核对规则里，只随产品更新，不能在这里增减或改名。"
CODE_FORM = "代码用字母、数字、点和横线，1 至 20 位，以字母或数字开头。"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One entry as a form or a workbook row gives it. ``like``: the code whose further facts it takes over."""

    code: str
    label: str
    short_label: str = ""
    parent_code: str = ""
    like: str = ""


@dataclass(frozen=True, slots=True)
class Present:
    """What the checks need of an entry in the table."""

    label: str
    short_label: str = ""
    parent_code: str = ""
    usable: bool = True
    has_facts: bool = False


@dataclass(slots=True)
class Difference:
    """What a new edition does to a table: codes by what happens to them."""

    added: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    unchanged: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """Numbers by kind, in the order of the screen."""
        return {name: len(getattr(self, name)) for name in ("added", "renamed", "moved", "retired", "restored")}

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def cleaned(wanted: Wanted) -> Wanted:
    """The same with odd spaces and full-width letters gone. The case of a code is kept."""
    code, parent, like = (
        text.normalise(word).replace(" ", "") for word in (wanted.code, wanted.parent_code, wanted.like)
    )
    return Wanted(code, text.normalise(wanted.label), text.normalise(wanted.short_label), parent, like)


def faults(wanted: Wanted, present: Mapping[str, Present]) -> list[tuple[str, str]]:
    """(field, sentence) for everything that keeps an entry from being added to, or changed in, a table."""
    found = []
    if not CODE.fullmatch(wanted.code):
        found.append(("code", CODE_FORM))
    if not wanted.label:
        found.append(("label", "请填写名称。"))
    for name, word, most in (
        ("label", wanted.label, LONGEST_LABEL),
        ("short_label", wanted.short_label, LONGEST_SHORT),
    ):
        if len(word) > most:
            found.append((name, f"最多 {most} 个字，现在是 {len(word)} 个字。"))
    if wanted.parent_code and (wanted.parent_code not in present or wanted.parent_code == wanted.code):
        found.append(("parent_code", f"本表没有上级代码 {wanted.parent_code}。"))
    if twin := _twin(wanted, present):
        found.append(("label", f"与 {twin} 重名，导入时分不清是哪一个。请加上区别的字。"))
    facts = {entry.has_facts for code, entry in present.items() if entry.usable and code != wanted.code}
    if wanted.like and wanted.like not in present:
        found.append(("like", f"本表没有代码 {wanted.like}。"))
    elif not wanted.like and wanted.code not in present and facts == {True}:
        found.append(("like", "这张表的代码带有体系、年限等属性，请指明与哪一条相同。"))
    return found


def _twin(wanted: Wanted, present: Mapping[str, Present]) -> str:
    """The code of another usable entry of the same label under the same parent."""
    folded = text.fold(wanted.label)
    for code, entry in present.items():
        same = entry.usable and code != wanted.code and entry.parent_code == wanted.parent_code
        if same and text.fold(entry.label) == folded:
            return code
    return ""


def difference(rows: Iterable[Wanted], present: Mapping[str, Present], *, retire_missing: bool) -> Difference:
    """What publishing ``rows`` changes. An empty short label or parent leaves what the entry has."""
    found, named = Difference(), set()
    for row in rows:
        named.add(row.code)
        entry = present.get(row.code)
        if entry is None:
            found.added.append(row.code)
            continue
        renamed = row.label != entry.label or bool(row.short_label and row.short_label != entry.short_label)
        moved = bool(row.parent_code) and row.parent_code != entry.parent_code
        if renamed:
            found.renamed.append(row.code)
        if moved:
            found.moved.append(row.code)
        if not entry.usable:
            found.restored.append(row.code)
        found.unchanged += not (renamed or moved or not entry.usable)
    if retire_missing:
        found.retired = [code for code, entry in present.items() if entry.usable and code not in named]
    return found


def counts_text(counts: Mapping[str, Any]) -> str:
    """新增 2，改名 1."""
    words = {"added": "新增", "renamed": "改名", "moved": "换上级", "retired": "停用", "restored": "恢复"}
    return (
        "，".join(f"{words[name]} {number}" for name, number in counts.items() if name in words and number)
        or "没有变化"
    )
