"""The contact phone: sealed for notices, compared by its hash, shown as a mask, completed where only a hash is known."""

from __future__ import annotations

import pytest

from xinglin.history.models import HistoryEntry
from xinglin.kernel import masks
from xinglin.organizations.actions import complete_phone, create_organization, edit_contact, edit_organization
from xinglin.organizations.models import Organization
from xinglin.vault.hashing import keyed_hash

from .factories import (
    forget_full_phone,
    make_phone,
    make_staff,
    make_tree,
    set_contact_phone,
    viewer_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-01", "P-13")]
NUMBER, OTHER = make_phone(41), make_phone(42)


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def by(tree):
    return viewer_of(make_staff("association_admin", tree.association))


def stored(node: Organization) -> Organization:
    return Organization.unscoped.select_related("key").get(pk=node.pk)


def raw(node: Organization) -> bytes:
    """The column as the database holds it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT contact_phone FROM organizations_organization WHERE id = %s", [node.pk])
        return bytes(cursor.fetchone()[0])


def test_a_new_unit_keeps_it_sealed_with_hash_and_mask(tree, by):
    node = create_organization(tree.province, kind="hospital", name="望溪医院", contact_phone=NUMBER, by=by)
    assert stored(node).contact_phone == NUMBER and not stored(node).lacks_full_phone
    assert stored(node).contact_phone_hash == keyed_hash("phone", NUMBER)
    assert stored(node).contact_phone_masked == masks.phone(NUMBER)
    assert raw(node) and NUMBER.encode() not in raw(node)


def test_without_a_phone_there_is_no_key(tree, by):
    node = create_organization(tree.province, kind="hospital", name="望溪医院", by=by)
    assert stored(node).key is None and raw(node) == b"" and not stored(node).lacks_full_phone


def test_a_changed_number_takes_the_place_of_the_old_under_the_same_key(tree, by):
    set_contact_phone(tree.base, NUMBER)
    key = stored(tree.base).key_id
    assert edit_organization(tree.base, {"contact_phone": OTHER}, by=by)
    assert (stored(tree.base).contact_phone, stored(tree.base).key_id) == (OTHER, key)


def test_the_same_number_again_changes_nothing(tree, by):
    set_contact_phone(tree.base, NUMBER)
    before = raw(tree.base)
    assert not edit_organization(tree.base, {"contact_phone": NUMBER}, by=by)
    assert raw(tree.base) == before


def test_other_edits_leave_it_as_it_is(tree, by):
    set_contact_phone(tree.base, NUMBER)
    assert edit_contact(tree.base, contact_name="教学办公室", by=by)
    assert stored(tree.base).contact_phone == NUMBER


def test_the_same_number_completes_a_row_that_has_its_hash_only(tree, by):
    set_contact_phone(tree.base, NUMBER)
    forget_full_phone(tree.base)
    assert tree.base.lacks_full_phone
    assert edit_organization(tree.base, {"contact_phone": NUMBER}, by=by)
    assert stored(tree.base).contact_phone == NUMBER
    entry = HistoryEntry.unscoped.filter(verb="organization.edit").get()
    assert entry.changes == {"联系电话": [f"{masks.phone(NUMBER)}（只有校验值）", masks.phone(NUMBER)]}


@pytest.mark.parametrize(("typed", "whole"), [(NUMBER, True), (OTHER, False)])
def test_only_the_number_on_record_completes_it(tree, by, typed, whole):
    set_contact_phone(tree.base, NUMBER)
    forget_full_phone(tree.base)
    assert complete_phone(tree.base, typed, by=by) is whole
    assert stored(tree.base).contact_phone == (NUMBER if whole else "")
    assert not complete_phone(tree.base, typed, by=by), "once"


def test_no_history_row_has_the_number(tree, by):
    node = create_organization(tree.province, kind="hospital", name="望溪医院", contact_phone=NUMBER, by=by)
    edit_organization(node, {"contact_phone": OTHER}, by=by)
    told = str(list(HistoryEntry.unscoped.values_list("changes", "facts")))
    assert NUMBER not in told and OTHER not in told and masks.phone(OTHER) in told
