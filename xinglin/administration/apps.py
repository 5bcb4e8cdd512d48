from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "xinglin.administration"
    label = "administration"

    def ready(self) -> None:
        from xinglin.ui import navigation
        from xinglin.ui.lists import registry

        from .menu import ITEMS
        from .tables import LISTS

        for spec in LISTS:
            registry.register(spec)
        for item in ITEMS:
            navigation.register(item)
