"""Entries: accounts, staff, identities, roles."""

from xinglin.ui.navigation import MenuItem

ITEMS: tuple[MenuItem, ...] = (
    MenuItem(
        "administration.accounts", "账号管理", "users-group", url_name="administration:accounts",
        permission="accounts.view", parent="administration.group-accounts", order=30,
    ),
    MenuItem(
        "administration.base_accounts", "基地账号", "building-hospital", url_name="administration:base-accounts",
        permission="accounts.manage", parent="administration.group-accounts", order=32,
    ),
    MenuItem(
        "administration.roles", "角色与权限", "shield-lock", url_name="administration:roles",
        permission="organizations.view", parent="administration.group-accounts", order=36,
    ),
)  # fmt: skip
