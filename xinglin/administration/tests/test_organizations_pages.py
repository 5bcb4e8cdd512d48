"""The page of one organisation and the tree: tabs, scope, reasons beside buttons that are off (P-01, P-03, P-21)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from xinglin.accounts.actions import open_organization_account
from xinglin.accounts.tests.factories import writes_of
from xinglin.kernel import clock, uscc
from xinglin.organizations import actions, rules
from xinglin.organizations.enums import CapabilityKind, Kind
from xinglin.organizations.models import SpecialtyBase

from .organizations_scene import SYSTEM, Organizations, make_organizations, page

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TABS = ("facts", "capabilities", "affiliations", "specialties", "departments", "history")
WATCHERS = ("association", "ministry", "province", "reviewer", "base", "base_account")
STRANGERS = ("sibling", "other_province", "far_base")


@pytest.fixture
def world() -> Organizations:
    return make_organizations()


def text_of(world: Organizations, who: str, tab: str = "", node: Any = None) -> str:
    answer = world.client(who).get(page(node or world.tree.base, tab))
    assert answer.status_code == 200
    return str(answer.text)


@pytest.mark.req("P-01")
class TestPage:
    @pytest.mark.parametrize("tab", TABS)
    def test_every_tab_for_everybody_in_scope(self, world: Organizations, tab: str) -> None:
        for who in WATCHERS:
            assert world.tree.base.name in text_of(world, who, tab)

    @pytest.mark.parametrize("who", STRANGERS)
    def test_foreign_is_not_there(self, world: Organizations, who: str) -> None:
        for tab in TABS:
            assert world.client(who).get(page(world.tree.base, tab)).status_code == 404

    @pytest.mark.parametrize("tab", ["below", "nonsense", "<b>"])
    def test_tabs_that_a_hospital_has_not(self, world: Organizations, tab: str) -> None:
        assert world.client("province").get(page(world.tree.base), {"tab": tab}).status_code == 404

    @pytest.mark.parametrize("tab", TABS)
    def test_looking_writes_nothing_and_asks_little(self, world: Organizations, tab: str) -> None:
        client = world.client("province")
        client.get(page(world.tree.base, tab))
        with CaptureQueriesContext(connection) as found:
            client.get(page(world.tree.base, tab))
        assert not writes_of(found.captured_queries)
        assert len(found) <= 30

    def test_the_head(self, world: Organizations) -> None:
        code = uscc.synthetic("320199", 6_543)
        given = {"short_name": "一院", "uscc": code, "contact_name": "住培办", "contact_phone": "19012345678"}
        actions.edit_organization(world.tree.base, given, by=SYSTEM)
        text = text_of(world, "province")
        for words in (code, "一院", "住培办", "190****5678", "培训基地（西医）", world.tree.base.code, "校验位正确"):
            assert words in text
        assert "19012345678" not in text

    def test_a_division_in_words(self, world: Organizations) -> None:
        actions.edit_organization(world.tree.base, {"division": "110101"}, by=SYSTEM)
        text = text_of(world, "province", "facts")
        assert "北京市" in text and "110101" in text

    def test_what_cannot_be_changed_says_why(self, world: Organizations) -> None:
        text = text_of(world, "province", "facts")
        assert rules.FIXED_PARENT in text and rules.FIXED_KIND in text

    def test_the_account_of_the_unit(self, world: Organizations) -> None:
        assert "没有开通" in text_of(world, "province", "facts")
        open_organization_account(world.tree.base, by=SYSTEM)
        assert "已开通，还没有登录过" in text_of(world, "province", "facts")

    def test_ancestors_are_links_only_where_they_may_be_seen(self, world: Organizations) -> None:
        tree = world.tree
        up = f'href="{page(tree.province)}"'
        assert up in text_of(world, "province") and up not in text_of(world, "base")
        assert tree.province.name in text_of(world, "base")
        assert f'href="{page(tree.association)}"' not in text_of(world, "province")

    def test_the_own_unit_has_an_address_of_its_own(self, world: Organizations) -> None:
        answer = world.client("base").get("/administration/organization/")
        assert answer.status_code == 200 and answer.context["organization"] == world.tree.base
        assert answer.context["nav_key"] == "administration.own-organization"
        assert (
            world.client("province").get("/administration/organization/").context["organization"] == world.tree.province
        )


@pytest.mark.req("P-01")
class TestCapabilities:
    def test_present_and_ended_ones(self, world: Organizations) -> None:
        today = clock.today()
        actions.end_capability(world.capability, today, by=SYSTEM)
        actions.add_capability(
            world.tree.base, CapabilityKind.TRAINING_BASE, track="western", starts_on=today, by=SYSTEM
        )
        actions.add_capability(world.tree.base, CapabilityKind.INSTITUTION, starts_on=today + DAY, by=SYSTEM)
        lines = [
            line for line, _ in world.client("province").get(page(world.tree.base, "capabilities")).context["lines"]
        ]
        assert [(line.label, line.state) for line in lines] == [
            ("医疗卫生机构", "upcoming"), ("培训基地（西医）", "current"), ("培训基地（西医）", "ended"),
        ]  # fmt: skip
        text = text_of(world, "province", "capabilities")
        assert f"2014-01-01 ～ {today - DAY}" in text and "留作历史，不能再改" in text

    def test_what_was_never_anything(self, world: Organizations) -> None:
        node = actions.create_organization(world.tree.province, kind=Kind.HOSPITAL, name="新医院", by=SYSTEM)
        assert "还没有资质" in text_of(world, "province", "capabilities", node)
        assert "没有资质" in text_of(world, "province", "facts", node)


@pytest.mark.req("P-03")
class TestAffiliations:
    def test_seen_from_both_sides(self, world: Organizations) -> None:
        tree = world.tree
        mine = world.client("base").get(page(tree.base, "affiliations")).context["sides"]
        theirs = world.client("far_base").get(page(tree.foreign_base, "affiliations")).context["sides"]
        assert [(line.other, line.span) for line in mine.affiliates] == [(tree.foreign_base, "2020-01-01 起")]
        assert not mine.bases
        assert [line.other for line in theirs.bases] == [tree.base] and not theirs.affiliates

    def test_the_other_side_is_named_and_not_opened(self, world: Organizations) -> None:
        tree = world.tree
        text = text_of(world, "base", "affiliations")
        assert tree.foreign_base.name in text and page(tree.foreign_base) not in text
        assert world.client("base").get(page(tree.foreign_base)).status_code == 404
        assert world.client("far_base").get(page(tree.base)).status_code == 404

    def test_the_association_may_follow_the_link(self, world: Organizations) -> None:
        assert f"{page(world.tree.foreign_base)}?tab=affiliations" in text_of(world, "association", "affiliations")

    def test_a_unit_without_the_capability_is_marked(self, world: Organizations) -> None:
        assert "没有协同单位资质" in text_of(world, "province", "affiliations")
        actions.add_capability(world.tree.foreign_base, CapabilityKind.AFFILIATE, starts_on=clock.today(), by=SYSTEM)
        assert "没有协同单位资质" not in text_of(world, "province", "affiliations")

    def test_ended_ones_stay_below(self, world: Organizations) -> None:
        actions.end_affiliation(world.affiliation, clock.today(), by=SYSTEM)
        actions.affiliate(world.tree.base, world.tree.sibling, starts_on=clock.today(), by=SYSTEM)
        sides = world.client("base").get(page(world.tree.base, "affiliations")).context["sides"]
        assert [line.state for line in sides.affiliates] == ["current", "ended"] and sides.current == 1

    def test_the_units_province_is_told_who_keeps_it(self, world: Organizations) -> None:
        text = text_of(world, "other_province", "affiliations", world.tree.foreign_base)
        assert f"由基地一方维护：请联系{world.tree.base.name}所在省的省级管理员" in text

    def test_none_says_who_makes_them(self, world: Organizations) -> None:
        assert "由培训基地所在省的省级管理员建立" in text_of(world, "sibling", "affiliations", world.tree.sibling)


@pytest.mark.req("P-02")
class TestUnits:
    def test_specialties_with_their_sum(self, world: Organizations) -> None:
        actions.add_specialty_base(world.tree.base, "western", "0200", 1_200, by=SYSTEM)
        gone = actions.add_specialty_base(world.tree.base, "western", "0300", 500, by=SYSTEM)
        actions.change_specialty_base(gone, capacity=500, accreditation="withdrawn", reason="试", by=SYSTEM)
        text = text_of(world, "base", "specialties")
        assert "可招收 2 个专业，年度容量合计 1,230 人" in text and "已撤销" in text

    def test_one_track_sees_and_counts_its_own(self, world: Organizations) -> None:
        SpecialtyBase.unscoped.create(
            organization=world.tree.base, track="tcm", specialty="Z100", capacity=3, accreditation="accredited"
        )
        world.client("reviewer", track="tcm")
        answer = world.client("reviewer").get(page(world.tree.base, "specialties"))
        assert [row.specialty for row, _, _ in answer.context["rows"]] == ["Z100"]
        assert {key: count for key, _, count in answer.context["tabs"]}["specialties"] == 1

    def test_departments_disabled_last(self, world: Organizations) -> None:
        off = actions.save_department(world.tree.base, "阿科", ["03"], by=SYSTEM)
        actions.set_department_in_use(off, False, by=SYSTEM)
        answer = world.client("base").get(page(world.tree.base, "departments"))
        assert [row.name for row in answer.context["rows"]] == ["心血管内科", "阿科"]
        assert "启用 阿科" in answer.text and "停用 心血管内科" in answer.text


class TestHistory:
    def test_everything_about_the_unit_newest_first(self, world: Organizations) -> None:
        base = world.tree.base
        actions.edit_organization(base, {"short_name": "一院"}, by=world.viewer("province"))
        actions.save_department(base, "内科", ["03"], by=world.viewer("base"))
        lines = world.client("base").get(page(base, "history")).context["lines"]
        verbs = [line.entry.verb for line in lines]
        assert verbs == [
            "department.save",
            "organization.edit",
            "department.save",
            "specialty_base.add",
            "affiliation.add",
        ]
        text = text_of(world, "base", "history")
        for words in ("修改基本信息", "新增协同关系", "一院", world.user("province").person.name):
            assert words in text

    def test_the_affiliate_sees_its_half(self, world: Organizations) -> None:
        lines = world.client("far_base").get(page(world.tree.foreign_base, "history")).context["lines"]
        assert [line.entry.verb for line in lines] == ["affiliation.add"]

    def test_nothing_of_the_sibling(self, world: Organizations) -> None:
        actions.save_department(world.tree.sibling, "邻科", ["03"], by=SYSTEM)
        assert "邻科" not in text_of(world, "base", "history")

    def test_a_deleted_department_is_still_told(self, world: Organizations) -> None:
        actions.delete_department(world.department, by=SYSTEM)
        assert "删除科室" in text_of(world, "base", "history")

    def test_many_are_paged(self, world: Organizations) -> None:
        for number in range(35):
            actions.edit_organization(world.tree.base, {"short_name": f"第{number}次"}, by=SYSTEM)
        first = text_of(world, "base", "history")
        assert "第 1 / 2 页" in first and "第34次" in first
        second = world.client("base").get(page(world.tree.base, "history") + "&page=2").text
        assert "<ins>第0次</ins>" in second and "<ins>第34次</ins>" not in second

    def test_an_import_is_told_as_one(self, world: Organizations) -> None:
        from xinglin.imports.actions.rights import importing

        actions.edit_organization(world.tree.base, {"short_name": "导"}, by=importing(world.viewer("province")))
        assert "· 导入" in text_of(world, "base", "history")

    def test_grounds_are_shown(self, world: Organizations) -> None:
        actions.change_specialty_base(
            world.specialty, capacity=30, accreditation="withdrawn", reason="国卫科教函〔2026〕9号", by=SYSTEM
        )
        assert "依据：国卫科教函〔2026〕9号" in text_of(world, "base", "history")


@pytest.mark.req("P-21")
class TestReasons:
    BUTTONS = {
        "capabilities": "新增资质", "affiliations": "新增协同单位", "specialties": "新增专业基地",
    }  # fmt: skip

    @pytest.mark.parametrize("tab", BUTTONS)
    def test_editors_have_links_and_the_base_a_reason(self, world: Organizations, tab: str) -> None:
        for who in ("association", "province"):
            assert f'href="{page(world.tree.base)}{_new(tab)}"' in text_of(world, who, tab)
        text = text_of(world, "base", tab)
        assert self.BUTTONS[tab] in text and 'aria-disabled="true"' in text
        assert "由本省省级管理员或中国医师协会维护；本单位可以改联系方式和科室。" in text
        assert f"{page(world.tree.base)}{_new(tab)}" not in text

    @pytest.mark.parametrize(("who", "role"), [("reviewer", "省级审核"), ("ministry", "主管部门")])
    def test_readers_are_told_that_they_read(self, world: Organizations, who: str, role: str) -> None:
        for tab in TABS:
            text = text_of(world, who, tab)
            assert f"当前身份“{role}”只能查看" in text
            assert "/edit/" not in text and "/new/" not in text

    @pytest.mark.parametrize("who", ["base", "base_account"])
    def test_a_base_has_its_departments_and_contact(self, world: Organizations, who: str) -> None:
        assert f'href="{page(world.tree.base)}departments/new/"' in text_of(world, who, "departments")
        assert "编辑联系方式" in text_of(world, who)

    def test_a_western_administrator_has_the_western_part(self, world: Organizations) -> None:
        """And what belongs to no track; the rest of the node is named in the head, not opened."""
        base, today = world.tree.base, clock.today()
        tcm = actions.add_capability(base, CapabilityKind.TRAINING_BASE, track="tcm", starts_on=today, by=SYSTEM)
        actions.add_capability(base, CapabilityKind.INSTITUTION, starts_on=today, by=SYSTEM)
        world.client("province", track="western")
        answer = world.client("province").get(page(base, "capabilities"))
        assert {line.label for line, _ in answer.context["lines"]} == {"培训基地（西医）", "医疗卫生机构"}
        assert "培训基地（中医）" in answer.text
        assert world.client("province").get(f"/administration/capabilities/{tcm.pk}/").status_code == 404


def _new(tab: str) -> str:
    return {"capabilities": "capabilities", "affiliations": "affiliations", "specialties": "specialty-bases"}[
        tab
    ] + "/new/"


@pytest.mark.req("P-01")
class TestAbove:
    def test_a_province_begins_with_what_is_below(self, world: Organizations) -> None:
        answer = world.client("association").get(page(world.tree.province))
        assert answer.context["tab"] == "below"
        assert {row.pk for row, _, _ in answer.context["rows"]} == {world.tree.base.pk, world.tree.sibling.pk}

    @pytest.mark.parametrize("tab", ["facts", "history"])
    def test_its_other_tabs(self, world: Organizations, tab: str) -> None:
        assert world.tree.province.name in text_of(world, "association", tab, world.tree.province)

    @pytest.mark.parametrize("tab", ["capabilities", "departments", "specialties", "affiliations"])
    def test_what_only_hospitals_have(self, world: Organizations, tab: str) -> None:
        assert world.client("association").get(page(world.tree.province, tab)).status_code == 404

    def test_a_long_level_is_paged(self, world: Organizations) -> None:
        for number in range(55):
            actions.create_organization(world.tree.province, kind=Kind.HOSPITAL, name=f"第{number}医院", by=SYSTEM)
        answer = world.client("province").get(page(world.tree.province))
        assert len(answer.context["rows"]) == 50 and "第 1 / 2 页" in answer.text
        second = world.client("province").get(page(world.tree.province, "below") + "&page=2")
        assert len(second.context["rows"]) == 7

    def test_nothing_below(self, world: Organizations) -> None:
        city = actions.create_organization(world.tree.province, kind=Kind.CITY, name="示例市", by=SYSTEM)
        assert "还没有下级机构" in text_of(world, "province", "", city)
        assert f'href="{page(city)}new/"' in text_of(world, "province", "", city)


@pytest.mark.req("P-01")
class TestTree:
    path = "/administration/organizations/tree/"

    def branches(self, world: Organizations, who: str, at: Any = "") -> list[Any]:
        answer = world.client(who).get(self.path, {"at": at})
        assert answer.status_code == 200
        return list(answer.context["branches"])

    def test_the_association_opens_one_province(self, world: Organizations) -> None:
        tree = world.tree
        (top,) = self.branches(world, "association", tree.province.pk)
        assert top.node == tree.association and top.open and top.below == 2
        first, second = sorted(top.branches, key=lambda branch: branch.node.pk)
        assert (first.node, first.open, first.chosen) == (tree.province, True, True)
        assert {branch.node.pk for branch in first.branches} == {tree.base.pk, tree.sibling.pk}
        assert (second.open, second.below, second.branches) == (False, 2, [])

    def test_the_way_to_a_hospital_is_open(self, world: Organizations) -> None:
        (top,) = self.branches(world, "ministry", world.tree.base.pk)
        way = [top]
        while way[-1].branches:
            way.append(next(b for b in way[-1].branches if world.tree.base.path.startswith(b.node.path)))
        nodes = [world.tree.ministry, world.tree.association, world.tree.province, world.tree.base]
        assert [branch.node for branch in way] == nodes and way[-1].chosen

    def test_a_base_is_its_own_tree(self, world: Organizations) -> None:
        (top,) = self.branches(world, "base")
        assert top.node == world.tree.base and not top.below

    def test_capabilities_of_today_stand_beside(self, world: Organizations) -> None:
        (top,) = self.branches(world, "province")
        base = next(branch for branch in top.branches if branch.node == world.tree.base)
        assert base.standing.labels == ["培训基地（西医）"]

    @pytest.mark.parametrize("at", ["x", "²", "-1", "9" * 30, ""])
    def test_nonsense_opens_the_top(self, world: Organizations, at: str) -> None:
        (top,) = self.branches(world, "province", at)
        assert top.open and not any(branch.chosen for branch in top.branches)

    def test_a_foreign_node_is_not_there(self, world: Organizations) -> None:
        for node in (world.tree.other_province, world.tree.association):
            assert world.client("province").get(self.path, {"at": node.pk}).status_code == 404

    def test_a_level_costs_the_same_however_long_it_is(self, world: Organizations) -> None:
        def cost() -> int:
            with CaptureQueriesContext(connection) as found:
                self.branches(world, "province")
            return len(found)

        before = cost()
        for number in range(10):
            actions.create_organization(world.tree.province, kind=Kind.HOSPITAL, name=f"第{number}医院", by=SYSTEM)
        assert cost() <= before
