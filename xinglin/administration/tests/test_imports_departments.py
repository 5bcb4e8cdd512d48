"""科室导入: the contract of every import, several 诊疗科目 in a cell, one's own unit only (P-02, P-16)."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from xinglin.accounts.tests import factories
from xinglin.history.models import HistoryEntry
from xinglin.imports.models import ImportIssue
from xinglin.imports.sealing import open_issue
from xinglin.imports.testing import ImportContract, xlsx_file
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import actions
from xinglin.organizations.models import Department

from ..import_specs import DEPARTMENTS


@pytest.mark.req("P-16")
class TestDepartments(ImportContract):
    spec = DEPARTMENTS
    changed: ClassVar[tuple[str, str] | None] = ("诊疗科目", "外科")

    @pytest.fixture(autouse=True)
    def _tree(self, db: None) -> None:
        self.tree = factories.make_tree()
        self.who = factories.viewer_of(factories.make_staff("base_admin", self.tree.base))

    def viewer(self) -> Viewer:
        return self.who

    def good(self, number: int) -> dict[str, Any]:
        return {"科室名称": f"{'心肾肺肝脾'[number]}病中心", "诊疗科目": "内科、急诊医学科"}

    def state(self) -> Any:
        return list(Department.unscoped.order_by("pk").values_list()), HistoryEntry.unscoped.count()

    def file(self, *rows: dict[str, Any]) -> bytes:
        return xlsx_file(self.lines(list(rows)), self.spec.sheet_name)

    def suggestions(self, cell: str) -> list[str | None]:
        job = self.upload(self.file({"科室名称": "心病中心", "诊疗科目": cell}))
        return [open_issue(job, issue).suggestion for issue in ImportIssue.objects.filter(job=job)]

    @pytest.mark.req("P-02")
    def test_rows_become_departments_of_the_own_unit(self) -> None:
        self.take(self.lines([self.good(0)]))
        row = Department.unscoped.get()
        assert (row.organization, row.name, row.medical_subjects) == (self.tree.base, "心病中心", ["03", "20"])
        assert row.disabled_at is None

    @pytest.mark.parametrize("between", ["、", "，", ",", "；", ";", "/", " 、 ", "、、"])
    def test_subjects_are_parted_by_what_people_type(self, between: str) -> None:
        job = self.upload(self.file({"科室名称": "心病中心", "诊疗科目": f"内科{between}外科{between}内科"}))
        assert job.counts["valid"] == 1
        self.take(self.lines([{"科室名称": "心病中心", "诊疗科目": f"内科{between}外科{between}内科"}]))
        assert Department.unscoped.get().medical_subjects == ["03", "04"]

    def test_codes_are_read_too(self) -> None:
        self.take(self.lines([{"科室名称": "心病中心", "诊疗科目": "03.04、20"}]))
        assert Department.unscoped.get().medical_subjects == ["03.04", "20"]

    def test_an_unknown_subject_is_named_and_the_whole_cell_is_mended(self) -> None:
        job = self.upload(self.file({"科室名称": "心病中心", "诊疗科目": "外科、呼吸内科专业组"}))
        assert self.words(job) == ["没有这个诊疗科目：呼吸内科专业组"]
        assert self.suggestions("外科、呼吸内科专业组") == ["外科、呼吸内科专业"]

    def test_nothing_near_gives_no_suggestion(self) -> None:
        assert self.suggestions("外科、火箭发射") == [None]

    def test_only_separators_are_no_subject(self) -> None:
        assert self.words(self.upload(self.file({"科室名称": "心病中心", "诊疗科目": "、、"}))) == ["没有写诊疗科目"]

    def test_a_disabled_department_stays_disabled(self) -> None:
        row = actions.save_department(self.tree.base, "心病中心", ["04"], by=self.who)
        actions.set_department_in_use(row, False, by=self.who)
        self.take(self.lines([self.good(0)]))
        row.refresh_from_db()
        assert row.medical_subjects == ["03", "20"] and row.disabled_at is not None

    def test_the_sibling_may_have_the_same_name(self) -> None:
        sibling = factories.viewer_of(factories.make_staff("base_admin", self.tree.sibling))
        actions.save_department(self.tree.sibling, "心病中心", ["04"], by=sibling)
        assert self.upload(self.file(self.good(0))).counts["create"] == 1
        self.take(self.lines([self.good(0)]))
        assert Department.unscoped.get(organization=self.tree.sibling).medical_subjects == ["04"]

    def test_what_the_file_does_not_name_is_left_alone(self) -> None:
        row = actions.save_department(self.tree.base, "别的科", ["04"], by=self.who)
        self.take(self.lines([self.good(0)]))
        row.refresh_from_db()
        assert row.disabled_at is None and Department.unscoped.count() == 2

    def test_a_province_has_no_departments_to_import(self) -> None:
        province = factories.viewer_of(factories.make_staff("province_admin", self.tree.province))
        with pytest.raises(Refused, match="由培训基地自己导入"):
            DEPARTMENTS.needs(province)
