from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DictionariesConfig(AppConfig):
    name = "xinglin.dictionaries"
    label = "dictionaries"

    def ready(self) -> None:
        post_migrate.connect(_load_after_migrate, sender=self, dispatch_uid="dictionaries.load")


def _load_after_migrate(sender: AppConfig, using: str = "default", **_: object) -> None:
    """Every database has the tables as soon as it has their columns: set-up, upgrade and tests alike."""
    from django.db import connections

    from .actions import load_dictionaries
    from .models import CodeEntry

    if using == "default" and CodeEntry._meta.db_table in connections[using].introspection.table_names():
        load_dictionaries()
