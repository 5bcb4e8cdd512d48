"""Reads of the code tables: from the cache of the process, and what the screens of their keeping show."""

from .editions import (
    draft_ids,
    draft_of,
    draft_rows,
    drafts,
    edition_of,
    editions,
    entries,
    history_of,
    present_entries,
    preview,
    preview_mark,
    shipped_titles,
    table_row,
    tables,
    wordings,
)
from .reading import (
    Entry,
    Table,
    UnknownTable,
    children,
    choices,
    code_for,
    codes,
    entry,
    forget,
    label,
    labels,
    look_again,
    nearest,
    parent_of,
    short_label,
    sounding_like,
    table,
    usable,
)

__all__ = [
    "Entry", "Table", "UnknownTable", "children", "choices", "code_for", "codes", "draft_ids", "draft_of", "draft_rows", "drafts",
    "edition_of", "editions", "entries", "entry", "forget", "history_of", "label", "labels", "look_again", "nearest",
    "parent_of", "present_entries", "preview", "preview_mark", "shipped_titles", "short_label", "sounding_like", "table", "table_row",
    "tables", "usable", "wordings",
]  # fmt: skip
