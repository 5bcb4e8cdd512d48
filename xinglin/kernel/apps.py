from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "xinglin.kernel"
    label = "kernel"

    def ready(self) -> None:
        from . import among  # noqa: F401  registers the lookup
