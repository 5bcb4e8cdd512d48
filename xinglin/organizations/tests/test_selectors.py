"""A viewer sees its own node and its subtree, no sibling (P-01)."""

from dataclasses import replace
from datetime import date

import pytest

from xinglin.kernel import uscc
from xinglin.organizations import actions, selectors
from xinglin.organizations.enums import Accreditation, CapabilityKind, Kind
from xinglin.organizations.models import Affiliation, Capability, Department, Organization, SpecialtyBase
from xinglin.organizations.tests.trees import SYSTEM, make_node, make_tree, viewer_at

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-01")]


def test_scopes():
    tree = make_tree()
    base = viewer_at(tree.base)
    province = viewer_at(tree.province)
    association = viewer_at(tree.association)
    assert list(selectors.organizations(base)) == [tree.base]
    assert set(selectors.bases(province)) == {tree.base, tree.sibling}
    assert set(selectors.bases(association)) == set(tree.bases)
    assert not selectors.bases(association, "tcm")
    assert list(selectors.provinces(province)) == [tree.province]
    assert set(selectors.provinces()) == {tree.province, tree.other_province}
    assert selectors.base_of(base) == tree.base
    assert selectors.base_of(province) is None
    assert list(selectors.subtree(tree.province)) == [tree.province, tree.base, tree.sibling]
    assert selectors.ancestors(tree.base) == [tree.ministry, tree.association, tree.province]


def test_a_person_and_nobody_see_no_affiliation():
    tree = make_tree()
    actions.affiliate(tree.base, tree.sibling, starts_on=date(2020, 1, 1), by=SYSTEM)
    person = replace(viewer_at(tree.base), is_person=True, person_id=1)
    placeless = replace(viewer_at(tree.base), organization_path="")
    assert not Affiliation.objects.visible_to(person).exists()
    assert not Affiliation.objects.visible_to(placeless).exists()
    assert Affiliation.objects.visible_to(SYSTEM).count() == 1


class TestAffiliationsFromBothSides:
    """P-03: the base sees its affiliates, the affiliate the bases that it serves, nobody else's."""

    @pytest.fixture
    def tree(self):
        return make_tree()

    @pytest.fixture
    def link(self, tree):
        return actions.affiliate(tree.base, tree.bases[2], starts_on=date(2020, 1, 1), by=SYSTEM)

    @pytest.mark.parametrize(("who", "sees"), [
        ("base", True), ("unit", True), ("sibling", False), ("units_sibling", False), ("province", True),
        ("other_province", True), ("association", True), ("ministry", True),
    ])  # fmt: skip
    def test_who_sees_it(self, tree, link, who, sees):
        nodes = {"base": tree.base, "unit": tree.bases[2], "sibling": tree.sibling, "units_sibling": tree.bases[3],
                 "province": tree.province, "other_province": tree.other_province, "association": tree.association,
                 "ministry": tree.ministry}  # fmt: skip
        viewer = viewer_at(nodes[who])
        assert Affiliation.objects.visible_to(viewer).filter(pk=link.pk).exists() is sees
        assert (link in selectors.affiliations(viewer, tree.base)) is sees
        assert (link in selectors.affiliations(viewer, tree.bases[2])) is sees

    def test_the_relation_opens_nothing_else(self, tree, link):
        """What is shared is the relation: no node, no department, no specialty base of the other side."""
        actions.save_department(tree.base, "内科", ["03"], by=SYSTEM)
        SpecialtyBase.unscoped.create(
            organization=tree.base, track="western", specialty="0100", capacity=1, accreditation="accredited"
        )
        unit = viewer_at(tree.bases[2])
        assert list(selectors.organizations(unit)) == [tree.bases[2]]
        assert not Department.objects.visible_to(unit).exists()
        assert not SpecialtyBase.objects.visible_to(unit).exists()

    def test_an_ended_one_stays_visible_and_no_longer_counts(self, tree, link):
        Affiliation.unscoped.filter(pk=link.pk).update(ends_on=date(2021, 1, 1))
        assert list(selectors.affiliations(viewer_at(tree.base), tree.base)) == [link]
        assert not selectors.affiliates(tree.base)
        assert list(selectors.affiliates(tree.base, date(2020, 12, 31))) == [tree.bases[2]]
        assert not selectors.bases_of_affiliate(tree.bases[2])

    def test_newest_first(self, tree, link):
        newer = actions.affiliate(tree.base, tree.sibling, starts_on=date(2022, 1, 1), by=SYSTEM)
        assert list(selectors.affiliations(SYSTEM, tree.base)) == [newer, link]


class TestFinding:
    @pytest.fixture
    def tree(self):
        return make_tree()

    def test_children_levels_of_government_first(self, tree):
        city = make_node(tree.province, Kind.CITY)
        found = list(selectors.children(viewer_at(tree.province), tree.province))
        assert found[0] == city and set(found[1:]) == {tree.base, tree.sibling}

    def test_children_stay_in_scope(self, tree):
        assert not selectors.children(viewer_at(tree.base), tree.province).exclude(pk=tree.base.pk).exists()
        assert not selectors.children(viewer_at(tree.other_province), tree.province).exists()
        assert not selectors.children(viewer_at(tree.base), tree.base).exists()

    @pytest.mark.parametrize("words", ["name", "code", "uscc", "lower", "spaced"])
    def test_a_hospital_by_what_names_it(self, tree, words):
        code = uscc.synthetic("320199", 31)
        Organization.unscoped.filter(pk=tree.base.pk).update(code="AB01", uscc=code)
        typed = {
            "name": tree.base.name,
            "code": "AB01",
            "uscc": code,
            "lower": "ab01",
            "spaced": f" {code[:6]} {code[6:]}",
        }
        assert selectors.hospitals_called(typed[words]) == [tree.base]

    def test_part_of_a_name_finds_several(self, tree):
        found = selectors.hospitals_called("医院（单位）")
        assert set(found) == set(tree.bases)
        assert len(selectors.hospitals_called("医院（单位）", most=2)) == 2

    @pytest.mark.parametrize("words", ["", "　", "没有这样的医院"])
    def test_nothing_is_found_for_nothing(self, tree, words):
        assert selectors.hospitals_called(words) == []

    def test_an_authority_is_no_hospital(self, tree):
        assert selectors.hospitals_called(tree.province.name) == []


class TestSpecialtyBases:
    def test_withdrawn_ones_only_when_asked_for(self):
        tree = make_tree()
        for code, state in (("0100", Accreditation.ACCREDITED), ("0200", Accreditation.WITHDRAWN)):
            SpecialtyBase.unscoped.create(
                organization=tree.base, track="western", specialty=code, capacity=1, accreditation=state
            )
        assert [row.specialty for row in selectors.specialty_bases(tree.base)] == ["0100"]
        assert [row.specialty for row in selectors.specialty_bases(tree.base, all_states=True)] == ["0100", "0200"]
        assert not selectors.specialty_bases(tree.base, "tcm", all_states=True)

    def test_one_track_sees_its_own(self):
        tree = make_tree()
        for track in ("western", "tcm"):
            SpecialtyBase.unscoped.create(
                organization=tree.base, track=track, specialty="0100", capacity=1, accreditation="accredited"
            )
        tcm = replace(viewer_at(tree.province), track="tcm")
        assert [row.track for row in SpecialtyBase.objects.visible_to(tcm)] == ["tcm"]


def test_capabilities_of_a_day():
    tree = make_tree()
    actions.add_capability(
        tree.base, CapabilityKind.INSTITUTION, starts_on=date(2030, 1, 1), ends_on=date(2031, 1, 1), by=SYSTEM
    )
    kinds = [row.kind for row in selectors.capabilities(tree.base, date(2030, 6, 1))]
    assert kinds == ["institution", "training_base"]
    assert [row.kind for row in selectors.capabilities(tree.base, date(2031, 1, 1))] == ["training_base"]
    assert selectors.has_capability(tree.base, "institution", day=date(2030, 12, 31))
    assert list(selectors.with_capability("institution", day=date(2030, 1, 1))) == [tree.base]
    assert not selectors.with_capability("institution", "tcm", date(2030, 1, 1))
    assert not selectors.with_capability("institution", day=date(2030, 1, 1), viewer=viewer_at(tree.sibling))


def test_one_track_sees_its_capabilities_and_those_of_no_track():
    tree = make_tree()
    start = date(2026, 1, 1)
    tcm = actions.add_capability(tree.base, CapabilityKind.TRAINING_BASE, track="tcm", starts_on=start, by=SYSTEM)
    plain = actions.add_capability(tree.base, CapabilityKind.AFFILIATE, starts_on=start, by=SYSTEM)
    foreign = actions.add_capability(tree.bases[2], CapabilityKind.AFFILIATE, starts_on=start, by=SYSTEM)
    seen = set(Capability.objects.visible_to(replace(viewer_at(tree.province), track="tcm")))
    assert seen == {tcm, plain} and foreign not in seen
    person = replace(viewer_at(tree.base), is_person=True, person_id=1, track="tcm")
    assert not Capability.objects.visible_to(person).exists()
