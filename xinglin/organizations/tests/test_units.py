"""Specialty bases and departments: who, what, what is refused and why (P-02)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from xinglin.dictionaries import selectors as dictionaries
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.organizations import actions, references
from xinglin.organizations.enums import Accreditation, CapabilityKind
from xinglin.organizations.models import Capability, Department, SpecialtyBase
from xinglin.organizations.tests.trees import make_tree, viewer_at

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-02")]


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def admin(tree):
    return viewer_at(tree.province, "organizations.edit")


@pytest.fixture
def base_admin(tree):
    return viewer_at(tree.base, "organizations.edit_own")


@pytest.fixture
def row(tree, admin):
    return actions.add_specialty_base(tree.base, "western", "0100", 30, by=admin)


def last(verb):
    return HistoryEntry.unscoped.filter(verb=verb).order_by("-id").first()


class TestAdding:
    def test_the_history_says_what(self, tree, admin):
        made = actions.add_specialty_base(tree.base, "western", "0100", 30, reason="2026 年认定", by=admin)
        entry = last("specialty_base.add")
        assert entry.changes == {"内科专业基地": ["", "已认定，年度容量 30 人"]}
        assert (entry.subject_id, entry.track, entry.facts) == (str(made.pk), "western", {"reason": "2026 年认定"})

    @pytest.mark.parametrize(("track", "specialty", "words", "field"), [
        ("western", "9999", "没有这个培训专业", "specialty"),
        ("western", "2700", "已经停用", "specialty"),
        ("western", "Z100", "是中医专业", "specialty"),
        ("tcm", "Z100", "没有中医培训基地资质", "track"),
    ])  # fmt: skip
    def test_what_is_refused(self, tree, admin, track, specialty, words, field):
        with pytest.raises(Refused, match=words) as refusal:
            actions.add_specialty_base(tree.base, track, specialty, 30, by=admin)
        assert refusal.value.field == field
        assert not SpecialtyBase.unscoped.exists()

    @pytest.mark.parametrize("capacity", [-1, 2001, 10**9])
    def test_capacities_that_cannot_be(self, tree, admin, capacity):
        with pytest.raises(Refused, match="在 0 至 2000 人之间") as refusal:
            actions.add_specialty_base(tree.base, "western", "0100", capacity, by=admin)
        assert refusal.value.field == "capacity"

    def test_nought_means_no_intake_this_year(self, tree, admin):
        assert actions.add_specialty_base(tree.base, "western", "0100", 0, by=admin).capacity == 0

    def test_an_ended_base_gets_no_more(self, tree, admin):
        Capability.unscoped.filter(organization=tree.base).update(ends_on=clock.today())
        with pytest.raises(Refused, match="请先新增资质"):
            actions.add_specialty_base(tree.base, "western", "0100", 30, by=admin)

    def test_a_base_that_begins_next_month_may_be_prepared(self, tree, admin):
        actions.add_capability(
            tree.base, CapabilityKind.TRAINING_BASE, track="tcm", starts_on=date(2999, 1, 1), by=admin
        )
        assert actions.add_specialty_base(tree.base, "tcm", "Z100", 3, by=admin)

    def test_the_base_itself_and_strangers_may_not(self, tree, base_admin):
        for viewer in (base_admin, viewer_at(tree.other_province, "organizations.edit"), viewer_at(tree.province)):
            with pytest.raises(NotAllowed):
                actions.add_specialty_base(tree.base, "western", "0100", 30, by=viewer)

    def test_a_tcm_identity_leaves_western_alone(self, tree, admin, row):
        tcm = replace(admin, track="tcm")
        with pytest.raises(NotAllowed, match="只管理一个体系"):
            actions.add_specialty_base(tree.base, "western", "0200", 30, by=tcm)
        with pytest.raises(NotAllowed, match="只管理一个体系"):
            actions.change_specialty_base(row, capacity=1, accreditation="accredited", by=tcm)


class TestChanging:
    def test_capacity_and_state(self, admin, row):
        assert actions.change_specialty_base(row, capacity=40, accreditation="rectifying", reason="抽查", by=admin)
        row.refresh_from_db()
        assert (row.capacity, row.accreditation) == (40, "rectifying")
        entry = last("specialty_base.change")
        assert entry.changes == {"内科专业基地": ["已认定，年度容量 30 人", "限期整改，年度容量 40 人"]}
        assert entry.facts == {"reason": "抽查"}

    def test_nothing_new_writes_nothing(self, admin, row):
        assert not actions.change_specialty_base(row, capacity=30, accreditation="accredited", by=admin)
        assert last("specialty_base.change") is None

    @pytest.mark.parametrize("reason", ["", " 　"])
    def test_withdrawing_and_its_reverse_need_their_grounds(self, admin, row, reason):
        withdrawn = Accreditation.WITHDRAWN
        with pytest.raises(Refused, match="要写依据") as refusal:
            actions.change_specialty_base(row, capacity=30, accreditation=withdrawn, reason=reason, by=admin)
        assert refusal.value.field == "reason"
        assert actions.change_specialty_base(row, capacity=30, accreditation=withdrawn, reason="撤销决定", by=admin)
        with pytest.raises(Refused, match="要写依据"):
            actions.change_specialty_base(row, capacity=30, accreditation="accredited", reason=reason, by=admin)
        assert actions.change_specialty_base(row, capacity=30, accreditation="accredited", reason="复核通过", by=admin)

    def test_the_present_state_counts_not_the_one_that_was_shown(self, admin, row):
        """Somebody withdrew it meanwhile: to accredit it again needs its grounds."""
        SpecialtyBase.unscoped.filter(pk=row.pk).update(accreditation="withdrawn")
        with pytest.raises(Refused, match="要写依据"):
            actions.change_specialty_base(row, capacity=31, accreditation="accredited", by=admin)

    def test_grounds_have_an_end(self, admin, row):
        with pytest.raises(Refused, match="最多 200 个字") as refusal:
            actions.change_specialty_base(row, capacity=31, accreditation="accredited", reason="长" * 201, by=admin)
        assert refusal.value.field == "reason"

    def test_strangers_may_not(self, tree, base_admin, row):
        for viewer in (base_admin, viewer_at(tree.other_province, "organizations.edit")):
            with pytest.raises(NotAllowed):
                actions.change_specialty_base(row, capacity=1, accreditation="accredited", by=viewer)


class TestDepartments:
    def test_created_with_name_and_subjects(self, tree, base_admin):
        made = actions.save_department(tree.base, " 心血管　内科 ", ["03.04", "20", "03.04"], by=base_admin)
        assert (made.name, made.medical_subjects) == ("心血管 内科", ["03.04", "20"])
        told = "、".join(dictionaries.label("medical_subject", code) for code in ("03.04", "20"))
        assert last("department.save").changes == {"科室名称": ["", "心血管 内科"], "诊疗科目": ["", told]}

    def test_other_subjects_alone_name_the_department_in_the_history(self, tree, base_admin):
        made = actions.save_department(tree.base, "内科", ["03"], by=base_admin)
        actions.save_department(tree.base, "内科", ["04"], department=made, by=base_admin)
        assert last("department.save").changes == {"科室“内科”诊疗科目": ["内科", "外科"]}

    def test_nothing_new_writes_nothing(self, tree, base_admin):
        made = actions.save_department(tree.base, "内科", ["03"], by=base_admin)
        rows = HistoryEntry.unscoped.count()
        assert actions.save_department(tree.base, "内科", ["03"], department=made, by=base_admin) == made
        assert HistoryEntry.unscoped.count() == rows

    @pytest.mark.parametrize(("name", "subjects", "words", "field"), [
        ("", ["03"], "请填写科室名称", "name"),
        ("长" * 51, ["03"], "最多 50 个字", "name"),
        ("内科", [], "至少选择一个诊疗科目", "medical_subjects"),
        ("内科", ["99.99"], "至少选择一个诊疗科目", "medical_subjects"),
    ])  # fmt: skip
    def test_what_is_refused(self, tree, base_admin, name, subjects, words, field):
        with pytest.raises(Refused, match=words) as refusal:
            actions.save_department(tree.base, name, subjects, by=base_admin)
        assert refusal.value.field == field

    def test_a_name_is_there_once_in_a_base(self, tree, base_admin):
        actions.save_department(tree.base, "内科", ["03"], by=base_admin)
        other = actions.save_department(tree.base, "外科", ["04"], by=base_admin)
        for department in (None, other):
            with pytest.raises(Refused, match="已经有科室“内科”") as refusal:
                actions.save_department(tree.base, "内科", ["04"], department=department, by=base_admin)
            assert refusal.value.field == "name"

    def test_only_hospitals_have_departments(self, tree, admin):
        with pytest.raises(Refused, match="科室只设在医院"):
            actions.save_department(tree.province, "内科", ["03"], by=admin)

    def test_switching_twice_is_once(self, tree, base_admin):
        made = actions.save_department(tree.base, "内科", ["03"], by=base_admin)
        actions.set_department_in_use(made, False, by=base_admin)
        first = made.disabled_at
        actions.set_department_in_use(made, False, by=base_admin)
        assert made.disabled_at == first
        assert HistoryEntry.unscoped.filter(verb="department.disable").count() == 1
        assert last("department.disable").changes == {"科室“内科”": ["启用", "停用"]}

    def test_deleting_frees_the_name(self, tree, base_admin):
        made = actions.save_department(tree.base, "内科", ["03"], by=base_admin)
        actions.delete_department(made, by=base_admin)
        assert last("department.delete").changes == {"科室名称": ["内科", ""]}
        assert actions.save_department(tree.base, "内科", ["03"], by=base_admin)

    def test_everything_that_refers_to_it_is_named(self, tree, base_admin, monkeypatch):
        made = actions.save_department(tree.base, "内科", ["03"], by=base_admin)
        monkeypatch.setattr(
            references, "_questions", [lambda d: "3 个轮转段", lambda d: None, lambda d: "2 名带教老师"]
        )
        with pytest.raises(Refused, match="还有3 个轮转段、2 名带教老师，不能删除；不再使用可以停用"):
            actions.delete_department(made, by=base_admin)
        assert Department.unscoped.filter(pk=made.pk).exists()

    def test_a_question_is_registered_once(self, monkeypatch):
        monkeypatch.setattr(references, "_questions", [])

        def question(department):
            return "1 个轮转段"

        references.register(question)
        references.register(question)
        assert references.references_to(Department()) == ["1 个轮转段"]

    def test_the_province_may_help_and_strangers_may_not(self, tree, admin):
        made = actions.save_department(tree.base, "内科", ["03"], by=admin)
        strangers = (viewer_at(tree.sibling, "organizations.edit_own"), viewer_at(tree.base),
                     viewer_at(tree.other_province, "organizations.edit"))  # fmt: skip
        for viewer in strangers:
            for act in (lambda v: actions.save_department(tree.base, "甲", ["03"], department=made, by=v),
                        lambda v: actions.set_department_in_use(made, False, by=v),
                        lambda v: actions.delete_department(made, by=v)):  # fmt: skip
                with pytest.raises(NotAllowed):
                    act(viewer)
        made.refresh_from_db()
        assert made.name == "内科" and made.disabled_at is None
