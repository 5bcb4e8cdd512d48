"""Drafts: what a person typed and did not save yet; nobody else sees them (R-19)."""

from django.db import models

from xinglin.kernel.scope import ScopedModel
from xinglin.vault.fields import SealedTextField
from xinglin.vault.models import DataKey

from ..enums import Section
from .person import Person


class Draft(ScopedModel):
    """One a person and section, as JSON of the form's raw values; removed by 保存."""

    scope_organization = None
    scope_person = "person_id"

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    section = models.CharField(max_length=16, choices=Section.choices)
    key = models.ForeignKey(DataKey, models.PROTECT, related_name="+")
    content = SealedTextField(plain_length=20000)
    saved_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["person", "section"], name="draft_once")]
