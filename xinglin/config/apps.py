from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ConfigConfig(AppConfig):
    name = "xinglin.config"
    label = "config"

    def ready(self) -> None:
        """Register the system checks and load every app's `checkups.py`."""
        from . import checks, profile  # noqa: F401

        autodiscover_modules("checkups")
