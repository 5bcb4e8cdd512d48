"""Lists: code tables, settings, history seals."""

from xinglin.ui.lists.spec import ListSpec

from .codes import ENTRY_LISTS, CodeTables

LISTS: tuple[type[ListSpec], ...] = (CodeTables, *ENTRY_LISTS.values())
