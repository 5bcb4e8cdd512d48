"""The forms of the personal record: every declared field has its place and its condition (R-20)."""

import pytest

from xinglin.dictionaries import selectors as dictionaries
from xinglin.dictionaries.models import CodeEntry
from xinglin.kernel import clock
from xinglin.people.enums import Section
from xinglin.people.fields import personal_fields, section_fields
from xinglin.people.models import Person
from xinglin.people.rules import MANDATORY
from xinglin.residents.forms.personal import PersonalForm, blocks_of
from xinglin.residents.forms.personal.conditions import condition_of, holds
from xinglin.residents.tests.own import make_own


@pytest.mark.parametrize(
    ("condition", "sent", "holds_then"),
    [
        ("", {}, True),
        ("a=1", {"a": "1"}, True),
        ("a=1", {"a": "0"}, False),
        ("a=1|2", {"a": "2"}, True),
        ("a!=|999", {"a": ""}, False),
        ("a!=|999", {"a": "410"}, True),
        ("a=1&b!=|999", {"a": "1", "b": "999"}, False),
        ("a=1&b!=|999", {"a": "1", "b": "410"}, True),
    ],
)
def test_conditions(condition, sent, holds_then):
    assert holds(condition, lambda key: sent.get(key, "")) is holds_then


@pytest.mark.req("R-20")
def test_what_is_mandatory_only_sometimes_is_asked_for_only_then():
    for field in personal_fields().values():
        rules = [rule for rule in MANDATORY[field.section] if rule.field == field.declaration.name]
        if rules and rules[0].why and field.declaration.name != "id_back":
            assert condition_of(field), field.key


@pytest.mark.django_db
@pytest.mark.parametrize("section", Section.values)
def test_every_field_has_exactly_one_place(section):
    own = make_own()
    blocks = blocks_of(PersonalForm(section, own.record, own.viewer))
    shown = [item.key for block in blocks for item in block.items] + [b.first.key for b in blocks if b.first]
    assert sorted(shown) == sorted(field.key for field in section_fields(section))


@pytest.mark.django_db
@pytest.mark.req("P-10")
def test_retired_code_stays_where_it_is_and_cannot_be_chosen_anew():
    own = make_own()
    other = make_own(own.world)
    Person.unscoped.filter(pk=own.enrollment.person_id).update(ethnic_group="02")
    CodeEntry.objects.filter(table__key="ethnic_group", code="02").update(retired_from=clock.today())
    dictionaries.forget("ethnic_group")
    try:
        kept = PersonalForm("basic_info", own.record, own.viewer, {"basic_info.ethnic_group": "02"})
        assert kept.is_valid()
        assert kept.cleaned_data["basic_info.ethnic_group"] == "02"
        assert dict(kept.fields["basic_info.ethnic_group"].choices)["02"] == "蒙古族"
        assert not PersonalForm("basic_info", other.record, other.viewer, {"basic_info.ethnic_group": "02"}).is_valid()
    finally:
        dictionaries.forget("ethnic_group")


@pytest.mark.django_db
@pytest.mark.req("R-07")
def test_summary_names_the_level():
    own = make_own()
    sent = {"education.master.applies": "1", "education.master.graduated_on": "2024-02-30"}
    form = PersonalForm("education", own.record, own.viewer, sent)
    assert not form.is_valid()
    assert form.summary == [("硕士 毕业时间", "这一天不存在，请核对", "id_education.master.graduated_on")]
