from typing import Any

from django.db import migrations, models


def _fill(apps: Any, schema_editor: Any) -> None:
    from xinglin.residents.models.copies import fill

    fill(schema_editor.connection.alias)


class Migration(migrations.Migration):
    """Copies for the lists (docs/decisions/0022): the triggers are made after every migrate."""

    dependencies = [("residents", "0001_initial"), ("people", "0001_initial")]

    operations = [
        migrations.AddField(
            "enrollment", "person_name", models.CharField(blank=True, default="", editable=False, max_length=50)
        ),
        migrations.AddField(
            "enrollment",
            "report_status",
            models.CharField(default="unreported", editable=False, max_length=12),
        ),
        migrations.AddField(
            "enrollment", "review_status", models.CharField(blank=True, default="", editable=False, max_length=12)
        ),
        migrations.RunPython(_fill, migrations.RunPython.noop),
    ]
