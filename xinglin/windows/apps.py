from django.apps import AppConfig


class WindowsConfig(AppConfig):
    name = "xinglin.windows"
    label = "windows"

    def ready(self) -> None:
        from xinglin.ui import navigation
        from xinglin.ui.lists import registry

        from .tables import TimesList

        registry.register(TimesList)
        navigation.register(
            navigation.MenuItem(
                "windows.times",
                "时间安排",
                url_name="windows:list",
                permission="windows.view",
                parent="residents.recruitment",
                order=10,
            )
        )
