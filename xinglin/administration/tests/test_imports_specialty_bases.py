"""专业基地导入: the contract of every import, bases by code or name, tracks, what is done one by one (P-02, P-16)."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import pytest

from xinglin.accounts.tests import factories
from xinglin.history.models import HistoryEntry
from xinglin.imports.models import ImportIssue
from xinglin.imports.sealing import open_issue
from xinglin.imports.testing import ImportContract, xlsx_file
from xinglin.kernel.errors import NotAllowed
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import actions
from xinglin.organizations.enums import Accreditation, CapabilityKind
from xinglin.organizations.models import SpecialtyBase

from ..import_specs import SPECIALTY_BASES

SPECIALTIES = ("内科", "外科", "儿科", "急诊科", "麻醉科", "皮肤科")


@pytest.mark.req("P-16")
class TestSpecialtyBases(ImportContract):
    spec = SPECIALTY_BASES
    changed: ClassVar[tuple[str, str] | None] = ("年度招收容量", "45")

    @pytest.fixture(autouse=True)
    def _tree(self, db: None) -> None:
        self.tree = factories.make_tree()
        self.who = factories.viewer_of(factories.make_staff("province_admin", self.tree.province))

    def viewer(self) -> Viewer:
        return self.who

    def good(self, number: int) -> dict[str, Any]:
        return self.row(SPECIALTIES[number])

    def row(self, specialty: str, **over: Any) -> dict[str, Any]:
        cells = {
            "培训基地": self.tree.base.code,
            "体系": "西医",
            "培训专业": specialty,
            "年度招收容量": "30",
            "认定状态": "已认定",
        }
        return cells | over

    def state(self) -> Any:
        return list(SpecialtyBase.unscoped.order_by("pk").values_list()), HistoryEntry.unscoped.count()

    def file(self, *rows: dict[str, Any]) -> bytes:
        return xlsx_file(self.lines(list(rows)), self.spec.sheet_name)

    def said(self, *rows: dict[str, Any]) -> str:
        return "；".join(self.words(self.upload(self.file(*rows))))

    @pytest.mark.req("P-02")
    def test_rows_become_specialty_bases(self) -> None:
        self.take(self.lines([self.row("内科"), self.row("外科", 培训基地=self.tree.base.name, 认定状态="限期整改")]))
        rows = SpecialtyBase.unscoped.filter(organization=self.tree.base).order_by("specialty")
        assert [(row.specialty, row.capacity, row.accreditation) for row in rows] == [
            ("0100", 30, "accredited"),
            ("0900", 30, "rectifying"),
        ]
        entry = HistoryEntry.unscoped.get(verb="specialty_base.add", subject_id=str(rows[0].pk))
        assert entry.changes == {"内科专业基地": ["", "已认定，年度容量 30 人"]} and entry.source == "import"

    def test_an_empty_state_keeps_what_is_there(self) -> None:
        row = actions.add_specialty_base(
            self.tree.base, "western", "0100", 10, accreditation=Accreditation.RECTIFYING, by=self.who
        )
        self.take(self.lines([self.row("内科", 认定状态="")]))
        row.refresh_from_db()
        assert (row.capacity, row.accreditation) == (30, Accreditation.RECTIFYING)
        assert self.upload(self.file(self.row("内科", 认定状态=""))).counts["unchanged"] == 1

    def test_code_in_small_letters_and_full_name_mean_the_same_base(self) -> None:
        said = self.said(
            self.row("内科", 培训基地=self.tree.base.code.lower()), self.row("内科", 培训基地=self.tree.base.name)
        )
        assert "与第 2 行是同一个专业基地" in said

    def test_a_base_of_another_province_is_not_there(self) -> None:
        for words in (self.tree.foreign_base.code, self.tree.foreign_base.name):
            assert "您的管理范围内没有这个培训基地" in self.said(self.row("内科", 培训基地=words))

    def test_a_name_that_is_nearly_right_is_suggested(self) -> None:
        job = self.upload(self.file(self.row("内科", 培训基地=self.tree.base.name[:-1])))
        assert [open_issue(job, i).suggestion for i in ImportIssue.objects.filter(job=job)] == [self.tree.base.name]

    @pytest.mark.parametrize(("over", "reason"), [
        ({"培训专业": "内科学"}, "没有这一项"),
        ({"培训专业": "预防医学科"}, "没有这一项"),
        ({"培训专业": "中医"}, "是中医专业，不能设在西医体系"),
        ({"培训专业": "中医", "体系": "中医"}, "没有中医培训基地资质"),
        ({"年度招收容量": "-1"}, "不能小于 0"),
        ({"年度招收容量": "9999"}, "不能大于 2000"),
        ({"年度招收容量": "很多"}, "应填整数"),
        ({"认定状态": "已撤销"}, "还没有这个专业基地，不能撤销"),
    ])  # fmt: skip
    def test_reasons_stand_at_their_cells(self, over: dict[str, Any], reason: str) -> None:
        assert reason in self.said(self.row("内科", **over))

    @pytest.mark.parametrize(("before", "wanted"), [("accredited", "已撤销"), ("withdrawn", "已认定")])
    def test_withdrawing_and_its_reverse_are_not_imported(self, before: str, wanted: str) -> None:
        row = actions.add_specialty_base(self.tree.base, "western", "0100", 10, by=self.who)
        if before == "withdrawn":
            actions.change_specialty_base(row, capacity=10, accreditation=before, reason="试", by=self.who)
        assert "要写依据" in self.said(self.row("内科", 认定状态=wanted))
        row.refresh_from_db()
        assert row.accreditation == before

    def test_both_tracks_of_one_base(self) -> None:
        actions.add_capability(
            self.tree.base, CapabilityKind.TRAINING_BASE, track="tcm", starts_on=date(2020, 1, 1), by=self.who
        )
        self.take(self.lines([self.row("内科"), self.row("中医", 体系="中医")]))
        assert SpecialtyBase.unscoped.filter(organization=self.tree.base).count() == 2

    def test_one_track_identity(self) -> None:
        self.who = factories.viewer_of(factories.make_staff("province_admin", self.tree.province, track="tcm"))
        assert "当前身份只管理中医" in self.said(self.row("内科"))

    def test_the_base_itself_may_not(self) -> None:
        base = factories.viewer_of(factories.make_staff("base_admin", self.tree.base))
        row = actions.add_specialty_base(self.tree.base, "western", "0100", 10, by=self.who)
        with pytest.raises(NotAllowed):
            actions.change_specialty_base(row, capacity=99, accreditation="accredited", by=base)
        assert not base.may(SPECIALTY_BASES.permission)
