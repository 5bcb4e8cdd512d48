"""Entries of 系统管理 in three groups; each room keeps its own."""

from xinglin.ui.navigation import MenuItem

from . import accounts, messages, organizations, system

ITEMS = (
    MenuItem("administration", "系统管理", "settings", order=80),
    MenuItem(
        "administration.group-units", "机构与科室", "building-hospital", parent="administration", order=10, folded=True
    ),
    MenuItem(
        "administration.group-accounts", "账号与角色", "users-group", parent="administration", order=30, folded=True
    ),
    MenuItem("administration.group-platform", "平台", "settings", parent="administration", order=60, folded=True),
    *organizations.ITEMS,
    *accounts.ITEMS,
    *system.ITEMS,
    *messages.ITEMS,
)
