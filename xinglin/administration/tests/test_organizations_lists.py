"""机构管理, 专业基地, 科室 as lists: scope, filters, what today is, exports (P-01, P-02, P-15)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import pytest

from xinglin.exports.testing import ExportedListContract
from xinglin.kernel import clock, uscc
from xinglin.organizations import actions
from xinglin.organizations.enums import CapabilityKind, Kind
from xinglin.organizations.models import Capability, Organization, SpecialtyBase
from xinglin.ui.lists.testing import Scene

from ..tables.organizations import DepartmentList, OrganizationList, SpecialtyBaseList
from .organizations_scene import SYSTEM, Organizations, make_organizations

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world() -> Organizations:
    return make_organizations()


def rows(world: Organizations, who: str, path: str, query: str = "") -> list[Any]:
    answer = world.client(who).get(f"{path}?{query}")
    assert answer.status_code == 200
    return list(answer.context["page"].page.rows)


@pytest.mark.req("P-01", "P-15")
class TestOrganizations(ExportedListContract):
    spec = OrganizationList
    path: ClassVar[str] = "/administration/organizations/"

    @pytest.fixture
    def scene(self, world: Organizations) -> Scene:
        tree = world.tree
        inside = [tree.province.pk, tree.base.pk, tree.sibling.pk]
        outside = [tree.other_province.pk, tree.foreign_base.pk, tree.association.pk, tree.ministry.pk]
        return Scene(world.client("province"), world.viewer("province"), inside, outside)

    def found(self, world: Organizations, query: str, who: str = "association") -> set[int]:
        return {row.pk for row in rows(world, who, self.path, query)}

    @pytest.mark.parametrize(("who", "number"), [
        ("ministry", 8), ("association", 7), ("province", 3), ("reviewer", 3), ("base", 1), ("base_account", 1),
    ])  # fmt: skip
    def test_everybody_sees_the_own_subtree(self, world: Organizations, who: str, number: int) -> None:
        assert len(rows(world, who, self.path)) == number

    @pytest.mark.parametrize("words", ["name", "part", "short", "code", "small", "uscc", "wide"])
    def test_search_by_name_code_and_uscc(self, world: Organizations, words: str) -> None:
        base = world.tree.base
        code = uscc.synthetic("320199", 88_888)
        Organization.unscoped.filter(pk=base.pk).update(
            name="云汀市第一人民医院", short_name="云汀一院", code="YT01", uscc=code
        )
        typed = {"name": "云汀市第一人民医院", "part": "第一人民", "short": "一院", "code": "YT01", "small": "yt01",
                 "uscc": code, "wide": "ＹＴ０１"}[words]  # fmt: skip
        assert self.found(world, f"words={typed}") == {base.pk}

    def test_search_for_nothing_finds_nothing(self, world: Organizations) -> None:
        assert not self.found(world, "words=没有这样的单位")

    def test_by_province(self, world: Organizations) -> None:
        tree = world.tree
        assert self.found(world, f"province={tree.province.pk}") == {tree.province.pk, tree.base.pk, tree.sibling.pk}

    def test_a_province_offers_only_itself(self, world: Organizations) -> None:
        other = world.tree.other_province
        answer = world.client("province").get(f"{self.path}?province={other.pk}")
        assert "已忽略这个条件" in answer.text and other.name not in answer.text

    def test_by_kind(self, world: Organizations) -> None:
        assert self.found(world, "kind=province") == {world.tree.province.pk, world.tree.other_province.pk}

    def test_by_capability_of_today(self, world: Organizations) -> None:
        tree, today = world.tree, clock.today()
        base = CapabilityKind.TRAINING_BASE
        actions.end_capability(world.capability, today, by=SYSTEM)
        actions.add_capability(tree.sibling, base, track="tcm", starts_on=today, by=SYSTEM)
        actions.add_capability(tree.base, base, track="tcm", starts_on=today + DAY, by=SYSTEM)
        actions.add_capability(tree.base, CapabilityKind.INSTITUTION, starts_on=today, by=SYSTEM)
        foreign = {tree.bases[2].pk, tree.bases[3].pk}
        assert self.found(world, "capability=training_base") == {tree.sibling.pk} | foreign
        assert self.found(world, "capability=training_base:tcm") == {tree.sibling.pk}
        assert self.found(world, "capability=training_base:western") == {tree.sibling.pk} | foreign
        assert self.found(world, "capability=institution") == {tree.base.pk}
        assert self.found(world, "track=tcm") == {tree.sibling.pk}
        assert not self.found(world, "capability=affiliate")

    def test_by_state(self, world: Organizations) -> None:
        """Each hospital is in exactly one state; authorities are in none."""
        tree, today = world.tree, clock.today()
        base = CapabilityKind.TRAINING_BASE
        actions.end_capability(world.capability, today, by=SYSTEM)
        Capability.unscoped.filter(organization=tree.sibling).delete()
        actions.end_capability(Capability.unscoped.get(organization=tree.bases[2]), today, by=SYSTEM)
        actions.add_capability(tree.bases[2], base, track="western", starts_on=today + DAY, by=SYSTEM)
        expected = {"ended": tree.base, "none": tree.sibling, "upcoming": tree.bases[2], "current": tree.bases[3]}
        for state, node in expected.items():
            assert self.found(world, f"state={state}") == {node.pk}, state
        shown = {row.pk: row.standing.state for row in rows(world, "association", self.path)}
        assert {pk: state for pk, state in shown.items() if state} == {node.pk: s for s, node in expected.items()}

    def test_what_a_row_says(self, world: Organizations) -> None:
        answer = world.client("association").get(f"{self.path}?words={world.tree.base.code}")
        row = answer.context["page"].page.rows[0]
        assert row.standing.labels == ["培训基地（西医）"]
        assert (row.standing.specialties, row.standing.affiliates, row.standing.departments) == (1, 1, 1)
        for words in ("资质有效", "培训基地（西医）", world.tree.base.code):
            assert words in answer.text

    def test_withdrawn_disabled_and_ended_ones_are_not_counted(self, world: Organizations) -> None:
        actions.change_specialty_base(world.specialty, capacity=1, accreditation="withdrawn", reason="试", by=SYSTEM)
        actions.set_department_in_use(world.department, False, by=SYSTEM)
        actions.end_affiliation(world.affiliation, clock.today(), by=SYSTEM)
        row = rows(world, "association", self.path, f"words={world.tree.base.code}")[0]
        assert (row.standing.specialties, row.standing.affiliates, row.standing.departments) == (0, 0, 0)

    @pytest.mark.parametrize(
        ("who", "may"), [("association", True), ("province", True), ("reviewer", False), ("ministry", False)]
    )
    def test_buttons_say_why_they_are_off(self, world: Organizations, who: str, may: bool) -> None:
        text = world.client(who).get(self.path).text
        assert ("/new/" in text) is may
        assert ("/imports/training-bases/" in text) is may
        assert ("培训基地由省级管理员或中国医师协会维护。" in text) is not may

    def test_a_phone_number_is_never_shown_in_full(self, world: Organizations) -> None:
        actions.edit_organization(world.tree.base, {"contact_phone": "19012345678"}, by=SYSTEM)
        client = world.client("association")
        client.post(self.path, {"do": "columns", "order": ["name", "contact_phone"], "show": ["name", "contact_phone"]})
        text = client.get(self.path).text
        assert "190****5678" in text and "19012345678" not in text


@pytest.mark.req("P-02", "P-15")
class TestSpecialtyBases(ExportedListContract):
    spec = SpecialtyBaseList
    path: ClassVar[str] = "/administration/specialty-bases/"

    @pytest.fixture
    def scene(self, world: Organizations) -> Scene:
        second = actions.add_specialty_base(world.tree.sibling, "western", "0200", 5, by=SYSTEM)
        foreign = actions.add_specialty_base(world.tree.foreign_base, "western", "0100", 5, by=SYSTEM)
        client, viewer = world.client("province"), world.viewer("province")
        return Scene(client, viewer, [world.specialty.pk, second.pk], [foreign.pk])

    def test_filters(self, world: Organizations) -> None:
        withdrawn = actions.add_specialty_base(world.tree.base, "western", "0200", 5, by=SYSTEM)
        actions.change_specialty_base(withdrawn, capacity=5, accreditation="withdrawn", reason="试", by=SYSTEM)
        actions.add_specialty_base(world.tree.foreign_base, "western", "0100", 5, by=SYSTEM)
        asked = {
            "": 3, "specialty=0100": 2, "accreditation=withdrawn": 1, "track=tcm": 0, "track=western": 3,
            f"organization={world.tree.base.name}": 2, f"province={world.tree.other_province.pk}": 1,
        }  # fmt: skip
        for query, number in asked.items():
            assert len(rows(world, "association", self.path, query)) == number, query

    def test_a_one_track_identity_sees_its_track(self, world: Organizations) -> None:
        SpecialtyBase.unscoped.create(
            organization=world.tree.base, track="tcm", specialty="Z100", capacity=3, accreditation="accredited"
        )
        world.client("reviewer", track="tcm")
        assert [row.track for row in rows(world, "reviewer", self.path)] == ["tcm"]

    @pytest.mark.parametrize(("who", "may"), [("province", True), ("base", False), ("reviewer", False)])
    def test_who_may_change(self, world: Organizations, who: str, may: bool) -> None:
        text = world.client(who).get(self.path).text
        assert (f"/administration/specialty-bases/{world.specialty.pk}/" in text) is may
        assert "改容量或状态" in text

    def test_an_empty_list_says_what_to_do(self, world: Organizations) -> None:
        assert "用工作簿一次导入" in world.client("far_base").get(self.path).text


@pytest.mark.req("P-02", "P-15")
class TestDepartments(ExportedListContract):
    spec = DepartmentList
    path: ClassVar[str] = "/administration/departments/"

    @pytest.fixture
    def scene(self, world: Organizations) -> Scene:
        off = actions.save_department(world.tree.base, "老科室", ["03"], by=SYSTEM)
        actions.set_department_in_use(off, False, by=SYSTEM)
        sibling = actions.save_department(world.tree.sibling, "内科", ["03"], by=SYSTEM)
        return Scene(world.client("base"), world.viewer("base"), [world.department.pk, off.pk], [sibling.pk])

    def test_filters(self, world: Organizations) -> None:
        off = actions.save_department(world.tree.base, "老科室", ["03"], by=SYSTEM)
        actions.set_department_in_use(off, False, by=SYSTEM)
        actions.save_department(world.tree.sibling, "内科", ["03"], by=SYSTEM)
        asked = {"": 3, "name=内科": 2, "state=off": 1, "state=on": 2, f"organization={world.tree.sibling.name}": 1}
        for query, number in asked.items():
            assert len(rows(world, "province", self.path, query)) == number, query

    def test_subjects_in_words(self, world: Organizations) -> None:
        text = world.client("base").get(self.path).text
        assert "心血管内科专业" in text and "启用" in text

    @pytest.mark.parametrize(
        ("who", "may"), [("base", True), ("base_account", True), ("province", False), ("ministry", False)]
    )
    def test_a_base_imports_its_own(self, world: Organizations, who: str, may: bool) -> None:
        text = world.client(who).get(self.path).text
        assert ("/imports/departments/" in text) is may
        assert ("科室由各培训基地自己导入" in text) is not may


def test_a_city_shows_no_number_of_specialty_bases(world: Organizations) -> None:
    actions.create_organization(world.tree.province, kind=Kind.CITY, name="示例市卫生健康委", by=SYSTEM)
    answer = world.client("province").get("/administration/organizations/?kind=city")
    row = answer.context["page"].page.rows[0]
    value = OrganizationList().column_of["specialties"].value
    assert callable(value) and value(row) is None


@pytest.mark.parametrize(
    "path", ["organizations", "specialty-bases", "departments", "organization", "organizations/tree"]
)
def test_signed_out_goes_to_the_door(client: Any, path: str, db: None) -> None:
    answer = client.get(f"/administration/{path}/")
    assert answer.status_code == 302 and "/sign-in/" in answer.headers["Location"]
