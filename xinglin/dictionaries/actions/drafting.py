"""A new edition by workbook: begun, filled by the import, looked at, published or dropped (P-10)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from xinglin.history.enums import UpdateType
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused, Stale
from xinglin.kernel.viewer import Viewer

from .. import amendments, selectors
from ..amendments import Wanted
from ..enums import EditionKind, EditionState
from ..models import CodeDraft, CodeEdition, CodeEntry, CodeTable
from .amending import Ground, checked, finish, instant, last_position, locked, new_edition, refuse_faults
from .wording import keep_wording


@transaction.atomic
def start_edition(key: str, name: str, ground: Ground, *, retire_missing: bool, by: Viewer) -> CodeEdition:
    """Begin a new edition of a table; its rows come by import. A table has one draft at a time.

    Raises NotAllowed; Refused for a name missing or in force already, a day gone by, or a draft that waits.
    """
    table, _ = locked(key, by)
    checked(ground)
    name = name.strip()
    if not name or len(name) > 60:
        raise Refused("请填写新版本的名称，如标准号加年份，最多 60 个字。", field="name")
    if name == table.edition:
        raise Refused(f"“{table.title}”现在就是 {name} 版。", field="name")
    if (draft := selectors.draft_of(table)) is not None:
        raise Refused(f"{draft.made_by_name} 已在准备 {draft.name} 版，请先发布或放弃它。", field="name")
    more = {"name": name, "state": EditionState.DRAFT, "retire_missing": retire_missing}
    return new_edition(table, EditionKind.WORKBOOK, ground, {}, by, **more)


@transaction.atomic
def collect(edition_id: int, rows: Iterable[Wanted], *, by: Viewer) -> dict[str, int]:
    """Put rows into a draft, or change those of the same code; returns code → id. Raises NotAllowed, Stale."""
    by.require("codes.edit")
    edition = _draft(edition_id)
    given = {row.code: row for row in map(amendments.cleaned, rows)}
    present = {row.code: row for row in CodeDraft.objects.filter(edition=edition, code__in=given)}
    fields = ("label", "short_label", "parent_code", "like")
    new = [
        CodeDraft(edition=edition, code=code, **{name: getattr(row, name) for name in fields})
        for code, row in given.items()
        if code not in present
    ]
    for code, row in present.items():
        for name in fields:
            setattr(row, name, getattr(given[code], name))
    CodeDraft.objects.bulk_create(new)
    CodeDraft.objects.bulk_update(present.values(), fields)
    return dict(CodeDraft.objects.filter(edition=edition, code__in=given).values_list("code", "pk"))


@transaction.atomic
def publish_edition(edition_id: int, *, by: Viewer, seen: str) -> CodeEdition:
    """Bring a draft into force from its day on: what it adds, renames and retires.

    ``seen``: the version of the table that the preview was made of. Raises NotAllowed; Refused for an empty draft or
    a day that has gone by meanwhile; Stale when draft or table changed since the preview.
    """
    edition = _draft(edition_id)
    table, present = locked(edition.table.key, by)
    ground = Ground(edition.effective_from, edition.source, edition.note)
    checked(ground)
    rows = selectors.draft_rows(edition)
    if seen != selectors.preview_mark(table, rows):
        raise Stale("草稿或代码表在预览之后又有变化，请重新看过再发布。")
    if not rows:
        raise Refused("草稿还是空的，请先导入新版本的工作簿。")
    whole = present | {row.code: amendments.Present(row.label, parent_code=row.parent_code) for row in rows}
    for row in rows:
        refuse_faults(row, whole if row.code in present else {k: v for k, v in whole.items() if k != row.code})
    found = amendments.difference(rows, present, retire_missing=edition.retire_missing)
    if not found.total:
        raise Refused("新版本和现在的代码表没有差别，不用发布。")
    changes = _apply(table, edition, rows, found)
    edition.state, edition.counts, edition.made_at = EditionState.PUBLISHED, found.counts, clock.now()
    edition.made_by_id, edition.made_by_name = by.user_id, by.user_name
    edition.save()
    table.edition, table.source, table.effective_from = edition.name, edition.source, edition.effective_from
    table.save(update_fields=["edition", "source", "effective_from"])
    CodeDraft.objects.filter(edition=edition).delete()
    finish(table, edition, changes, UpdateType.CHANGED, by)
    return edition


@transaction.atomic
def drop_edition(edition_id: int, *, by: Viewer) -> CodeEdition:
    """Give a draft up; nothing of the table changes. Raises NotAllowed, Stale."""
    by.require("codes.edit")
    edition = _draft(edition_id)
    edition.state = EditionState.DROPPED
    edition.save(update_fields=["state"])
    CodeDraft.objects.filter(edition=edition).delete()
    return edition


def _apply(
    table: CodeTable, edition: CodeEdition, rows: list[Wanted], found: amendments.Difference
) -> dict[str, list[str]]:
    """Write the difference; returns what history says of it: code → [before, after]."""
    day, by_code = edition.effective_from, {row.code: row for row in rows}
    entries = {entry.code: entry for entry in CodeEntry.objects.filter(table=table)}
    changes: dict[str, list[str]] = {}
    keep_wording(
        [(entries[code], entries[code].label, entries[code].short_label) for code in found.renamed],
        until=instant(day),
    )
    changed: dict[str, CodeEntry] = {}
    for code in found.renamed:
        row, entry = by_code[code], entries[code]
        changes[code] = [entry.label, row.label]
        entry.label, entry.short_label = row.label, row.short_label or entry.short_label
        entry.amended = sorted({*entry.amended, "label", "short_label"})
        changed[code] = entry
    for code in found.moved:
        changes[f"{code} 上级"] = [entries[code].parent_code, by_code[code].parent_code]
        entries[code].parent_code = by_code[code].parent_code
        entries[code].amended = sorted({*entries[code].amended, "parent_code"})
        changed[code] = entries[code]
    for code in (*found.retired, *found.restored):
        entry, retired = entries[code], code in found.retired
        changes[f"{code} 使用"] = ["", f"{day} 起停用"] if retired else ["停用", f"{day} 起恢复"]
        entry.retired_from = max(day, entry.valid_from or day) if retired else None
        entry.valid_from = entry.valid_from if retired or day == clock.today() else day
        entry.amended = sorted({*entry.amended, "retired_from"})
        changed[code] = entry
    CodeEntry.objects.bulk_update(
        changed.values(),
        ["label", "short_label", "parent_code", "retired_from", "valid_from", "amended"],
        batch_size=500,
    )
    CodeEntry.objects.bulk_create(_new(table, edition, [by_code[code] for code in found.added], entries))
    changes.update({code: ["", by_code[code].label] for code in found.added})
    return changes


def _new(
    table: CodeTable, edition: CodeEdition, rows: list[Wanted], entries: dict[str, CodeEntry]
) -> Iterable[CodeEntry]:
    later = edition.effective_from if edition.effective_from > clock.today() else None
    for position, row in enumerate(rows, last_position(table) + 1):
        yield CodeEntry(
            table=table, code=row.code, label=row.label, short_label=row.short_label, parent_code=row.parent_code,
            position=position, origin=edition.source, edition=edition.number, valid_from=later,
            extra=dict(entries[row.like].extra) if row.like else {},
        )  # fmt: skip


def _draft(edition_id: int) -> CodeEdition:
    try:
        edition = CodeEdition.objects.select_for_update().select_related("table").get(pk=edition_id)
    except CodeEdition.DoesNotExist:
        raise Refused("没有这个版本的草稿。") from None
    if edition.state != EditionState.DRAFT:
        raise Stale(f"{edition.name} 版已经{'发布' if edition.state == EditionState.PUBLISHED else '放弃'}了。")
    return edition
