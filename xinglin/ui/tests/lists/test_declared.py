"""A label is written once: columns and filters of a list come from the declaration of the field."""

import pytest

from xinglin.people.models import Person
from xinglin.ui.lists.declared import column, filter_by


def test_a_column_takes_label_code_table_and_mask():
    sex = column(Person, "sex", at="person")
    assert (sex.name, sex.label, sex.value, sex.code_table) == ("sex", "性别", "person.sex", "sex")
    number = column(Person, "id_number", at="person", label="证件号码", default_on=False)
    assert (number.label, number.mask, number.mono, number.default_on) == ("证件号码", "id_number", True, False)
    assert column(Person, "phone").mask == "phone"
    assert column(Person, "name").value == "name"


def test_a_filter_takes_its_kind_and_where_to_look():
    assert filter_by(Person, "sex", at="person").kind == "choice"
    assert filter_by(Person, "birth_date").kind == "date_range"
    number = filter_by(Person, "id_number", at="enrollment__person")
    assert number.lookup == "enrollment__person__id_number_hash"
    assert number.last6 == "enrollment__person__id_last6_hash"
    assert filter_by(Person, "name", match="prefix").match == "prefix"


def test_what_is_not_declared_is_an_error():
    with pytest.raises(LookupError, match=r"Person\.created_at is not declared"):
        column(Person, "created_at")
