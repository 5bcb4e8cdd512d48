"""How one user likes one list."""

from django.db import models


class ListPreference(models.Model):
    """Columns in order, fixed columns, row height and page size of one list for one user (P-15).

    ``choice``: {"columns": [names], "fixed": [names], "density": "", "size": 20}; names that the list no longer has
    are passed over.
    """

    user_id = models.BigIntegerField("用户")
    name = models.CharField("列表", max_length=80)
    choice = models.JSONField("设置", default=dict)

    class Meta:
        app_label = "ui"
        verbose_name = "列表设置"
        constraints = [models.UniqueConstraint(fields=["user_id", "name"], name="ui_one_preference_per_list")]

    def __str__(self) -> str:
        return f"{self.name} {self.user_id}"
