from django.db import migrations, models

NAME = "history_scope"


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")  # with those of all partitions


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        index = models.Index(fields=["organization_path", "at"], name=NAME)
        schema_editor.add_index(apps.get_model("history", "historyentry"), index)


class Migration(migrations.Migration):
    """On PostgreSQL the index of prefixes finds whole paths too, in the order of time: one of the two is enough."""

    dependencies = [("history", "0003_scope_prefix")]

    operations = [migrations.RunPython(drop, create)]
