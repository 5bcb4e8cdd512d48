from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "xinglin.portal"
    label = "portal"

    def ready(self) -> None:
        from . import entrances

        entrances.register()
