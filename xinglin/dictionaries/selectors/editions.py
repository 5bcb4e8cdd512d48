"""What the screens of code tables show: tables, entries, editions, drafts, history. Everybody at a desk reads the same."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock

from .. import amendments, sources
from ..amendments import Difference, Present, Wanted
from ..enums import EditionState
from ..models import CodeDraft, CodeEdition, CodeEntry, CodeTable, CodeWording

REASON = "code tables bind the whole country; their history is for every desk"


def tables() -> QuerySet[CodeTable]:
    """All tables with the number of entries in force today (``in_force``) and retired (``retired``)."""
    today = clock.today()
    gone = Q(entries__retired_from__lte=today)
    begun = Q(entries__valid_from__isnull=True) | Q(entries__valid_from__lte=today)
    return CodeTable.objects.annotate(
        in_force=Count("entries", filter=begun & ~gone), retired=Count("entries", filter=gone)
    )


def table_row(key: str) -> CodeTable | None:
    """One table as stored."""
    return CodeTable.objects.filter(key=key).first()


def entries(key: str) -> QuerySet[CodeEntry]:
    """The entries of a table in its order."""
    return CodeEntry.objects.filter(table__key=key).select_related("table")


def wordings(ids: Sequence[int]) -> dict[int, list[CodeWording]]:
    """Former wordings of entries, oldest first, by the entry's id."""
    found: dict[int, list[CodeWording]] = {}
    for row in CodeWording.objects.filter(entry__in=ids).order_by("until"):
        found.setdefault(row.entry_id, []).append(row)
    return found


def editions(table: CodeTable) -> QuerySet[CodeEdition]:
    """Published editions, newest first."""
    return CodeEdition.objects.filter(table=table, state=EditionState.PUBLISHED)


def edition_of(table: CodeTable, edition_id: int) -> CodeEdition | None:
    """One edition of a table."""
    return CodeEdition.objects.filter(table=table, pk=edition_id).select_related("table").first()


def draft_of(table: CodeTable) -> CodeEdition | None:
    """The draft that waits to be published."""
    return CodeEdition.objects.filter(table=table, state=EditionState.DRAFT).select_related("table").first()


def drafts() -> QuerySet[CodeEdition]:
    """All drafts, by table."""
    return CodeEdition.objects.filter(state=EditionState.DRAFT).select_related("table").order_by("table__title")


def draft_rows(edition: CodeEdition) -> list[Wanted]:
    """What a draft has collected, in the order of the workbook."""
    fields = ("code", "label", "short_label", "parent_code", "like")
    return [Wanted(*row) for row in CodeDraft.objects.filter(edition=edition).order_by("id").values_list(*fields)]


def draft_ids(edition: CodeEdition) -> dict[str, int]:
    """Code → id of what a draft has collected."""
    return dict(CodeDraft.objects.filter(edition=edition).values_list("code", "pk"))


def present_entries(table: CodeTable) -> dict[str, Present]:
    """Code → what the checks need of it."""
    today = clock.today()
    rows = CodeEntry.objects.filter(table=table).order_by("position", "id")
    fields = ("code", "label", "short_label", "parent_code", "retired_from", "extra")
    return {
        code: Present(label, short, parent, retired is None or retired > today, bool(set(extra) - {"ours"}))
        for code, label, short, parent, retired, extra in rows.values_list(*fields)
    }


def preview(edition: CodeEdition) -> tuple[Difference, dict[str, Present], list[Wanted]]:
    """What publishing a draft would change, the table as it is, and the rows of the draft."""
    present, rows = present_entries(edition.table), draft_rows(edition)
    return amendments.difference(rows, present, retire_missing=edition.retire_missing), present, rows


def preview_mark(table: CodeTable, rows: list[Wanted]) -> str:
    """Names what a preview was made of: the table's version and the draft's rows."""
    return hashlib.sha256(f"{table.version}{rows}".encode()).hexdigest()[:16]


def history_of(table: CodeTable) -> QuerySet[Any]:
    """Who changed the table when, newest first."""
    found = HistoryEntry.objects.for_system(REASON).filter(subject_type="code_table", subject_id=table.key)
    return found.order_by("-at", "-id")


def shipped_titles() -> dict[str, str]:
    """Key → title of every table of the product, without asking the database."""
    return sources.titles()
