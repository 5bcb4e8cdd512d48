"""P-10, P-16: the workbook of a new edition fills its draft; the table itself changes when it is published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from xinglin.accounts.tests.factories import make_staff, make_tree, viewer_of
from xinglin.administration.import_specs import CODE_TABLE
from xinglin.dictionaries import actions, selectors
from xinglin.dictionaries.actions import Ground
from xinglin.dictionaries.models import CodeDraft
from xinglin.imports.testing import ImportContract, xlsx_file
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer

KEY = "foreign_language_level"


@pytest.mark.req("P-10", "P-16")
class TestCodeTable(ImportContract):
    spec = CODE_TABLE
    changed = ("名称", "改过的等级")

    @pytest.fixture(autouse=True)
    def _draft(self, db: None) -> Iterator[None]:
        self.keeper = viewer_of(make_staff("association_admin", make_tree().association))
        self.draft = self.begin(KEY)
        yield
        selectors.forget()

    def begin(self, key: str) -> Any:
        ground = Ground(clock.today(), "试验文件 1 号")
        return actions.start_edition(key, "2027 年修订", ground, retire_missing=False, by=self.keeper)

    def good(self, number: int) -> dict[str, Any]:
        return {
            "代码": f"NEW{number}",
            "名称": f"第{'一二三四五六'[number]}级",
            "简称": f"{'一二三四五六'[number]}级",
            "上级代码": "",
        }

    def viewer(self) -> Viewer:
        return self.keeper

    def state(self) -> Any:
        drafts = list(CodeDraft.objects.order_by("id").values_list("edition_id", "code", "label", "short_label"))
        return drafts, selectors.present_entries(self.draft.table)

    def errors(self, *rows: dict[str, Any]) -> str:
        return str(self.words(self.upload(xlsx_file(self.lines(list(rows)), self.spec.sheet_name))))

    def test_rows_stand_in_the_draft_only(self) -> None:
        self.take(self.lines([self.good(0), self.good(1)]))
        assert [row.code for row in selectors.draft_rows(self.draft)] == ["NEW0", "NEW1"]
        assert selectors.code_for(KEY, "NEW0") is None
        found, _, _ = selectors.preview(self.draft)
        assert found.added == ["NEW0", "NEW1"] and not found.retired

    def test_reasons_stand_at_their_cells(self) -> None:
        said = self.errors(
            self.good(0) | {"代码": "a/b"}, self.good(1) | {"名称": "大学英语六级"}, self.good(2) | {"上级代码": "zz"}
        )
        for reason in ("字母、数字、点和横线", "与 cet6 重名", "没有上级代码 ZZ"):
            assert reason in said

    def test_a_parent_may_stand_in_the_same_workbook(self) -> None:
        job = self.take(self.lines([self.good(0), self.good(1) | {"上级代码": "NEW0"}]))
        assert job.counts["applied"] == 2
        assert selectors.draft_rows(self.draft)[1].parent_code == "NEW0"

    def test_codes_are_found_however_they_are_spelt(self) -> None:
        self.take(self.lines([{"代码": "Cet4", "名称": "四级新名", "简称": "", "上级代码": ""}]))
        assert [row.code for row in selectors.draft_rows(self.draft)] == ["cet4"]
        assert selectors.preview(self.draft)[0].renamed == ["cet4"]

    def test_a_code_typed_as_a_number_is_refused(self) -> None:
        assert "文本" in self.errors(self.good(0) | {"代码": 100})

    def test_without_a_draft_there_is_nothing_to_import_into(self) -> None:
        actions.drop_edition(self.draft.pk, by=self.keeper)
        with pytest.raises(Refused, match="还没有准备中的新版本"):
            CODE_TABLE.needs(self.keeper)
        with pytest.raises(Refused, match="还没有准备中的新版本"):
            CODE_TABLE.prepare(self.keeper, {}, "both")

    def test_with_two_drafts_the_uploader_says_which(self) -> None:
        other = self.begin("ethnic_group")
        (question,) = CODE_TABLE.questions(self.keeper)
        assert {label for _, label in question.choices} == {"外语等级 2027 年修订", "民族 2027 年修订"}
        with pytest.raises(Refused, match="请选择导入到哪个新版本"):
            CODE_TABLE.prepare(self.keeper, {}, "both")
        assert CODE_TABLE.prepare(self.keeper, {"edition": str(other.pk)}, "both").data["edition"] == other

    def test_who_may_not_keep_tables_may_not_import(self) -> None:
        other = viewer_of(make_staff("province_admin", make_tree().province))
        with pytest.raises(NotAllowed):
            CODE_TABLE.needs(other)
