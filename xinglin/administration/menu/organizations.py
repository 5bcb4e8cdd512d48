"""Entries: organisations, specialty bases, departments."""

from xinglin.ui.navigation import MenuItem

ITEMS: tuple[MenuItem, ...] = ()
