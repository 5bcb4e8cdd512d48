"""What every import must keep (P-16, Q-02, Q-09, Q-11); a spec's test class inherits it and says how a good row looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from xinglin.imports import actions, selectors
from xinglin.imports.cells.options import options_of
from xinglin.imports.enums import Mode, Status
from xinglin.imports.models import ImportIssue, ImportJob
from xinglin.imports.sealing import open_issue
from xinglin.imports.spec import ImportSpec
from xinglin.imports.templates_xlsx.failed import failed_workbook
from xinglin.imports.templates_xlsx.template import template_workbook
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer

from .workbooks import Lines, csv_file, lines_of, xls_file, xlsx_file


@pytest.mark.django_db
class ImportContract:
    """Subclass as ``TestMySpec(ImportContract)`` and give ``spec``, ``viewer`` and ``state``.

    ``spec``: the registered spec. ``good(number)``: the cells of the number-th good row (from 0), label → text, each
    with a key of its own. ``changed``: a label and text by which good row 0 becomes an update, None for a spec that
    never updates. ``viewer()``: who may import. ``state()``: everything that the import can change, comparable.
    """

    spec: ClassVar[ImportSpec]
    changed: ClassVar[tuple[str, str] | None] = None
    params: ClassVar[dict[str, str]] = {}

    def good(self, number: int) -> dict[str, Any]:
        raise NotImplementedError

    def viewer(self) -> Viewer:
        raise NotImplementedError

    def state(self) -> Any:
        raise NotImplementedError

    # building blocks

    def heads(self) -> list[str]:
        return [column.label for column in self.spec.columns if column.label in self.good(0)]

    def lines(self, rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
        return [self.heads(), *([row.get(head, "") for head in self.heads()] for row in rows)]

    def mandatory(self) -> str:
        """A column that a file of the usual mode must have: one beside the key, or the key's number for updates."""
        if self.spec.modes[0] == Mode.UPDATE:
            return self.spec.column(self.spec.key[-1]).label
        keys = set(self.spec.key)
        return next(c.label for c in self.spec.columns if c.mandatory and (c.name not in keys or len(keys) == 1))

    def upload(self, data: bytes, mode: str | None = None, name: str = "试.xlsx") -> ImportJob:
        job = actions.start(self.spec, data=data, file_name=name, by=self.viewer(), mode=mode, params=self.params)
        checked = actions.check(job.pk, by=self.viewer())
        assert checked is not None
        assert checked.status == Status.CHECKED, checked.failure
        return checked

    def go(self, job: ImportJob, *, whole: bool = False) -> ImportJob:
        assert actions.confirm(job, revision=job.revision, whole=whole, by=self.viewer())
        done = actions.run(job.pk, by=self.viewer())
        assert done is not None
        return done

    def take(self, lines: Lines) -> ImportJob:
        job = self.upload(xlsx_file(lines, self.spec.sheet_name))
        groups = {selectors.group_of(open_issue(job, i)) for i in ImportIssue.objects.filter(job=job)}
        actions.confirm_warnings(job, groups, by=self.viewer())
        return self.go(selectors.job_for_work(job.pk))

    # the contract

    def test_check_changes_nothing(self) -> None:
        before = self.state()
        job = self.upload(xlsx_file(self.lines([self.good(0), {**self.good(1), self.mandatory(): ""}])))
        assert self.state() == before
        assert (job.counts["valid"], job.counts["error"]) == (1, 1)

    def test_template_says_what_its_lists_say_and_to_those_who_import(self) -> None:
        for column in self.spec.columns:
            labels = [label for _, label in options_of(column, self.viewer())]
            assert not labels or column.example in ("", *labels), column.label
            assert "所在培训基地" not in column.note

    def test_check_and_run_say_the_same(self) -> None:
        data = self.lines([self.good(0), {**self.good(1), self.mandatory(): ""}, self.good(2)])
        job = self.upload(xlsx_file(data))
        foreseen = (job.counts["valid"], job.counts["error"])
        done = self.take(data)
        assert done.status == Status.DONE, done.failure
        assert (done.counts["applied"], done.counts["error"]) == foreseen == (2, 1)

    def test_second_time_changes_nothing(self) -> None:
        data = self.lines([self.good(n) for n in range(3)])
        assert self.take(data).counts["applied"] == 3
        before = self.state()
        again = self.upload(xlsx_file(data))
        assert again.counts["unchanged"] == 3
        assert again.counts["valid"] == again.counts["error"] == 0
        with pytest.raises(Refused):
            actions.confirm(again, revision=again.revision, whole=False, by=self.viewer())
        assert self.state() == before

    def test_all_or_nothing_with_an_error_is_refused(self) -> None:
        before = self.state()
        job = self.upload(xlsx_file(self.lines([self.good(0), {**self.good(1), self.mandatory(): ""}])))
        with pytest.raises(Refused):
            actions.confirm(job, revision=job.revision, whole=True, by=self.viewer())
        assert self.state() == before

    def test_double_confirmation_runs_once(self) -> None:
        job = self.upload(xlsx_file(self.lines([self.good(0)])))
        revision = job.revision
        assert actions.confirm(job, revision=revision, whole=False, by=self.viewer())
        assert not actions.confirm(job, revision=revision, whole=False, by=self.viewer())
        assert actions.run(job.pk, by=self.viewer()) is not None
        after = self.state()
        assert actions.run(job.pk, by=self.viewer()) is None
        assert self.state() == after

    def test_columns_in_any_order_and_extra_ones(self) -> None:
        heads = [*reversed(self.heads()), "自己加的一列"]
        job = self.upload(xlsx_file([heads, [*(self.good(0)[h] for h in heads[:-1]), "随便"]]))
        assert job.counts["valid"] == 1, self.words(job)
        assert any("自己加的一列" in remark for remark in job.layout["remarks"])

    def test_missing_mandatory_column_is_named(self) -> None:
        heads = [head for head in self.heads() if head != self.mandatory()]
        with pytest.raises(Refused) as refusal:
            self.upload(xlsx_file([heads, [self.good(0)[head] for head in heads]]))
        assert self.mandatory() in refusal.value.message

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_csv(self, encoding: str, delimiter: str) -> None:
        job = self.upload(csv_file(self.lines([self.good(0), self.good(1)]), encoding, delimiter), name="试.csv")
        assert job.counts["valid"] == 2, self.words(job)

    def test_xls(self) -> None:
        assert self.upload(xls_file(self.lines([self.good(0)])), name="试.xls").counts["valid"] == 1

    def test_spaces_and_full_width_are_read(self) -> None:
        wide = {ord(c): ord(c) + 0xFEE0 for c in "0123456789"}
        row = {
            head: f"　{cell.translate(wide)} " if isinstance(cell, str) else cell for head, cell in self.good(0).items()
        }
        job = self.upload(xlsx_file(self.lines([row])))
        assert job.counts["valid"] == 1, self.words(job)

    def test_duplicate_in_file(self) -> None:
        job = self.upload(xlsx_file(self.lines([self.good(0), self.good(1), self.good(0)])))
        assert job.counts["error"] == 1
        assert any("第 2 行重复" in words for words in self.words(job))

    def test_failed_rows_mended_and_uploaded(self) -> None:
        """The returned workbook can be uploaded as it is, and after mending it goes in."""
        job = self.upload(xlsx_file(self.lines([self.good(0), {**self.good(1), self.mandatory(): ""}])))
        book = failed_workbook(job, self.spec, self.viewer())
        assert self.upload(book).counts["error"] == 1
        lines = lines_of(book, self.spec.sheet_name)
        place = [str(head).rstrip("*") for head in lines[0]].index(self.mandatory())
        lines[1][place] = self.good(1)[self.mandatory()]
        assert self.upload(xlsx_file(lines)).counts["valid"] == 1

    def test_template_with_a_row_goes_in(self) -> None:
        lines = lines_of(template_workbook(self.spec, self.viewer()), self.spec.sheet_name)
        heads = [str(head).rstrip("*") for head in lines[0]]
        assert heads[: len(self.spec.columns)] == [column.label for column in self.spec.columns]
        job = self.upload(xlsx_file([*lines, [self.good(0).get(head, "") for head in heads]]))
        assert (job.counts["total"], job.counts["valid"]) == (1, 1), self.words(job)
        assert any("示例" in remark for remark in job.layout["remarks"])

    def test_formula_text_stays_text(self) -> None:
        """Cells that look like formulas are never run and never come back as formulas (P-17)."""
        job = self.upload(csv_file(self.lines([{**self.good(0), self.mandatory(): "=1+1"}])), name="试.csv")
        for line in lines_of(failed_workbook(job, self.spec, self.viewer()), self.spec.sheet_name):
            assert all(str(cell)[:1] not in "=+-@" or cell is None for cell in line)

    def test_update_is_told_apart(self) -> None:
        if self.changed is None:
            pytest.skip("this import never updates")
        self.take(self.lines([self.good(0)]))
        label, text = self.changed
        job = self.upload(xlsx_file(self.lines([{**self.good(0), label: text}])))
        assert job.counts["update"] == 1, self.words(job)
        if "create" in self.spec.modes:
            assert self.upload(xlsx_file(self.lines([{**self.good(0), label: text}])), "create").counts["error"] == 1

    def test_without_the_right(self) -> None:
        nobody = replace(self.viewer(), permissions=frozenset())
        with pytest.raises(NotAllowed):
            actions.start(self.spec, data=xlsx_file(self.lines([self.good(0)])), file_name="试.xlsx", by=nobody)

    def words(self, job: ImportJob) -> list[str]:
        return [open_issue(job, i).message for i in ImportIssue.objects.filter(job=job)]
