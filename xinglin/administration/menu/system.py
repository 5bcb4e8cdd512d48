"""Entries: code tables, settings, history seals."""

from xinglin.ui.navigation import MenuItem

_PARENT = "administration.group-platform"

ITEMS: tuple[MenuItem, ...] = (
    MenuItem("administration.codes", "代码表", "books", "administration:codes", "codes.view", _PARENT, 60),
    MenuItem("administration.site", "平台设置", "adjustments", "administration:site", "site.edit", _PARENT, 70),
    MenuItem("administration.history", "历史封存", "lock", "administration:history", "history.verify", _PARENT, 80),
    MenuItem("administration.erased", "个人信息删除", "trash", "administration:erased", "people.erase", _PARENT, 90),
)
