from django.db import migrations, models


class Migration(migrations.Migration):
    """Seals carry the digest of every row; a mark says how far sealing has come."""

    dependencies = [("history", "0001_initial")]

    operations = [
        migrations.AddField("historyseal", "rows", models.PositiveIntegerField(default=0)),
        migrations.AddField("historyseal", "first_id", models.BigIntegerField(default=0)),
        migrations.AddField("historyseal", "last_id", models.BigIntegerField(db_index=True, default=0)),
        migrations.AddField("historyseal", "row_digests", models.BinaryField(default=b"")),
        migrations.AddConstraint(
            "historyseal",
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="history_seal_counts_from_one"),
        ),
        migrations.CreateModel(
            name="SealMark",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("safe_id", models.BigIntegerField(default=0)),
                ("mark_id", models.BigIntegerField(default=0)),
                ("mark_at", models.DateTimeField(null=True)),
                ("mark_xid", models.BigIntegerField(null=True)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(id=1), name="history_one_seal_mark")],
            },
        ),
    ]
