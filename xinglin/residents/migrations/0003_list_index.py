from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """The index that answers the lists and counts of a province alone."""

    dependencies = [("residents", "0002_list_copies")]

    operations = [
        migrations.AddIndex(
            "enrollment",
            models.Index(
                fields=[
                    "province", "intake_year", "specialty", "id", "person_name", "personnel_type", "report_status",
                    "review_status",
                ],
                condition=Q(lapsed_at__isnull=True),
                name="enrollment_province_find",
            ),
        ),
    ]  # fmt: skip
