"""Entries: code tables, settings, history seals."""

from xinglin.ui.navigation import MenuItem

ITEMS: tuple[MenuItem, ...] = (
    MenuItem("administration.codes", "代码表", "books", "administration:codes", "codes.view", "administration", 60),
    MenuItem(
        "administration.site", "平台设置", "adjustments", "administration:site", "site.edit", "administration", 70
    ),
)
