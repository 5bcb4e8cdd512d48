"""P-16, P-17: the template, the workbook of failed rows and the result, as Excel would see them."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from xinglin.imports import actions, selectors
from xinglin.imports.columns import Column
from xinglin.imports.models import ImportJob
from xinglin.imports.templates_xlsx.book import comment_of
from xinglin.imports.templates_xlsx.failed import failed_workbook
from xinglin.imports.templates_xlsx.result import result_workbook
from xinglin.imports.templates_xlsx.template import template_workbook
from xinglin.imports.testing import csv_file, lines_of, xlsx_file
from xinglin.kernel.viewer import Viewer
from xinglin.people.models import Person

from . import trial

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-16")]
HEADS = list(trial.good(0))


@pytest.fixture
def viewer() -> Viewer:
    return trial.secretary()


@pytest.fixture
def book(viewer: Viewer) -> Any:
    return openpyxl.load_workbook(io.BytesIO(template_workbook(trial.spec, viewer)))


def checked(viewer: Viewer, data: bytes, name: str = "试.xlsx") -> ImportJob:
    job = actions.start(trial.spec, data=data, file_name=name, by=viewer)
    actions.check(job.pk, by=viewer)
    return selectors.job_for_work(job.pk)


def test_headers_have_stars_and_comments(book: Any) -> None:
    head = {cell.value: cell for cell in book["账号"][1]}
    assert "姓名*" in head
    assert "民族" in head
    assert "必填" in head["证件号码*"].comment.text
    assert "文本格式" in head["证件号码*"].comment.text
    assert "可填：是、否" in head["是否本地"].comment.text


def test_number_columns_are_text_all_the_way_down(book: Any) -> None:
    """At least 2,000 rows of an ID, phone or code column keep every digit that is typed."""
    sheet = book["账号"]
    for letter, is_text in (("D", True), ("E", True), ("G", True), ("B", False)):
        assert (sheet.column_dimensions[letter].number_format == "@") is is_text


def test_lists_come_from_the_code_tables(book: Any) -> None:
    sheet, options = book["账号"], book["选项"]
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert lists["C2:C20001"].startswith("选项!$")
    assert lists["F2:F20001"].startswith("选项!$")
    assert options.sheet_state == "hidden"
    listed = {str(column[0].value): [cell.value for cell in column[1:] if cell.value] for column in options.columns}
    assert "居民身份证" in listed["证件类型"]
    assert len(listed["民族"]) >= 56
    assert listed["是否本地"] == ["是", "否"]


def test_example_row_is_synthetic_and_marked(book: Any) -> None:
    example = [cell.value for cell in book["账号"][2]]
    assert example[3] == trial.number(499)
    assert "示例行" in example[-1]


def test_explanation_lists_every_column(book: Any) -> None:
    words = "\n".join(str(cell.value) for row in book["说明"].iter_rows() for cell in row if cell.value)
    for column in trial.spec.columns:
        assert column.label in words
    assert "20,000 行" in words
    assert "先检查" in words


def test_comment_of_a_long_list_stays_short() -> None:
    column = Column("x", "专业", "code", code_table="specialty", note="只能选本基地的专业")
    assert comment_of(column, [f"专业{n}" for n in range(50)]) == "选填。只能选本基地的专业。请从下拉列表中选择。"


def test_column_of_a_declared_field() -> None:
    """One declaration per field: label, kind, table, length and mask come from the model."""
    column = Column.of(Person, "id_number", label="证件号码", mandatory=True)
    assert (column.kind, column.mask, column.mandatory, column.text_format) == ("id_number", "id_number", True, True)
    assert Column.of(Person, "ethnic_group").code_table == "ethnic_group"
    with pytest.raises(KeyError):
        Column.of(Person, "password")


def test_failed_rows_have_reasons_red_cells_and_the_users_words(viewer: Viewer) -> None:
    wrong = {**trial.good(1), "手机号": "1390000", "证件类型": "身份证"}
    job = checked(viewer, xlsx_file([HEADS, list(trial.good(0).values()), list(wrong.values())]))
    book = openpyxl.load_workbook(io.BytesIO(failed_workbook(job, trial.spec, viewer)))
    sheet = book["账号"]
    assert sheet.max_row == 2
    cells = {str(head.value).rstrip("*"): cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert cells["手机号"].value == "1390000"
    assert cells["手机号"].fill.fgColor.rgb == "FFFBE3E0"
    assert cells["姓名"].fill.fgColor.rgb != "FFFBE3E0"
    reason = cells["错误原因"].value
    assert reason.startswith("原第 3 行。")
    assert "手机号：现在是 7 位" in reason
    assert "建议改为“居民身份证”" in reason


def test_failed_workbook_keeps_lists_and_text_columns(viewer: Viewer) -> None:
    job = checked(viewer, xlsx_file([HEADS, list({**trial.good(1), "手机号": "1"}.values())]))
    sheet = openpyxl.load_workbook(io.BytesIO(failed_workbook(job, trial.spec, viewer)))["账号"]
    assert sheet.data_validations.dataValidation
    assert sheet["D2"].number_format == "@"


def test_number_cells_come_back_with_the_digits_that_are_left(viewer: Viewer) -> None:
    """The first 15 hold area and birth date; sent again as it is, the number is refused and not taken for a whole one."""
    spoilt = [int(trial.number(1)) if head == "证件号码" else cell for head, cell in trial.good(1).items()]
    data = failed_workbook(checked(viewer, xlsx_file([HEADS, spoilt])), trial.spec, viewer)
    assert f"{trial.number(1)[:15]}???" in lines_of(data, "账号")[1]
    again = lines_of(failed_workbook(checked(viewer, data), trial.spec, viewer), "账号")[1]
    assert "末几位（?）还没有补上" in again[-1]


def test_formulas_are_guarded_and_come_back_unchanged(viewer: Viewer) -> None:
    """P-17: =cmd|… in a name is text in our workbook, and text again when it is uploaded."""
    evil = {**trial.good(0), "姓名": "=cmd|'/c calc'!A1"}
    job = checked(viewer, csv_file([HEADS, list(evil.values())]), "试.csv")
    data = failed_workbook(job, trial.spec, viewer)
    raw = openpyxl.load_workbook(io.BytesIO(data))["账号"]["B2"]
    assert (raw.data_type, raw.value) == ("s", "'=cmd|'/c calc'!A1")
    again = failed_workbook(checked(viewer, data), trial.spec, viewer)
    assert lines_of(again, "账号")[1][1].lstrip("'") == "=cmd|'/c calc'!A1"


def test_held_rows_are_in_the_failed_workbook_after_the_run(viewer: Viewer) -> None:
    warned = {**trial.good(1), "手机号": "13811111111"}
    job = checked(viewer, xlsx_file([HEADS, list(trial.good(0).values()), list(warned.values())]))
    assert len(lines_of(failed_workbook(job, trial.spec, viewer))) == 1
    actions.confirm(job, revision=job.revision, whole=False, by=viewer)
    actions.run(job.pk, by=viewer)
    lines = lines_of(failed_workbook(selectors.job_for_work(job.pk), trial.spec, viewer))
    assert len(lines) == 2
    assert "提醒，手机号：手机号已被另一位住院医师使用" in lines[1][-1]


def test_result_tells_every_row_and_hands_back(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = trial.TrialSpec.apply

    def apply(self: Any, rows: Any, context: Any, *, by: Viewer) -> None:
        honest(self, rows, context, by=by)
        for row in rows:
            row.returns["初始密码"] = f"p{row.number}"

    monkeypatch.setattr(trial.TrialSpec, "apply", apply)
    monkeypatch.setattr(trial.TrialSpec, "return_columns", ("初始密码",))
    rows = [trial.good(0), {**trial.good(1), "手机号": "1"}]
    job = checked(viewer, xlsx_file([HEADS, *(list(row.values()) for row in rows)]))
    actions.confirm(job, revision=job.revision, whole=False, by=viewer)
    actions.run(job.pk, by=viewer)
    head, done, left = lines_of(result_workbook(selectors.job_for_work(job.pk), trial.spec, viewer))
    first, second = dict(zip(head, done, strict=True)), dict(zip(head, left, strict=True))
    assert (first["行号"], first["结果"], first["初始密码"], first["原因"] or "") == (2, "已新增", "p2", "")
    assert second["结果"] == "未导入"
    assert "手机号" in second["原因"]
