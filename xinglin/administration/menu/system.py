"""Entries: code tables, settings, history seals."""

from xinglin.ui.navigation import MenuItem

ITEMS: tuple[MenuItem, ...] = ()
