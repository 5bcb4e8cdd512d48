"""Entries of 系统管理; each room keeps its own."""

from xinglin.ui.navigation import MenuItem

from . import accounts, messages, organizations, system

ITEMS = (
    MenuItem("administration", "系统管理", "settings", order=80),
    *organizations.ITEMS,
    *accounts.ITEMS,
    *system.ITEMS,
    *messages.ITEMS,
)
