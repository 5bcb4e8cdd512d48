from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "xinglin.notifications"
    label = "notifications"

    def ready(self) -> None:
        from xinglin.accounts import courier
        from xinglin.people.registry import register_erasure

        from . import checks  # noqa: F401  (registers)
        from .actions import erasing
        from .gateway import Gateway

        courier.register(Gateway())
        register_erasure(erasing.PART)
