from django.db import migrations, models

NAME = "history_scope_prefix"
TABLE = "history_historyentry"
COLUMNS = "(organization_path varchar_pattern_ops, at)"


def create(apps, schema_editor):
    """Partition by partition and concurrently, so that a full table can be written meanwhile; taken up again safely."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX IF NOT EXISTS {NAME} ON ONLY {TABLE} {COLUMNS}")
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = %s::regclass ORDER BY 1",
            [TABLE],
        )
        for (partition,) in cursor.fetchall():
            index = f"{partition}_scope_prefix"
            cursor.execute(
                "SELECT 1 FROM pg_index i JOIN pg_inherits h ON h.inhrelid = i.indexrelid"
                " WHERE i.indrelid = %s::regclass AND h.inhparent = %s::regclass",
                [partition, NAME],
            )
            if cursor.fetchone():
                continue
            cursor.execute(f"DROP INDEX IF EXISTS {index}")
            cursor.execute(f"CREATE INDEX CONCURRENTLY {index} ON {partition} {COLUMNS}")
            cursor.execute(f"ALTER INDEX {NAME} ATTACH PARTITION {index}")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")


class Migration(migrations.Migration):
    """Reads of a subtree by prefix, whatever the collation of the database. SQLite searches prefixes by its own index."""

    atomic = False

    dependencies = [("history", "0002_seals")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(create, drop)],
            state_operations=[
                migrations.AddIndex(
                    "historyentry",
                    models.Index(
                        fields=["organization_path", "at"],
                        name=NAME,
                        opclasses=["varchar_pattern_ops", "timestamptz_ops"],
                    ),
                )
            ],
        )
    ]
