"""Entries: the outbox."""

from xinglin.ui.navigation import MenuItem

ITEMS: tuple[MenuItem, ...] = (
    MenuItem(
        "administration.messages", "发件箱", "send", url_name="administration:messages", permission="messages.view",
        parent="administration.group-platform", order=90,
    ),
)  # fmt: skip
