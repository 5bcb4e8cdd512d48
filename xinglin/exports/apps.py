from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "xinglin.exports"
    label = "exports"

    def ready(self) -> None:
        """导出记录 stands in the menu of every user who works with lists."""
        from xinglin.people.registry import register_erasure
        from xinglin.ui import navigation

        from . import erasing
        from .rules import works_with_lists

        register_erasure(erasing.PART)
        navigation.register(
            navigation.MenuItem(
                "exports.history", "导出记录", icon="file-download", url_name="exports:history", face="menu",
                order=60, when=works_with_lists,
            )
        )  # fmt: skip
