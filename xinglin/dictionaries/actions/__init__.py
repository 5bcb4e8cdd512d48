"""Writes to the code tables: loading what is shipped, single changes, and new editions by workbook (P-10)."""

from .amending import PERMISSION, Ground, add_entry, rename_entry, restore_entry, retire_entry
from .drafting import collect, drop_edition, publish_edition, start_edition
from .loading import add_entries, load_dictionaries

__all__ = [
    "PERMISSION",
    "Ground",
    "add_entries",
    "add_entry",
    "collect",
    "drop_edition",
    "load_dictionaries",
    "publish_edition",
    "rename_entry",
    "restore_entry",
    "retire_entry",
    "start_edition",
]
