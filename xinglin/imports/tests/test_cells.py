"""P-16, P-25: what each kind of column reads, and with which words it refuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from xinglin.imports.cells import RowReader
from xinglin.imports.cells.options import nearest_label
from xinglin.imports.cells.raw import shown
from xinglin.imports.cells.reader import masked_raw
from xinglin.imports.columns import Column
from xinglin.imports.rows import ParsedRow
from xinglin.kernel.issues import Issue
from xinglin.kernel.uscc import synthetic
from xinglin.kernel.viewer import Viewer

from . import trial

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-16", "P-25", "Q-11")]
VIEWER = Viewer.system("test")
USCC = synthetic("110199", 7)


def row_of(column: Column, raw: Any, **others: Any) -> ParsedRow:
    columns = [column]
    if column.type_column:
        columns.append(Column("id_type", "证件类型", "code", code_table="id_type"))
    row = ParsedRow(2, {column.name: raw, **others})
    RowReader(columns, [c.name for c in columns], VIEWER).read(row)
    return row


def value(kind: str, raw: Any, **options: Any) -> Any:
    row = row_of(Column("c", "列", kind, **options), raw)
    assert not row.issues, row.issues[0].message
    return row.values["c"]


def issue(kind: str, raw: Any, **options: Any) -> Issue:
    row = row_of(Column("c", "列", kind, **options), raw)
    assert row.issues, f"read as {row.values['c']!r}"
    assert not row.read("c")
    return row.issues[0]


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        ("text", "  北京　路 ", "北京 路"),
        ("text", 12, "12"),
        ("text", True, "是"),
        ("text", ["date", "2026-01-02"], "2026-01-02"),
        ("text", "'=1+1", "=1+1"),
        ("name", " 林 知 夏", "林知夏"),
        ("name", "阿布都•热合曼", "阿布都·热合曼"),
        ("mobile", 13900000001, "13900000001"),
        ("mobile", "１３９０００００００１", "13900000001"),
        ("mobile", "+86 139-0000-0001", "13900000001"),
        ("mobile", "'13900000001", "13900000001"),
        ("date", ["date", "2026-10-13"], date(2026, 10, 13)),
        ("date", "2026-10-13", date(2026, 10, 13)),
        ("date", "2026/1/3", date(2026, 1, 3)),
        ("date", "2026.01.03", date(2026, 1, 3)),
        ("date", "2026年10月13日", date(2026, 10, 13)),
        ("date", "２０２６年１０月１３日", date(2026, 10, 13)),
        ("date", "20261013", date(2026, 10, 13)),
        ("date", 20261013, date(2026, 10, 13)),
        ("int", "12", 12),
        ("int", 12, 12),
        ("int", "１２", 12),
        ("int", "12.0", 12),
        ("bool", "是", True),
        ("bool", " 否 ", False),
        ("bool", True, True),
        ("bool", False, False),
        ("email", "Name@Example.COM", "name@example.com"),
        ("uscc", USCC.lower(), USCC),
    ],
)
def test_read(kind: str, raw: Any, expected: Any) -> None:
    assert value(kind, raw) == expected


@pytest.mark.parametrize(
    ("kind", "raw", "words"),
    [
        ("text", ["error", "#DIV/0!"], "错误值 #DIV/0!"),
        ("text", ["formula", ""], "公式没有计算结果"),
        ("text", ["merged", "第 3–5 行", "x"], "第 3–5 行有合并单元格"),
        ("text", 1.10199e17, "科学计数"),
        ("name", "林3", "数字"),
        ("mobile", "1.51E+10", "科学计数"),
        ("mobile", 1.5e16, "科学计数"),
        ("mobile", 1390000.5, "小数"),
        ("mobile", "1390000451", "11 位"),
        ("id_number", 110199199001010011, "只保留 15 位"),
        ("id_number", 1.10199199001010e17, "只保留 15 位"),
        ("id_number", 12345, "数字格式"),
        ("id_number", "1.10199E+17", "科学计数"),
        ("id_number", "110199199001010???", "还没有补上"),
        ("uscc", 123456789012345678, "只保留 15 位"),
        ("uscc", USCC[:-1], "少 1 位"),
        ("date", "明天", "2026-10-13 的样子"),
        ("date", "2026-02-30", "不存在"),
        ("date", "1026-02-03", "年份"),
        ("date", 45000, "不是日期"),
        ("int", "十二", "整数"),
        ("int", 1.5, "整数"),
        ("bool", "也许", "“是”或“否”"),
        ("email", "name.example.com", "邮箱"),
    ],
)
def test_refused(kind: str, raw: Any, words: str) -> None:
    assert words in issue(kind, raw).message


@pytest.mark.parametrize(("raw", "meant"), [("Y", "是"), ("√", "是"), ("n", "否"), ("无", "否")])
def test_yes_and_no_in_other_words(raw: str, meant: str) -> None:
    assert issue("bool", raw).suggestion == meant


def test_numbers_in_text_form() -> None:
    """A certificate number must not lose digits; a plain text column may hold a number."""
    assert value("text", "1100 2233x", text_format=True) == "11002233X"
    assert "数字格式" in issue("text", 110022, text_format=True).message
    assert "科学计数" in issue("text", "1.1E+15", text_format=True).message


def test_bounds_and_units() -> None:
    options = {"minimum": 2014, "maximum": 2030, "units": ("年", "级")}
    assert value("int", "2026级", **options) == 2026
    assert "不能小于 2014" in issue("int", "1999", **options).message
    assert "不能大于 2030" in issue("int", 2050, **options).message


def test_length() -> None:
    assert "有 6 个字，最多 5 个字" in issue("text", "一二三四五六", max_length=5).message


@pytest.mark.parametrize("raw", [None, "", "  ", "　", "'", "\u200b"])
def test_empty(raw: Any) -> None:
    assert issue("text", raw, mandatory=True).message == "没有填写"
    assert value("text", raw) is None
    assert value("text", raw, default="无", mandatory=True) == "无"


def test_code_by_label_code_and_width() -> None:
    for raw in ("汉族", " 汉 族 ", "01", "汉"):
        assert value("code", raw, code_table="ethnic_group") == "01"


def test_code_with_suggestion() -> None:
    found = issue("code", "身份证", code_table="id_type")
    assert (found.message, found.suggestion) == ("没有这一项", "居民身份证")


def test_choices_of_the_viewer() -> None:
    options = {"choices": lambda viewer: [("0100", "内科"), ("1600", "妇产科")]}
    assert value("choice", "内科", **options) == "0100"
    found = issue("choice", "内科学", **options)
    assert found.suggestion == "内科"
    assert "可填：内科、妇产科" in found.message
    assert "没有可以选" in issue("choice", "内科", choices=lambda viewer: []).message


def test_a_number_in_words_gets_its_digits_suggested_where_they_may_stand() -> None:
    years = {"units": ("年",), "minimum": 1, "maximum": 3}
    for written, suggestion in (("三年", "3"), ("两", "2"), ("四年", None), ("〇", None), ("很久", None)):
        found = issue("int", written, **years)
        assert (found.message, found.suggestion) == ("应填整数", suggestion), written


def test_nearest_label() -> None:
    labels = ["内科", "神经内科", "外科（神经外科方向）"]
    assert nearest_label("神经外科", labels) == "外科（神经外科方向）"
    assert nearest_label("神经內科", labels) == "神经内科"
    assert nearest_label("", labels) is None
    assert nearest_label("天文", labels) is None


NUMBER = Column("number", "证件号码", "id_number", type_column="id_type")


def test_number_by_its_document() -> None:
    assert row_of(NUMBER, trial.number(0).lower(), id_type="居民身份证").values["number"] == trial.number(0)
    assert row_of(NUMBER, "e12345678", id_type="外籍护照").values["number"] == "E12345678"
    assert "护照" in row_of(NUMBER, "护照E1", id_type="外籍护照").issues[0].message


def test_number_whose_document_is_unknown_is_not_judged() -> None:
    """One fault, one remark: the wrong document type is told, the number waits."""
    row = row_of(NUMBER, "123", id_type="身份证")
    assert [found.field for found in row.issues] == ["id_type"]


def test_remembered_cells_are_told_apart() -> None:
    """1, 1.0, True and "1" are one thing to a Python dict and four to a reader."""
    column = Column("c", "列", "bool")
    reader = RowReader([column], ["c"], VIEWER)
    rows = [ParsedRow(n, {"c": raw}) for n, raw in enumerate([True, 1, "是", 1, True])]
    for row in rows:
        reader.read(row)
    assert [row.failed for row in rows] == [False, True, False, True, False]


def test_masked_on_screen() -> None:
    """P-19: identity data is masked, also when it is wrong; what tells nobody apart is shown."""
    number, phone = Column("n", "证件号码", "id_number"), Column("p", "手机号", "mobile")
    assert masked_raw(number, trial.number(0)) == trial.number(0)[:6] + "********" + trial.number(0)[-4:]
    assert masked_raw(number, "1.10199E+17") == "1.10199E+17"
    assert masked_raw(number, "1.10199198071620E+17") == "1.****************17"
    assert masked_raw(number, 1.1019919807162e17) == "110199********0???"
    assert masked_raw(phone, 13900000001) == "139****0001"
    assert masked_raw(phone, "1390000451") == "1390000451"
    assert "13900000001" not in masked_raw(phone, "139000000012")


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (1.1019980716206e17, "110199807162060???"),
        (1e15, "100000000000000?"),
        (-1.5e17, "-1.50000000000000E+17"),
        (1e40, "1.00000000000000E+40"),
        (12.5, "12.5"),
    ],
)
def test_every_digit_that_the_file_holds(raw: float, kept: str) -> None:
    """Birth date and area stand among the first 15 digits: whoever mends the number needs them."""
    assert shown(raw) == kept


def test_display() -> None:
    column = Column("c", "列", "code", code_table="ethnic_group")
    reader = RowReader([column], ["c"], VIEWER)
    assert reader.display(column, "02") == "蒙古族"
    assert reader.display(column, None) == ""
    assert reader.display(Column("d", "日", "date"), date(2026, 1, 2)) == "2026-01-02"
    assert reader.display(Column("b", "否", "bool"), False) == "否"
