from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "xinglin.accounts"
    label = "accounts"

    def ready(self) -> None:
        from xinglin.people.registry import register_erasure

        from . import checks  # noqa: F401  (registers)
        from .actions import erasing, forgetting

        register_erasure(forgetting.PART)
        register_erasure(erasing.PART)
