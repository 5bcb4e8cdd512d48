"""Loads every app's ``import_specs`` module, so that the kinds register themselves."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ImportsConfig(AppConfig):
    name = "xinglin.imports"
    label = "imports"

    def ready(self) -> None:
        from xinglin.people.registry import register_erasure

        from .actions import erasing

        autodiscover_modules("import_specs")
        register_erasure(erasing.PART)
