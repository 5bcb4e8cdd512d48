"""A field is declared once; the declaration tells its kind, length and owner."""

import pytest
from django.apps import apps

from xinglin.kernel.declarations import declarations_of, declared

Person = apps.get_model("people", "Person")
Education = apps.get_model("people", "Education")
Enrollment = apps.get_model("residents", "Enrollment")
DataKey = apps.get_model("vault", "DataKey")


@pytest.mark.req("R-20")
@pytest.mark.parametrize(
    ("model", "name", "kind"),
    [
        (Person, "name", "name"),
        (Person, "ethnic_group", "code"),
        (Person, "birth_date", "date"),
        (Person, "id_number", "id_number"),
        (Person, "phone", "mobile"),
        (Person, "email", "email"),
        (Person, "photo", "image"),
        (Person, "address", "text"),
        (Education, "applies", "bool"),
        (Enrollment, "intake_year", "int"),
        (Enrollment, "employer_uscc", "uscc"),
    ],
)
def test_the_kind_comes_from_the_declaration_or_the_column(model, name, kind):
    assert declarations_of(model)[name].kind == kind


@pytest.mark.req("R-20")
def test_fields_come_in_the_order_of_the_model_and_undeclared_ones_stay_out():
    names = list(declarations_of(Person))
    assert names[:4] == ["name", "sex", "ethnic_group", "birth_date"]
    assert not {"key", "id_number_hash", "phone_hash", "created_at", "highest_degree"} & set(names)
    assert declarations_of(DataKey) == {}


@pytest.mark.req("R-20")
def test_label_help_length_and_rights_are_told():
    number = declarations_of(Person)["id_number"]
    assert (number.label, number.max_length, number.mask) == ("证件号", 30, "id_number")
    assert number.sensitive and number.fixed and number.owner == "person" and "基地" in number.help
    assert declarations_of(Person)["name"].max_length == 50
    assert declarations_of(Enrollment)["funding_plan"].owner == "base"
    assert declarations_of(Person)["sex"].derived


def test_one_section_can_be_asked_for():
    assert declarations_of(Person, "basic_info") == declarations_of(Person)
    assert declarations_of(Person, "education") == {}


def test_declaring_returns_the_very_field():
    field = Person._meta.get_field("name")
    plain = type(field)("名", max_length=3)
    assert declared(plain) is plain


@pytest.mark.req("Q-12")
def test_every_sealed_field_of_the_product_is_declared_sensitive():
    for model in apps.get_models():
        for name, declaration in declarations_of(model).items():
            if hasattr(model._meta.get_field(name), "plain_length"):
                assert declaration.sensitive, (model, name)
