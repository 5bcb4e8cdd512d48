"""新增 and 编辑 of an organisation through its pages (P-01, P-21)."""

from __future__ import annotations

from typing import Any

import pytest

from xinglin.kernel import uscc
from xinglin.organizations import actions
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Organization
from xinglin.vault.hashing import keyed_hash

from .organizations_scene import SYSTEM, Organizations, make_organizations, page

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-01")]
CODE = uscc.synthetic("320199", 7_001)


@pytest.fixture
def world() -> Organizations:
    return make_organizations()


def facts(**over: Any) -> dict[str, Any]:
    return {"name": "望溪市中心医院", "short_name": "市中心医院", "code": "wx001", "uscc": CODE.lower(), "division": "110101",
            "contact_name": "教学办公室", "contact_phone": "190 1234 5678", **over}  # fmt: skip


def edit(node: Organization) -> str:
    return page(node) + "edit/"


class TestNew:
    def address(self, world: Organizations) -> str:
        return page(world.tree.province) + "new/"

    def test_a_hospital_below_its_province(self, world: Organizations) -> None:
        answer = world.client("province").post(self.address(world), facts(kind="hospital"), follow=True)
        made = Organization.unscoped.get(code="WX001")
        assert answer.redirect_chain[-1][0] == page(made) and "已新增望溪市中心医院" in answer.text
        assert (made.parent, made.province, made.kind) == (world.tree.province, world.tree.province, "hospital")
        assert (made.uscc, made.division, made.contact_phone_masked) == (CODE, "110101", "190****5678")

    @pytest.mark.parametrize("kind", ["city", "county"])
    def test_levels_of_government(self, world: Organizations, kind: str) -> None:
        world.client("province").post(self.address(world), {"kind": kind, "name": "示例卫生健康委"})
        made = Organization.unscoped.get(name="示例卫生健康委")
        assert (made.kind, made.path) == (kind, f"{world.tree.province.path}{made.pk}/")

    def test_only_kinds_that_fit_are_offered(self, world: Organizations) -> None:
        offered = world.client("association").get(self.address(world)).context["form"].fields["kind"].choices
        assert [value for value, _ in offered] == ["city", "county", "hospital"]
        over = world.client("association").get(page(world.tree.association) + "new/").context["form"].fields["kind"]
        assert [value for value, _ in over.choices] == ["province"]

    def test_a_forged_kind_is_refused(self, world: Organizations) -> None:
        answer = world.client("province").post(self.address(world), facts(kind="ministry"))
        assert answer.status_code == 422 and not Organization.unscoped.filter(code="WX001").exists()

    @pytest.mark.parametrize(("field", "value", "words"), [
        ("name", "", "没有填写"),
        ("uscc", CODE[:-1], "少 1 位"),
        ("uscc", CODE[:-1] + ("0" if CODE[-1] != "0" else "1"), "校验位不对，应为"),
        ("contact_phone", "123", "应为 11 位"),
        ("code", "一院", "代码只能有字母"),
        ("division", "999999", "没有"),
    ])  # fmt: skip
    def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(
        self, world: Organizations, field: str, value: str, words: str
    ) -> None:
        answer = world.client("province").post(self.address(world), facts(kind="hospital", **{field: value}))
        assert answer.status_code == 422
        assert words in str(answer.context["form"].errors[field])
        assert "教学办公室" in answer.text, "what was typed stays"
        assert not Organization.unscoped.filter(name="望溪市中心医院").exists()

    @pytest.mark.parametrize("field", ["name", "code", "uscc"])
    def test_what_another_has_stands_at_its_field(self, world: Organizations, field: str) -> None:
        taken = {field: getattr(world.tree.foreign_base, field)}
        answer = world.client("province").post(self.address(world), facts(kind="hospital", **taken))
        assert answer.status_code == 422 and field in answer.context["form"].errors

    def test_a_hospital_has_nothing_below(self, world: Organizations) -> None:
        answer = world.client("province").get(page(world.tree.base) + "new/")
        assert "医院（单位）是最末一级" in answer.text and 'aria-disabled="true"' in answer.text

    def test_fields_that_are_not_on_the_form_are_not_taken(self, world: Organizations) -> None:
        forged = facts(kind="hospital", path="/1/", province=world.tree.other_province.pk, parent=1, id=1)
        world.client("province").post(self.address(world), forged)
        made = Organization.unscoped.get(code="WX001")
        assert made.province == world.tree.province and made.path.startswith(world.tree.province.path)

    @pytest.mark.parametrize(("who", "status"), [
        ("base", 403), ("base_account", 403), ("reviewer", 403), ("ministry", 403), ("other_province", 404),
    ])  # fmt: skip
    def test_who_may_not(self, world: Organizations, who: str, status: int) -> None:
        for answer in (
            world.client(who).get(self.address(world)),
            world.client(who).post(self.address(world), facts()),
        ):
            assert answer.status_code == status


class TestEdit:
    def send(self, world: Organizations, who: str = "province", **over: Any) -> Any:
        node = world.tree.base
        shown = world.client(who).get(edit(node))
        data = {"name": node.name, "code": node.code, "uscc": node.uscc, "seen": shown.context["token"], **over}
        return world.client(who).post(edit(node), data, follow=True)

    def test_renaming(self, world: Organizations) -> None:
        answer = self.send(world, name="云汀市第一人民医院")
        world.tree.base.refresh_from_db()
        assert world.tree.base.name == "云汀市第一人民医院" and "已保存" in answer.text
        history = world.client("province").get(page(world.tree.base, "history")).text
        assert "修改基本信息" in history and "云汀市第一人民医院" in history

    def test_the_form_shows_what_is_there(self, world: Organizations) -> None:
        actions.edit_organization(world.tree.base, {"short_name": "一院", "contact_phone": "19012345678"}, by=SYSTEM)
        answer = world.client("province").get(edit(world.tree.base))
        assert answer.context["form"].initial["short_name"] == "一院"
        assert "现在是 190****5678" in answer.text and "19012345678" not in answer.text

    def test_nothing_changed_is_said(self, world: Organizations) -> None:
        assert "没有改动" in self.send(world).text

    def test_an_empty_phone_keeps_the_old(self, world: Organizations) -> None:
        actions.edit_organization(world.tree.base, {"contact_phone": "19012345678"}, by=SYSTEM)
        self.send(world, short_name="一院", contact_phone="")
        world.tree.base.refresh_from_db()
        assert world.tree.base.contact_phone_hash == keyed_hash("phone", "19012345678")

    def test_somebody_else_was_faster(self, world: Organizations) -> None:
        token = world.client("province").get(edit(world.tree.base)).context["token"]
        actions.edit_organization(world.tree.base, {"short_name": "先"}, by=SYSTEM)
        answer = world.client("province").post(
            edit(world.tree.base), {"name": world.tree.base.name, "short_name": "后", "seen": token}
        )
        assert answer.status_code == 409 and "刚刚被别人改过" in answer.text and "后" in answer.text
        world.tree.base.refresh_from_db()
        assert world.tree.base.short_name == "先"

    def test_kind_and_parent_say_why_they_stay(self, world: Organizations) -> None:
        text = world.client("province").get(edit(world.tree.base)).text
        assert "建立后不能改" in text and "已有的记录都写着它，不能改" in text
        assert 'name="kind"' not in text and 'name="parent"' not in text

    def test_forged_fields_change_nothing(self, world: Organizations) -> None:
        before = Organization.unscoped.filter(pk=world.tree.base.pk).values("kind", "parent", "path", "province").get()
        self.send(world, kind="province", parent=world.tree.other_province.pk, path="/9/", province=1)
        assert (
            Organization.unscoped.filter(pk=world.tree.base.pk).values("kind", "parent", "path", "province").get()
            == before
        )

    @pytest.mark.parametrize("who", ["base", "base_account"])
    def test_a_base_changes_its_contact_only(self, world: Organizations, who: str) -> None:
        name = world.tree.base.name
        shown = world.client(who).get(edit(world.tree.base))
        assert set(shown.context["form"].fields) == {"contact_name", "contact_phone"}
        assert "名称、代码、资质等由本省省级管理员或中国医师协会维护" in shown.text
        self.send(world, who, contact_name="住培办", contact_phone="19087654321", name="改名医院", short_name="甲")
        world.tree.base.refresh_from_db()
        base = world.tree.base
        assert (base.name, base.short_name, base.contact_name) == (name, "", "住培办")
        assert base.contact_phone_masked == "190****4321"

    def test_a_wrong_phone_of_a_base(self, world: Organizations) -> None:
        answer = self.send(world, "base", contact_phone="10")
        assert answer.status_code == 422 and "应为 11 位" in answer.text

    @pytest.mark.parametrize(("who", "status"), [
        ("reviewer", 403), ("ministry", 403), ("sibling", 404), ("other_province", 404), ("far_base", 404),
    ])  # fmt: skip
    def test_who_may_not(self, world: Organizations, who: str, status: int) -> None:
        for answer in (
            world.client(who).get(edit(world.tree.base)),
            world.client(who).post(edit(world.tree.base), facts()),
        ):
            assert answer.status_code == status
        assert not Organization.unscoped.filter(code="WX001").exists()

    def test_the_association_edits_a_province(self, world: Organizations) -> None:
        node = world.tree.province
        world.client("association").post(edit(node), {"name": node.name, "short_name": "甲省", "division": "320000"})
        node.refresh_from_db()
        assert (node.short_name, node.division) == ("甲省", "320000")

    def test_a_province_does_not_edit_the_association(self, world: Organizations) -> None:
        assert world.client("province").get(edit(world.tree.association)).status_code == 404


def test_kinds_that_hang_nowhere_leave_the_choice_empty(world: Organizations) -> None:
    from ..forms.organizations import NodeForm

    county = actions.create_organization(world.tree.province, kind=Kind.COUNTY, name="示例县", by=SYSTEM)
    assert [value for value, _ in NodeForm(parent=county).fields["kind"].choices] == ["hospital"]
    assert NodeForm(parent=world.tree.base).fields["kind"].choices == []
