"""Single changes of a code table by the association: add, rename, retire, restore; each is an edition (P-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Max

from xinglin.history.actions import Entry, record
from xinglin.history.enums import UpdateType
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused, Stale
from xinglin.kernel.viewer import Viewer

from .. import amendments, selectors
from ..amendments import Present, Wanted
from ..enums import EditionKind
from ..models import CodeEdition, CodeEntry, CodeTable
from .wording import keep_wording, touch

PERMISSION = "codes.edit"
SUBJECT = "code_table"


@dataclass(frozen=True, slots=True)
class Ground:
    """What every change rests on: the day from which it holds, where it comes from, a word on why."""

    effective_from: date
    source: str
    note: str = ""


@transaction.atomic
def add_entry(key: str, wanted: Wanted, ground: Ground, *, by: Viewer) -> CodeEntry:
    """Add a code, choosable from the day on.

    Raises NotAllowed; Refused with the field for a table of the product's own words, a code that is there already,
    a label that another has, an unknown parent, a day gone by, or no source.
    """
    table, present = locked(key, by)
    checked(ground)
    wanted = amendments.cleaned(wanted)
    entries = {entry.code: entry for entry in CodeEntry.objects.filter(table=table)}
    if wanted.code in entries:
        hint = "" if present[wanted.code].usable else "，已停用；请在列表里把它恢复使用"
        raise Refused(f"代码 {wanted.code} 已经是“{entries[wanted.code].label}”{hint}。", field="code")
    refuse_faults(wanted, present)
    edition = new_edition(table, EditionKind.ADDED, ground, {"added": 1}, by)
    made = CodeEntry.objects.create(
        table=table, code=wanted.code, label=wanted.label, short_label=wanted.short_label,
        parent_code=wanted.parent_code, position=last_position(table) + 1, origin=ground.source,
        extra=dict(entries[wanted.like].extra) if wanted.like else {}, edition=edition.number,
        valid_from=ground.effective_from if ground.effective_from > clock.today() else None,
    )  # fmt: skip
    finish(table, edition, {f"{made.code}": ["", made.label]}, UpdateType.CREATED, by)
    return made


@transaction.atomic
def rename_entry(
    key: str, code: str, label: str, short_label: str, ground: Ground, *, by: Viewer, seen: str | None = None
) -> CodeEntry:
    """Correct a label from a day on; until then, and on records sealed before, the former one stays.

    ``seen``: the label on which the decision rests. Raises NotAllowed, Refused, Stale.
    """
    table, present = locked(key, by)
    checked(ground)
    entry = _entry(table, code)
    if seen is not None and seen != entry.label:
        raise Stale(f"代码 {code} 刚刚被改为“{entry.label}”，请看过再改。")
    if (pending := entry.wordings.filter(until__gt=clock.now()).first()) is not None:
        day = clock.local(pending.until).date()
        raise Refused(f"代码 {code} 已经安排从 {day} 起改名，到那天以后才能再改。", field="label")
    wanted = amendments.cleaned(Wanted(code, label, short_label, entry.parent_code))
    if (wanted.label, wanted.short_label) == (entry.label, entry.short_label):
        raise Refused("名称没有改动。", field="label")
    refuse_faults(wanted, present)
    change = {code: [entry.label, wanted.label]}
    if wanted.short_label != entry.short_label:
        change[f"{code} 简称"] = [entry.short_label, wanted.short_label]
    keep_wording([(entry, entry.label, entry.short_label)], until=instant(ground.effective_from))
    entry.label, entry.short_label = wanted.label, wanted.short_label
    entry.amended = sorted({*entry.amended, "label", "short_label"})
    entry.save(update_fields=["label", "short_label", "amended"])
    edition = new_edition(table, EditionKind.RENAMED, ground, {"renamed": 1}, by)
    finish(table, edition, change, UpdateType.CHANGED, by)
    return entry


@transaction.atomic
def retire_entry(key: str, code: str, ground: Ground, *, by: Viewer) -> CodeEntry:
    """Stop a code from being chosen from a day on; it stays readable wherever it stands.

    Raises NotAllowed; Refused where it is retired already or others lie under it.
    """
    table, _ = locked(key, by)
    checked(ground, reason="停用")
    entry, day = _entry(table, code), ground.effective_from
    if entry.retired_from is not None:
        raise Refused(f"“{entry.label}”已经从 {entry.retired_from} 起停用。", field="effective_from")
    if entry.valid_from is not None and day < entry.valid_from:
        raise Refused(f"“{entry.label}”从 {entry.valid_from} 起才启用，停用日期不能更早。", field="effective_from")
    under = CodeEntry.objects.filter(table=table, parent_code=code, retired_from__isnull=True).count()
    if under:
        raise Refused(f"“{entry.label}”下面还有 {under} 个在用的代码，请先停用它们。", field="effective_from")
    entry.retired_from = day
    entry.amended = sorted({*entry.amended, "retired_from"})
    entry.save(update_fields=["retired_from", "amended"])
    edition = new_edition(table, EditionKind.RETIRED, ground, {"retired": 1}, by)
    finish(table, edition, {f"{code} {entry.label}": ["", f"{day} 起停用"]}, UpdateType.CHANGED, by)
    return entry


@transaction.atomic
def restore_entry(key: str, code: str, ground: Ground, *, by: Viewer) -> CodeEntry:
    """Take a retirement back, at once. Raises NotAllowed; Refused where it is not retired or another has its label."""
    table, present = locked(key, by)
    checked(ground, reason="恢复")
    entry = _entry(table, code)
    if entry.retired_from is None:
        raise Refused(f"“{entry.label}”没有停用。")
    refuse_faults(Wanted(code, entry.label, entry.short_label), present)
    before, entry.retired_from = entry.retired_from, None
    entry.amended = sorted({*entry.amended, "retired_from"})
    entry.save(update_fields=["retired_from", "amended"])
    edition = new_edition(table, EditionKind.RESTORED, ground, {"restored": 1}, by)
    finish(table, edition, {f"{code} {entry.label}": [f"{before} 起停用", ""]}, UpdateType.CHANGED, by)
    return entry


def locked(key: str, by: Viewer) -> tuple[CodeTable, dict[str, Present]]:
    """The table, locked, with its entries as the checks need them. Raises NotAllowed and Refused."""
    by.require(PERMISSION)
    table = CodeTable.objects.select_for_update().filter(key=key).first()
    if table is None:
        raise Refused("没有这张代码表。")
    if key in amendments.BUILT_IN:
        raise Refused(amendments.BUILT_IN_REASON)
    return table, selectors.present_entries(table)


def checked(ground: Ground, *, reason: str = "") -> None:
    """Refuse a day gone by, a missing or overlong source, and where ``reason`` is a verb, a missing note."""
    if ground.effective_from < clock.today():
        raise Refused(f"日期不能早于今天（{clock.today()}）：以前的记录要保持当时的样子。", field="effective_from")
    if not ground.source.strip():
        raise Refused("请写明来源，如标准号或文件号。", field="source")
    if reason and not ground.note.strip():
        raise Refused(f"请写明{reason}的理由。", field="note")
    for name, word, most in (("source", ground.source, amendments.LONGEST_SOURCE), ("note", ground.note, 300)):
        if len(word.strip()) > most:
            raise Refused(f"最多 {most} 个字，现在是 {len(word.strip())} 个字。", field=name)


def refuse_faults(wanted: Wanted, present: dict[str, Present]) -> None:
    """Raise Refused with the first fault of an entry."""
    for field, sentence in amendments.faults(wanted, present):
        raise Refused(sentence, field=field)


def instant(day: date) -> datetime:
    """From when a change of the day holds: now for today, else its 00:00."""
    return clock.now() if day == clock.today() else datetime.combine(day, time(), clock.SHANGHAI)


def last_position(table: CodeTable) -> int:
    return CodeEntry.objects.filter(table=table).aggregate(last=Max("position"))["last"] or 0


def new_edition(
    table: CodeTable, kind: EditionKind, ground: Ground, counts: dict[str, int], by: Viewer, **more: Any
) -> CodeEdition:
    """The next edition of a locked table."""
    last = CodeEdition.objects.filter(table=table).aggregate(last=Max("number"))["last"] or 0
    values = {"name": table.edition} | more
    return CodeEdition.objects.create(
        table=table, number=last + 1, kind=kind, source=ground.source.strip(), effective_from=ground.effective_from,
        note=ground.note.strip(), counts=counts, made_by_id=by.user_id, made_by_name=by.user_name,
        made_at=clock.now(), **values,
    )  # fmt: skip


def finish(
    table: CodeTable, edition: CodeEdition, changes: dict[str, list[Any]], update_type: UpdateType, by: Viewer
) -> None:
    """Version, history and cache of a change."""
    touch(table, f"{edition.number}{sorted(changes.items())}")
    entry = Entry(
        verb=f"codes.{edition.kind}",
        update_type=update_type,
        subject_type=SUBJECT,
        subject_id=table.key,
        organization_path=by.organization_path,
        organization_name=by.organization_name,
        changes=changes,
        reason=edition.note,
        facts={
            "table": table.title, "edition": edition.number, "source": edition.source,
            "effective_from": edition.effective_from.isoformat(),
        },
    )  # fmt: skip
    record([entry], by=by)
    selectors.forget(table.key)
    transaction.on_commit(lambda: selectors.forget(table.key))


def _entry(table: CodeTable, code: str) -> CodeEntry:
    entry = CodeEntry.objects.filter(table=table, code=code).first()
    if entry is None:
        raise Refused(f"“{table.title}”里没有代码 {code}。")
    return entry
