from django.db import migrations, models


class Migration(migrations.Migration):
    """When a person was erased (PIPL art. 47)."""

    dependencies = [("people", "0001_initial")]

    operations = [migrations.AddField("person", "erased_at", models.DateTimeField(null=True))]
