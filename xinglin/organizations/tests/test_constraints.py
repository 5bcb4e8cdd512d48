"""The database itself refuses what must not be, whoever writes (P-01, P-02, Q-10)."""

from __future__ import annotations

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from xinglin.kernel import clock, uscc
from xinglin.organizations.models import Affiliation, Capability, Department, Organization, SpecialtyBase
from xinglin.organizations.tests.trees import make_tree

pytestmark = pytest.mark.django_db
CODE = uscc.synthetic("320199", 77)


@pytest.fixture
def tree():
    return make_tree()


def node(tree, **over):
    fields = {"parent": tree.province, "province": tree.province, "kind": "hospital", "name": "新医院", "path": "/x/"}
    return Organization(**{**fields, "created_at": clock.now(), **over})


def refused(row, name):
    """Saving breaks exactly this constraint (SQLite names the columns of a unique one, not its name)."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        row.save(force_insert=True)
    told = str(error.value)
    assert name in told or "UNIQUE constraint failed" in told, told


@pytest.mark.parametrize(("over", "name"), [
    ({"kind": "ward"}, "organization_kind"),
    ({"name": ""}, "organization_has_name"),
    ({"parent": None}, "organization_has_parent"),
    ({"province": None}, "organization_has_province"),
    ({"kind": "province"}, "organization_province_is_its_own"),
])  # fmt: skip
def test_impossible_nodes(tree, over, name):
    refused(node(tree, **over), name)


@pytest.mark.parametrize("field", ["name", "code", "uscc", "path"])
def test_what_is_unique_in_the_country(tree, field):
    value = {"name": "同一名称", "code": "AB1", "uscc": CODE, "path": "/1/2/3/4/5/"}[field]
    first = node(tree, name="甲", path="/first/")
    setattr(first, field, value)
    first.save(force_insert=True)
    second = node(tree, name="乙", path="/second/")
    setattr(second, field, value)
    refused(second, f"organization_{field}")


def test_many_have_neither_code_nor_uscc(tree):
    for number in range(3):
        node(tree, name=f"医院{number}", path=f"/{number}x/").save(force_insert=True)
    assert Organization.unscoped.filter(code="", uscc="").count() >= 3


def test_nobody_is_its_own_parent(tree):
    made = node(tree)
    made.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.unscoped.filter(pk=made.pk).update(parent=made.pk)


@pytest.mark.parametrize(("over", "name"), [
    ({"kind": "hotel"}, "capability_kind"),
    ({"track": "yoga"}, "capability_track"),
    ({"kind": "training_base", "track": ""}, "capability_base_has_track"),
    ({"ends_on": date(2026, 1, 1)}, "capability_dates"),
    ({"ends_on": date(2025, 1, 1)}, "capability_dates"),
])  # fmt: skip
def test_impossible_capabilities(tree, over, name):
    fields = {"organization": tree.base, "kind": "institution", "track": "", "starts_on": date(2026, 1, 1)}
    refused(Capability(**{**fields, **over}), name)


def test_one_capability_once_a_day(tree):
    fields = {"organization": tree.base, "kind": "institution", "track": "", "starts_on": date(2026, 1, 1)}
    Capability(**fields).save(force_insert=True)
    refused(Capability(**fields), "capability_once")


@pytest.mark.parametrize(("over", "name"), [
    ({"affiliate": "base"}, "affiliation_two_units"),
    ({"ends_on": date(2026, 1, 1)}, "affiliation_dates"),
])  # fmt: skip
def test_impossible_affiliations(tree, over, name):
    if over.get("affiliate"):
        over = {"affiliate": tree.base}
    fields = {"base": tree.base, "affiliate": tree.sibling, "starts_on": date(2026, 1, 1)}
    refused(Affiliation(**{**fields, **over}), name)


def test_one_affiliation_once_a_day(tree):
    fields = {"base": tree.base, "affiliate": tree.sibling, "starts_on": date(2026, 1, 1)}
    Affiliation(**fields).save(force_insert=True)
    refused(Affiliation(**fields), "affiliation_once")


@pytest.mark.parametrize(("over", "name"), [
    ({"track": ""}, "specialty_base_track"),
    ({"track": "yoga"}, "specialty_base_track"),
    ({"accreditation": "maybe"}, "specialty_base_state"),
    ({"specialty": ""}, "specialty_base_names_one"),
    ({"capacity": -1}, "capacity"),
])  # fmt: skip
def test_impossible_specialty_bases(tree, over, name):
    fields = {"organization": tree.base, "track": "western", "specialty": "0100", "capacity": 10}
    refused(SpecialtyBase(**{**fields, "accreditation": "accredited", **over}), name)


def test_one_specialty_base_a_track(tree):
    fields = {"organization": tree.base, "specialty": "0100", "capacity": 10, "accreditation": "accredited"}
    SpecialtyBase(**fields, track="western").save(force_insert=True)
    SpecialtyBase(**fields, track="tcm").save(force_insert=True)
    refused(SpecialtyBase(**fields, track="western"), "specialty_base_once")


def test_departments_have_names_of_their_own(tree):
    refused(Department(organization=tree.base, name="", medical_subjects=["03"]), "department_has_name")
    Department(organization=tree.base, name="内科", medical_subjects=["03"]).save(force_insert=True)
    Department(organization=tree.sibling, name="内科", medical_subjects=["03"]).save(force_insert=True)
    refused(Department(organization=tree.base, name="内科", medical_subjects=["04"]), "department_name")


def test_a_node_with_anything_below_is_not_deleted(tree):
    from django.db.models import ProtectedError

    for row in (tree.province, tree.base):
        with pytest.raises(ProtectedError):
            row.delete()


class TestUpgrade:
    """Migration 0002 on a database that is full already."""

    migration = import_module("xinglin.organizations.migrations.0002_whole_facts")

    class Editor:
        connection = connection

    def run(self):
        self.migration.no_code_twice(apps, self.Editor)

    def test_a_sound_database_passes(self, tree):
        Organization.unscoped.filter(pk=tree.base.pk).update(uscc=CODE)
        self.run()

    def test_a_code_that_two_have_is_named_with_both(self, tree):
        rows = [tree.base, tree.sibling]
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX organization_uscc")  # as before the migration; rolled back with the test
        Organization.unscoped.filter(pk__in=[row.pk for row in rows]).update(uscc=CODE)
        with pytest.raises(RuntimeError) as error:
            self.run()
        assert all(row.name in str(error.value) for row in rows)
        assert CODE in str(error.value) and "请先改正再升级" in str(error.value)
