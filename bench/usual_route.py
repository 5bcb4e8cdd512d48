"""The usual route: a django-import-export resource that makes the same rows of the same tables, row by row."""

from __future__ import annotations

from typing import Any

import tablib
from django.db import transaction
from django.db.models import QuerySet
from import_export import resources

from bench.ground import HEADS
from xinglin.accounts.actions import open_users
from xinglin.history import actions as history
from xinglin.history.actions import Entry
from xinglin.kernel import clock, id_numbers
from xinglin.people.models import Person
from xinglin.people.selectors import id_number_hash, last6_hash, phone_hash
from xinglin.residents.models import Enrollment, RecruitmentReview
from xinglin.residents.tests.factories import World
from xinglin.vault.actions import new_key


class AccountResource(resources.ModelResource):
    """Checks, looks up and saves each row for itself, as such resources do."""

    class Meta:
        model = Person
        import_id_fields = ("id_number_hash",)
        fields = ("id_number_hash",)
        skip_diff = True
        use_transactions = True

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def get_queryset(self) -> QuerySet[Person]:
        return Person.unscoped.all()

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        checked = id_numbers.check(row["证件号码"])
        row["id_number_hash"] = id_number_hash(checked.value)

    def import_instance(self, instance: Person, row: Any, **kwargs: Any) -> None:
        checked = id_numbers.check(row["证件号码"])
        instance.key = new_key("person")
        instance.name, instance.id_type, instance.id_number = row["姓名"], "01", checked.value
        instance.id_number_hash, instance.id_last6_hash = row["id_number_hash"], last6_hash(checked.value)
        instance.phone, instance.phone_hash = row["手机号"], phone_hash(row["手机号"])
        instance.sex, instance.birth_date = checked.sex or "", checked.birth_date
        instance.created_at = instance.updated_at = clock.now()

    def after_save_instance(self, instance: Person, row: Any, **kwargs: Any) -> None:
        base, window = self.world.tree.base, self.world.window
        now = clock.now()
        enrollment = Enrollment(
            person=instance, window=window, organization=base, province=base.province, track=window.track,
            intake_year=window.year, batch=window.batch, created_at=now, updated_at=now,
        )  # fmt: skip
        enrollment.clean_fields(exclude=[f.name for f in Enrollment._meta.fields if f.null or f.blank])
        enrollment.validate_constraints()
        enrollment.save()
        RecruitmentReview(enrollment=enrollment).save()
        open_users([instance.pk], organization=base, track=window.track, by=self.world.base)
        entry = Entry(
            verb="enrollment.import", update_type="created", subject_type="enrollment", subject_id=enrollment.pk,
            organization_path=base.path, person_id=instance.pk, key=instance.key, lookup=instance.id_number_hash,
            who={"name": instance.name, "id_number": instance.id_number},
        )  # fmt: skip
        history.record([entry], by=self.world.base)


def import_usually(rows: list[list[str]], world: World) -> None:
    """Dry run, then the real one, as its admin does. Raises AssertionError where rows are missing afterwards."""
    data = tablib.Dataset(*[[*row, ""] for row in rows], headers=[*HEADS, "id_number_hash"])
    before = Enrollment.unscoped.count()
    AccountResource(world).import_data(data, dry_run=True, raise_errors=True)
    with transaction.atomic():
        AccountResource(world).import_data(data, dry_run=False, raise_errors=True)
    assert Enrollment.unscoped.count() == before + len(rows)
