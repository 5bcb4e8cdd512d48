"""资质 and 协同关系 through their pages: adding, ending, cancelling, refusals in words (P-01, P-03, P-21)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from xinglin.kernel import clock
from xinglin.organizations import actions
from xinglin.organizations.enums import CapabilityKind, Kind
from xinglin.organizations.models import Affiliation, Capability, Organization

from .organizations_scene import SYSTEM, Organizations, make_organizations, page

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOBODY = [("base", 403), ("reviewer", 403), ("ministry", 403), ("sibling", 403)]


@pytest.fixture
def world() -> Organizations:
    return make_organizations()


@pytest.mark.req("P-01")
class TestNewCapability:
    def address(self, world: Organizations) -> str:
        return page(world.tree.base) + "capabilities/new/"

    def send(self, world: Organizations, who: str = "province", **over: Any) -> Any:
        data = {"kind": "training_base", "track": "tcm", "starts_on": "2026-09-01", "ends_on": "", "reason": "", **over}
        return world.client(who).post(self.address(world), data, follow=True)

    def test_from_a_day_on(self, world: Organizations) -> None:
        answer = self.send(world, reason="国卫科教〔2026〕1号")
        made = Capability.unscoped.get(organization=world.tree.base, track="tcm")
        assert (made.starts_on, made.ends_on) == (date(2026, 9, 1), None)
        assert "已新增资质：培训基地（中医），2026-09-01 起" in answer.text
        assert answer.context["tab"] == "capabilities"

    def test_the_last_day_that_people_give_counts(self, world: Organizations) -> None:
        self.send(world, ends_on="2027-08-31")
        assert Capability.unscoped.get(organization=world.tree.base, track="tcm").ends_on == date(2027, 9, 1)
        assert "2026-09-01 ～ 2027-08-31" in world.client("province").get(page(world.tree.base, "capabilities")).text

    @pytest.mark.parametrize(("over", "field", "words"), [
        ({"track": ""}, "track", "请选择体系"),
        ({"track": "western"}, "starts_on", "这段时间已经是培训基地"),
        ({"starts_on": ""}, "starts_on", "这个字段是必填项"),
        ({"starts_on": "九月"}, "starts_on", "日期不对"),
        ({"ends_on": "2026-08-30"}, "ends_on", "最后一天不能早于开始日期"),
        ({"kind": "hotel"}, "kind", "hotel"),
        ({"reason": "长" * 201}, "reason", "200"),
    ])  # fmt: skip
    def test_what_is_wrong_stands_at_its_field(self, world: Organizations, over: Any, field: str, words: str) -> None:
        answer = self.send(world, **over)
        assert answer.status_code == 422
        assert words in str(answer.context["form"].errors[field])
        assert Capability.unscoped.filter(organization=world.tree.base).count() == 1

    def test_an_authority_has_none(self, world: Organizations) -> None:
        data = {"kind": "institution", "starts_on": "2026-09-01"}
        answer = world.client("province").post(page(world.tree.province) + "capabilities/new/", data)
        assert answer.status_code == 422 and "资质只属于医院" in answer.text

    def test_today_and_the_own_track_are_proposed(self, world: Organizations) -> None:
        world.client("province", track="western")
        form = world.client("province").get(self.address(world)).context["form"]
        assert form.initial == {"starts_on": clock.today(), "track": "western"}

    @pytest.mark.parametrize(("who", "status"), [*NOBODY, ("other_province", 404), ("far_base", 403)])
    def test_who_may_not(self, world: Organizations, who: str, status: int) -> None:
        assert self.send(world, who).status_code == status
        assert not Capability.unscoped.filter(organization=world.tree.base, track="tcm").exists()

    def test_the_other_track_is_refused_in_words(self, world: Organizations) -> None:
        world.client("province", track="western")
        answer = self.send(world)
        assert answer.status_code == 403 and "只管理一个体系" in answer.text


@pytest.mark.req("P-01")
class TestEndCapability:
    def address(self, row: Capability) -> str:
        return f"/administration/capabilities/{row.pk}/"

    def send(self, world: Organizations, who: str = "province", row: Capability | None = None, **data: Any) -> Any:
        return world.client(who).post(self.address(row or world.capability), data, follow=True)

    def test_a_last_day(self, world: Organizations) -> None:
        today = clock.today()
        answer = self.send(world, ends_on=str(today), reason="到期")
        world.capability.refresh_from_db()
        assert world.capability.ends_on == today + DAY
        assert f"已保存：{world.tree.base.name}：培训基地（西医），2014-01-01 ～ {today}。" in answer.text

    def test_empty_is_open_again(self, world: Organizations) -> None:
        actions.end_capability(world.capability, clock.today() + 9 * DAY, by=SYSTEM)
        shown = world.client("province").get(self.address(world.capability))
        assert shown.context["form"].initial["ends_on"] == clock.today() + 8 * DAY
        self.send(world, ends_on="")
        world.capability.refresh_from_db()
        assert world.capability.ends_on is None

    def test_the_past_is_not_rewritten(self, world: Organizations) -> None:
        answer = self.send(world, ends_on=str(clock.today() - 2 * DAY))
        assert answer.status_code == 422 and "最后一天不能早于昨天" in answer.text

    def test_what_is_over_says_so(self, world: Organizations) -> None:
        actions.end_capability(world.capability, clock.today(), by=SYSTEM)
        text = world.client("province").get(self.address(world.capability)).text
        assert "现在不能这样做" in text and "留作历史" in text and 'aria-disabled="true"' in text
        assert self.send(world, ends_on="").status_code == 422

    def test_what_has_not_begun_can_be_taken_back_as_a_whole(self, world: Organizations) -> None:
        row = actions.add_capability(
            world.tree.base, CapabilityKind.INSTITUTION, starts_on=clock.today() + DAY, by=SYSTEM
        )
        assert "撤销这一段" in world.client("province").get(self.address(row)).text
        answer = self.send(world, row=row, do="cancel")
        assert "已撤销" in answer.text and not Capability.unscoped.filter(pk=row.pk).exists()

    def test_what_has_begun_cannot(self, world: Organizations) -> None:
        assert "撤销这一段" not in world.client("province").get(self.address(world.capability)).text
        answer = self.send(world, do="cancel")
        assert answer.status_code == 422 and "已经生效，不能撤销" in answer.text
        assert Capability.unscoped.filter(pk=world.capability.pk).exists()

    @pytest.mark.parametrize(("who", "status"), [*NOBODY, ("other_province", 404)])
    def test_who_may_not(self, world: Organizations, who: str, status: int) -> None:
        for data in ({"ends_on": str(clock.today())}, {"do": "cancel"}):
            assert self.send(world, who, **data).status_code == status
        world.capability.refresh_from_db()
        assert world.capability.ends_on is None

    def test_of_another_track_it_is_not_there(self, world: Organizations) -> None:
        world.client("province", track="tcm")
        assert world.client("province").get(self.address(world.capability)).status_code == 404
        assert self.send(world, ends_on=str(clock.today())).status_code == 404


@pytest.mark.req("P-03")
class TestNewAffiliation:
    def address(self, world: Organizations) -> str:
        return page(world.tree.base) + "affiliations/new/"

    def send(self, world: Organizations, unit: str, who: str = "province", **over: Any) -> Any:
        data = {"unit": unit, "starts_on": "2026-09-01", "ends_on": "", "reason": "", **over}
        return world.client(who).post(self.address(world), data, follow=True)

    @pytest.mark.parametrize("by", ["name", "code", "uscc", "small"])
    def test_the_unit_by_what_names_it(self, world: Organizations, by: str) -> None:
        unit = world.tree.sibling
        typed = unit.code.lower() if by == "small" else getattr(unit, by)
        answer = self.send(world, typed)
        assert f"已新增协同单位：{unit.name}，2026-09-01 起" in answer.text
        assert Affiliation.unscoped.get(affiliate=unit).base == world.tree.base

    def test_an_only_near_name_is_taken(self, world: Organizations) -> None:
        Organization.unscoped.filter(pk=world.tree.sibling.pk).update(name="桐川市妇幼保健院")
        self.send(world, "桐川市妇幼")
        assert Affiliation.unscoped.filter(affiliate=world.tree.sibling).exists()

    def test_several_near_names_are_told(self, world: Organizations) -> None:
        answer = self.send(world, "医院（单位）")
        assert answer.status_code == 422
        error = str(answer.context["form"].errors["unit"])
        assert "有 4 个相近的单位，请填全称" in error and world.tree.sibling.name in error

    @pytest.mark.parametrize(("unit", "words"), [("没有这家", "没有找到“没有这家”"), ("", "必填")])
    def test_nothing_is_told(self, world: Organizations, unit: str, words: str) -> None:
        answer = self.send(world, unit)
        assert answer.status_code == 422 and words in str(answer.context["form"].errors["unit"])

    def test_itself(self, world: Organizations) -> None:
        answer = self.send(world, world.tree.base.name)
        assert answer.status_code == 422 and "协同单位不能是基地自己" in answer.text

    def test_again_at_the_same_time(self, world: Organizations) -> None:
        answer = self.send(world, world.tree.foreign_base.name)
        assert answer.status_code == 422 and "已经是" in str(answer.context["form"].errors["starts_on"])

    def test_who_is_no_base(self, world: Organizations) -> None:
        unit = actions.create_organization(world.tree.province, kind=Kind.HOSPITAL, name="社区中心", by=SYSTEM)
        data = {"unit": world.tree.base.name, "starts_on": "2026-09-01"}
        answer = world.client("province").post(page(unit) + "affiliations/new/", data)
        assert answer.status_code == 422 and "请先新增培训基地资质" in answer.text

    def test_hospitals_of_the_province_are_offered_while_typing(self, world: Organizations) -> None:
        answer = world.client("province").get(self.address(world))
        assert answer.context["known"] == [world.tree.sibling.name]
        assert f'<option value="{world.tree.sibling.name}">' in answer.text

    @pytest.mark.parametrize(("who", "status"), [*NOBODY, ("other_province", 404)])
    def test_who_may_not(self, world: Organizations, who: str, status: int) -> None:
        assert self.send(world, world.tree.sibling.name, who).status_code == status
        assert Affiliation.unscoped.count() == 1


@pytest.mark.req("P-03")
class TestEndAffiliation:
    def send(self, world: Organizations, who: str = "province", **data: Any) -> Any:
        return world.client(who).post(f"/administration/affiliations/{world.affiliation.pk}/", data, follow=True)

    def test_ending_it(self, world: Organizations) -> None:
        answer = self.send(world, ends_on=str(clock.today()), reason="协议到期")
        world.affiliation.refresh_from_db()
        assert world.affiliation.ends_on == clock.today() + DAY
        assert f"{world.tree.foreign_base.name} 协同 {world.tree.base.name}" in answer.text
        assert answer.context["organization"] == world.tree.base and answer.context["tab"] == "affiliations"

    def test_from_the_units_side_it_can_be_read_not_ended(self, world: Organizations) -> None:
        shown = world.client("other_province").get(f"/administration/affiliations/{world.affiliation.pk}/")
        assert "协同关系由基地一方维护" in shown.text and 'aria-disabled="true"' in shown.text
        assert shown.context["organization"] == world.tree.foreign_base
        for data in ({"ends_on": str(clock.today())}, {"do": "cancel"}):
            assert self.send(world, "other_province", **data).status_code == 403
        world.affiliation.refresh_from_db()
        assert world.affiliation.ends_on is None

    def test_taking_back_what_has_not_begun(self, world: Organizations) -> None:
        row = actions.affiliate(world.tree.base, world.tree.sibling, starts_on=clock.today() + DAY, by=SYSTEM)
        world.client("province").post(f"/administration/affiliations/{row.pk}/", {"do": "cancel"})
        assert not Affiliation.unscoped.filter(pk=row.pk).exists()

    @pytest.mark.parametrize(("who", "status"), NOBODY)
    def test_who_may_not(self, world: Organizations, who: str, status: int) -> None:
        assert self.send(world, who, ends_on=str(clock.today())).status_code == status

    def test_a_third_province_does_not_see_it(self, world: Organizations) -> None:
        from xinglin.accounts.tests.factories import make_organization, make_staff, sign_in

        third = make_organization(world.tree.association, Kind.PROVINCE)
        client = sign_in(world.client("province").__class__(), make_staff("province_admin", third))
        assert client.get(f"/administration/affiliations/{world.affiliation.pk}/").status_code == 404
