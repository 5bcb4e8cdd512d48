"""Entries: accounts, staff, identities, roles."""

from xinglin.ui.navigation import MenuItem

ITEMS: tuple[MenuItem, ...] = ()
