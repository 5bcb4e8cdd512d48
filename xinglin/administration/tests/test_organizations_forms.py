"""Forms of the organisation screens: days as people give them, choices, words (P-01, P-02, P-03)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from xinglin.dictionaries import selectors as dictionaries
from xinglin.kernel import clock
from xinglin.organizations import rules
from xinglin.organizations.enums import Accreditation

from ..forms.organizations import (
    AffiliationForm,
    CapabilityForm,
    ContactForm,
    DepartmentForm,
    EndForm,
    NodeForm,
    SpecialtyChangeForm,
    SpecialtyForm,
)
from ..templatetags.organizations import VERBS, organization_verb, specialty_label, subjects_text
from .organizations_scene import Organizations, make_organizations

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.fixture
def world(db: None) -> Organizations:
    return make_organizations()


@given(days, st.none() | days)
def test_the_last_day_given_is_the_last_that_counts(start: date, last: date | None) -> None:
    data = {"kind": "institution", "track": "", "starts_on": str(start), "ends_on": str(last or ""), "reason": ""}
    form = CapabilityForm(data)
    assert form.is_valid(), form.errors
    span = form.span
    assert span["starts_on"] == start
    if last is None:
        assert span["ends_on"] is None
    else:
        assert span["ends_on"] == last + timedelta(days=1)
        if start <= last:
            assert rules.in_force(start, span["ends_on"], last)


@given(st.none() | days)
def test_an_end_is_shown_as_it_was_given(last: date | None) -> None:
    stored = rules.end_after(last)
    shown = EndForm(ends_on=stored).initial["ends_on"]
    assert shown == last
    again = EndForm({"ends_on": str(shown or ""), "reason": ""})
    assert again.is_valid() and again.end == stored


@pytest.mark.parametrize("typed", ["2026-02-30", "昨天", "20261120x", "9999999"])
def test_days_that_are_none(typed: str) -> None:
    form = EndForm({"ends_on": typed, "reason": ""})
    assert not form.is_valid()
    assert "日期不对，请按 2026-11-20 填写。" in str(form.errors["ends_on"])


@pytest.mark.parametrize(("typed", "kept"), [(" 国卫科教〔2026〕1号 ", "国卫科教〔2026〕1号"), ("", ""), ("　", "")])
def test_grounds_are_tidied(typed: str, kept: str) -> None:
    form = EndForm({"ends_on": "", "reason": typed})
    assert form.is_valid() and form.cleaned_data["reason"] == kept


def test_a_new_capability_begins_today() -> None:
    assert CapabilityForm(track="tcm").initial == {"starts_on": clock.today(), "track": "tcm"}


@pytest.mark.req("P-01")
class TestNode:
    def test_every_fact_of_the_node_is_on_the_form(self, world: Organizations) -> None:
        new = NodeForm(parent=world.tree.province)
        facts = ["name", "short_name", "code", "uscc", "division", "contact_name", "contact_phone"]
        assert list(new.fields) == ["kind", *facts]
        assert list(NodeForm(node=world.tree.base).fields) == facts

    def test_labels_come_from_the_declaration(self, world: Organizations) -> None:
        labels = {name: field.label for name, field in NodeForm(node=world.tree.base).fields.items()}
        assert (
            labels["uscc"] == "统一社会信用代码" and labels["division"] == "行政区划" and labels["code"] == "基地代码"
        )

    def test_what_is_left_out_is_empty_text(self, world: Organizations) -> None:
        form = NodeForm({"name": "甲"}, node=world.tree.base)
        assert form.is_valid(), form.errors
        assert form.values == dict.fromkeys(form.values, "") | {"name": "甲"}

    @pytest.mark.parametrize("phone", ["", "190****0001"])
    def test_the_present_mask_is_told(self, world: Organizations, phone: str) -> None:
        world.tree.base.contact_phone_masked = phone
        for form in (NodeForm(node=world.tree.base), ContactForm(node=world.tree.base)):
            told = form.fields["contact_phone"].help_text
            assert ("现在是 190****0001；不改就留空" in told) is bool(phone)
            assert "接收退回通知" in told
            assert form["contact_phone"].value() in (None, "")

    def test_a_code_typed_as_a_label_is_a_code(self, world: Organizations) -> None:
        form = NodeForm({"name": "甲", "division": dictionaries.label("division", "110101")}, node=world.tree.base)
        assert form.is_valid() and form.values["division"] == "110101"


@pytest.mark.req("P-03")
class TestAffiliation:
    def send(self, unit: str) -> AffiliationForm:
        return AffiliationForm({"unit": unit, "starts_on": "2026-01-01", "ends_on": "", "reason": ""})

    def test_found_by_name(self, world: Organizations) -> None:
        form = self.send(world.tree.sibling.name)
        assert form.is_valid() and form.found == world.tree.sibling

    def test_not_found_is_not_valid(self, world: Organizations) -> None:
        form = self.send("没有这样的医院")
        assert not form.is_valid() and form.found is None
        assert "请先在“机构管理”里新增" in str(form.errors["unit"])

    def test_a_full_name_wins_over_longer_ones(self, world: Organizations) -> None:
        from xinglin.organizations.models import Organization

        Organization.unscoped.filter(pk=world.tree.base.pk).update(name="甲医院")
        Organization.unscoped.filter(pk=world.tree.sibling.pk).update(name="甲医院分院")
        form = self.send("甲医院")
        assert form.is_valid() and form.found == world.tree.base


@pytest.mark.req("P-02")
class TestSpecialty:
    def test_each_track_offers_its_own(self, db: None) -> None:
        form = SpecialtyForm(tracks=["western", "tcm"], taken=[("western", "0100")])
        groups = dict(form.fields["specialty"].choices[1:])
        assert ("0100", "内科") not in groups["西医"] and ("0200", "儿科") in groups["西医"]
        assert [code for code, _ in groups["中医"]] == ["Z100", "Z200"]
        assert "2700" not in {code for rows in groups.values() for code, _ in rows}, "retired"

    def test_no_track_no_choice(self, db: None) -> None:
        form = SpecialtyForm(tracks=[], taken=[])
        assert form.fields["track"].choices == [] and len(form.fields["specialty"].choices) == 1

    @pytest.mark.parametrize(
        ("capacity", "good"), [("0", True), ("2000", True), ("2001", False), ("-1", False), ("1.5", False)]
    )
    def test_capacity(self, world: Organizations, capacity: str, good: bool) -> None:
        data = {"capacity": capacity, "accreditation": "accredited", "reason": ""}
        assert SpecialtyChangeForm(data, row=world.specialty).is_valid() is good

    def test_the_change_offers_every_state(self, world: Organizations) -> None:
        form = SpecialtyChangeForm(row=world.specialty)
        assert [value for value, _ in form.fields["accreditation"].choices] == list(Accreditation.values)
        assert form.initial == {"capacity": 30, "accreditation": "accredited"}


@pytest.mark.req("P-02")
class TestDepartment:
    def form(self, *subjects: str, **more: Any) -> DepartmentForm:
        data = QueryDict(mutable=True)
        data["name"] = "内科"
        data.setlist("medical_subjects", list(subjects))
        return DepartmentForm(data, **more)

    def test_groups_are_the_first_level(self, db: None) -> None:
        labels = [group.label for group in DepartmentForm().groups()]
        assert labels[0] == "内科" and len(labels) == len(set(labels))
        assert not any(group.open for group in DepartmentForm().groups())

    def test_what_is_chosen_is_open_and_counted(self, db: None) -> None:
        (opened,) = [group for group in self.form("03.04", "03.01").groups() if group.open]
        assert (opened.label, opened.chosen) == ("内科", 2)

    def test_several_are_taken(self, db: None) -> None:
        form = self.form("03.04", "20")
        assert form.is_valid() and form.cleaned_data["medical_subjects"] == ["03.04", "20"]

    def test_a_retired_subject_that_it_has_stays_choosable(self, world: Organizations, monkeypatch: Any) -> None:
        from xinglin.administration.forms.organizations import units

        kept = dictionaries.choices("medical_subject")
        less = [pair for pair in kept if pair[0] != "03.04"]
        monkeypatch.setattr(
            units.dictionaries, "choices", lambda key, include_retired=False: kept if include_retired else less
        )
        offered = {code for group in DepartmentForm(department=world.department).groups() for code, _, _ in group.items}
        assert "03.04" in offered
        fresh = {code for group in DepartmentForm().groups() for code, _, _ in group.items}
        assert "03.04" not in fresh


class TestWords:
    def test_every_verb_of_the_actions_has_words(self) -> None:
        """The history tab never shows a code: read from the source of the actions."""
        import re

        from tests.sources import ROOT

        folder = ROOT / "xinglin" / "organizations" / "actions"
        source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
        kinds = "organization|capability|affiliation|specialty_base|department"
        used = set(re.findall(rf'"((?:{kinds})\.[a-z]+)"', source))
        assert used and used == set(VERBS)

    def test_an_unknown_verb_is_itself(self) -> None:
        assert organization_verb("moon.land") == "moon.land"
        assert organization_verb("department.save") == "保存科室"

    def test_labels(self, world: Organizations) -> None:
        assert specialty_label(world.specialty) == "内科"
        assert subjects_text(world.department) == "心血管内科专业"
