"""专业基地 and 科室 through their pages (P-02, P-21)."""

from __future__ import annotations

from typing import Any

import pytest

from xinglin.accounts.models import Grant
from xinglin.kernel import clock
from xinglin.organizations import actions, references
from xinglin.organizations.enums import CapabilityKind
from xinglin.organizations.models import Department, SpecialtyBase

from ..forms.organizations import DepartmentForm
from .organizations_scene import SYSTEM, Organizations, make_organizations, page

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-02")]


@pytest.fixture
def world() -> Organizations:
    return make_organizations()


class TestNewSpecialty:
    def send(self, world: Organizations, who: str = "province", **over: Any) -> Any:
        data = {
            "track": "western",
            "specialty": "0200",
            "capacity": "12",
            "accreditation": "accredited",
            "reason": "",
            **over,
        }
        return world.client(who).post(page(world.tree.base) + "specialty-bases/new/", data, follow=True)

    def test_one_more(self, world: Organizations) -> None:
        answer = self.send(world, reason="2026 年认定")
        made = SpecialtyBase.unscoped.get(organization=world.tree.base, specialty="0200")
        assert (made.capacity, made.accreditation) == (12, "accredited")
        assert "已新增儿科专业基地，年度容量 12 人" in answer.text and answer.context["tab"] == "specialties"

    def test_only_what_is_missing_is_offered(self, world: Organizations) -> None:
        form = world.client("province").get(page(world.tree.base) + "specialty-bases/new/").context["form"]
        offered = {code for _, group in form.fields["specialty"].choices[1:] for code, _ in group}
        assert "0200" in offered and not offered & {"0100", "2700", "Z100"}

    def test_withdrawn_is_no_beginning(self, world: Organizations) -> None:
        assert self.send(world, accreditation="withdrawn").status_code == 422

    @pytest.mark.parametrize(("over", "field"), [
        ({"capacity": "-1"}, "capacity"), ({"capacity": "2001"}, "capacity"), ({"capacity": "很多"}, "capacity"),
        ({"capacity": ""}, "capacity"), ({"specialty": ""}, "specialty"), ({"specialty": "0100"}, "specialty"),
        ({"specialty": "Z100"}, "specialty"), ({"track": "tcm"}, "track"),
    ])  # fmt: skip
    def test_what_is_wrong_stands_at_its_field(self, world: Organizations, over: Any, field: str) -> None:
        answer = self.send(world, **over)
        assert answer.status_code == 422 and field in answer.context["form"].errors
        assert SpecialtyBase.unscoped.filter(organization=world.tree.base).count() == 1

    def test_both_tracks_where_it_is_a_base_of_both(self, world: Organizations) -> None:
        actions.add_capability(
            world.tree.base, CapabilityKind.TRAINING_BASE, track="tcm", starts_on=clock.today(), by=SYSTEM
        )
        form = world.client("province").get(page(world.tree.base) + "specialty-bases/new/").context["form"]
        assert [value for value, _ in form.fields["track"].choices] == ["western", "tcm"]
        self.send(world, track="tcm", specialty="Z100")
        assert SpecialtyBase.unscoped.filter(organization=world.tree.base, specialty="Z100").exists()

    def test_who_is_no_base_is_told(self, world: Organizations) -> None:
        actions.end_capability(world.capability, clock.today(), by=SYSTEM)
        text = world.client("province").get(page(world.tree.base) + "specialty-bases/new/").text
        assert "这个单位现在不是培训基地。请先在“资质”里新增" in text and 'aria-disabled="true"' in text

    @pytest.mark.parametrize(("who", "status"), [("base", 403), ("reviewer", 403), ("other_province", 404)])
    def test_who_may_not(self, world: Organizations, who: str, status: int) -> None:
        assert self.send(world, who).status_code == status


class TestChangeSpecialty:
    def address(self, world: Organizations) -> str:
        return f"/administration/specialty-bases/{world.specialty.pk}/"

    def send(self, world: Organizations, who: str = "province", **over: Any) -> Any:
        data = {"capacity": "30", "accreditation": "accredited", "reason": "", **over}
        return world.client(who).post(self.address(world), data, follow=True)

    def test_capacity(self, world: Organizations) -> None:
        assert "已保存内科专业基地" in self.send(world, capacity="45").text
        world.specialty.refresh_from_db()
        assert world.specialty.capacity == 45

    def test_withdrawing_needs_its_grounds(self, world: Organizations) -> None:
        answer = self.send(world, accreditation="withdrawn")
        assert answer.status_code == 422 and "要写依据" in str(answer.context["form"].errors["reason"])
        self.send(world, accreditation="withdrawn", reason="撤销决定")
        world.specialty.refresh_from_db()
        assert world.specialty.accreditation == "withdrawn"

    def test_nothing_changed_is_said(self, world: Organizations) -> None:
        assert "没有改动" in self.send(world).text

    def test_why_there_is_no_delete(self, world: Organizations) -> None:
        assert "专业基地不删除：已有的培训信息写着它" in world.client("province").get(self.address(world)).text

    @pytest.mark.parametrize(("who", "status"), [("base", 403), ("ministry", 403), ("other_province", 404)])
    def test_who_may_not(self, world: Organizations, who: str, status: int) -> None:
        assert self.send(world, who, capacity="1").status_code == status
        world.specialty.refresh_from_db()
        assert world.specialty.capacity == 30

    def test_of_another_track_it_is_not_there(self, world: Organizations) -> None:
        world.client("province", track="tcm")
        assert world.client("province").get(self.address(world)).status_code == 404


class TestDepartments:
    def new(self, world: Organizations) -> str:
        return page(world.tree.base) + "departments/new/"

    def one(self, world: Organizations, tail: str = "") -> str:
        return f"/administration/departments/{world.department.pk}/{tail}"

    @pytest.mark.parametrize("who", ["base", "base_account", "province", "association"])
    def test_creating(self, world: Organizations, who: str) -> None:
        answer = world.client(who).post(
            self.new(world), {"name": "急诊科", "medical_subjects": ["20", "28"]}, follow=True
        )
        made = Department.unscoped.get(name="急诊科")
        assert made.organization == world.tree.base and made.medical_subjects == ["20", "28"]
        assert "已保存科室“急诊科”" in answer.text and answer.context["tab"] == "departments"

    @pytest.mark.parametrize(("data", "field", "words"), [
        ({"name": "", "medical_subjects": ["03"]}, "name", "没有填写"),
        ({"name": "新科室"}, "medical_subjects", "请至少选择一个诊疗科目"),
        ({"name": "新科室", "medical_subjects": ["nonsense"]}, "medical_subjects", "nonsense"),
        ({"name": "心血管内科", "medical_subjects": ["03"]}, "name", "已经有科室“心血管内科”"),
        ({"name": "长" * 51, "medical_subjects": ["03"]}, "name", "50"),
    ])  # fmt: skip
    def test_what_is_wrong_stands_at_its_field(self, world: Organizations, data: Any, field: str, words: str) -> None:
        answer = world.client("base").post(self.new(world), data)
        assert answer.status_code == 422 and words in str(answer.context["form"].errors[field])
        assert Department.unscoped.count() == 1

    def test_what_was_ticked_stays_ticked(self, world: Organizations) -> None:
        answer = world.client("base").post(self.new(world), {"name": "", "medical_subjects": ["03.04", "20"]})
        opened = [group for group in answer.context["form"].groups() if group.open]
        assert [group.label for group in opened] == ["内科"] and opened[0].chosen == 1
        assert ("20", "急诊医学科", True) in answer.context["form"].singles()

    def test_every_subject_can_be_chosen_once(self, world: Organizations) -> None:
        form = DepartmentForm()
        codes = [code for group in form.groups() for code, _, _ in group.items] + [
            code for code, _, _ in form.singles()
        ]
        assert len(codes) == len(set(codes)) == len(form.fields["medical_subjects"].choices)

    def test_editing(self, world: Organizations) -> None:
        shown = world.client("base").get(self.one(world))
        assert shown.context["form"].initial == {"name": "心血管内科", "medical_subjects": ["03.04"]}
        world.client("base").post(self.one(world), {"name": "心内科", "medical_subjects": ["03.04", "28"]})
        world.department.refresh_from_db()
        assert (world.department.name, world.department.medical_subjects) == ("心内科", ["03.04", "28"])

    def test_disabling_and_enabling(self, world: Organizations) -> None:
        client = world.client("base")
        assert "已停用，不能再选" in client.post(self.one(world, "switch/"), {"in_use": "0"}, follow=True).text
        world.department.refresh_from_db()
        assert world.department.disabled_at is not None
        assert "已启用" in client.post(self.one(world, "switch/"), {"in_use": "1"}, follow=True).text
        world.department.refresh_from_db()
        assert world.department.disabled_at is None

    def test_deleting_asks_first(self, world: Organizations) -> None:
        client = world.client("base")
        shown = client.get(self.one(world, "delete/"))
        assert "没有任何记录用到这个科室" in shown.text and Department.unscoped.exists()
        answer = client.post(self.one(world, "delete/"), {}, follow=True)
        assert "已删除科室“心血管内科”" in answer.text and not Department.unscoped.exists()

    def test_what_refers_to_it_is_named_and_disabling_is_offered(self, world: Organizations, monkeypatch: Any) -> None:
        monkeypatch.setattr(references, "_questions", [lambda department: "3 个轮转段"])
        shown = world.client("base").get(self.one(world, "delete/")).text
        assert "不能删除" in shown and "还有3 个轮转段用到它" in shown
        assert self.one(world, "switch/") in shown and "btn-danger" not in shown
        answer = world.client("base").post(self.one(world, "delete/"), {})
        assert answer.status_code == 422 and Department.unscoped.exists()

    def test_an_identity_at_the_department_keeps_it(self, world: Organizations) -> None:
        grant = Grant.unscoped.get(user=world.user("base"))
        Grant.unscoped.filter(pk=grant.pk).update(department=world.department)
        answer = world.client("base_account").post(self.one(world, "delete/"), {})
        assert answer.status_code == 422 and "1 个账号身份" in answer.text
        assert Department.unscoped.filter(pk=world.department.pk).exists()

    @pytest.mark.parametrize(("who", "status"), [
        ("reviewer", 403), ("ministry", 403), ("sibling", 404), ("far_base", 404), ("other_province", 404),
    ])  # fmt: skip
    def test_who_may_not(self, world: Organizations, who: str, status: int) -> None:
        client = world.client(who)
        answers = [
            client.post(self.new(world), {"name": "新科室", "medical_subjects": ["03"]}),
            client.post(self.one(world), {"name": "改名", "medical_subjects": ["03"]}),
            client.post(self.one(world, "switch/"), {"in_use": "0"}),
            client.post(self.one(world, "delete/"), {}),
        ]
        assert {answer.status_code for answer in answers} == {status}
        world.department.refresh_from_db()
        assert world.department.name == "心血管内科" and world.department.disabled_at is None
        assert Department.unscoped.count() == 1

    def test_switching_is_no_get(self, world: Organizations) -> None:
        assert world.client("base").get(self.one(world, "switch/")).status_code == 405
