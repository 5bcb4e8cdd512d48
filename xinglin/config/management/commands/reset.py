"""``xinglin reset``: throw a trial installation's data away."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from xinglin.config.installation import BeingServed, alone, remove_files


class Command(BaseCommand):
    help = "Delete the database, the keys and the files of a trial installation."
    requires_system_checks: list[str] = []

    def handle(self, **_: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("This is a production installation: its data are not thrown away.")
        try:
            with alone():
                _drop_tables()
                remove_files()
        except BeingServed as error:
            raise CommandError("A server is running on these data: stop it first.") from error
        self.stdout.write("The data are gone.")


def _drop_tables() -> None:
    """On a server: the product's own tables only. A SQLite file goes as a whole with the files."""
    if connection.vendor == "postgresql":
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            for table in [*connection.introspection.django_table_names(only_existing=True), "django_migrations"]:
                cursor.execute(f"DROP TABLE IF EXISTS {quote(table)} CASCADE")
    connection.close()
