"""P-16, Q-11: the header is found wherever it is; what is missing, twice or strange is named."""

from __future__ import annotations

from typing import Any

import pytest

from xinglin.imports.enums import Mode
from xinglin.imports.layout import layout_of, rows_of
from xinglin.imports.templates_xlsx.template import template_workbook
from xinglin.imports.testing import lines_of
from xinglin.imports.workbook.reading import Sheet
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from . import trial

pytestmark = pytest.mark.req("P-16", "Q-11")
HEADS = list(trial.good(0))
ROW = list(trial.good(0).values())


def sheet(*lines: list[Any], **more: Any) -> Sheet:
    return Sheet("xlsx", "账号", [(n, line) for n, line in enumerate(lines, start=1) if line], **more)


def refusal(*lines: list[Any], mode: str = Mode.BOTH) -> str:
    with pytest.raises(Refused) as error:
        rows_of(sheet(*lines), layout_of(sheet(*lines), trial.spec, mode), trial.spec)
    return error.value.message


def test_header_below_notes() -> None:
    found = layout_of(sheet(["2026 年住院医师账号"], [], ["请认真填写"], HEADS, ROW), trial.spec)
    assert found.header == 4
    assert [row.number for row in rows_of(sheet([], [], [], HEADS, ROW), found, trial.spec)] == [5]


def test_stars_spaces_and_width_do_not_matter() -> None:
    heads = [f" {head}＊ " for head in HEADS]
    assert list(layout_of(sheet(heads, ROW), trial.spec).positions) == HEADS_AS_NAMES


HEADS_AS_NAMES = [column.name for column in trial.spec.columns]


def test_no_header() -> None:
    assert "没有找到表头" in refusal(["随便"], ROW)


def test_missing_column_with_a_guess() -> None:
    words = refusal([head if head != "手机号" else "手机" for head in HEADS], ROW)
    assert "缺少必填的列：“手机号”（文件里的“手机”如果就是它，请改名）" in words


def test_missing_column_matters_less_in_an_update() -> None:
    heads = ["证件类型", "证件号码", "民族"]
    assert "缺少必填的列" in refusal(heads, ["居民身份证", trial.number(0), "汉族"])
    assert layout_of(sheet(heads, ["x"]), trial.spec, Mode.UPDATE).positions == {
        "id_type": 0,
        "id_number": 1,
        "ethnic": 2,
    }


def test_column_twice() -> None:
    assert "“姓名”列出现了 2 次（B 列、I 列）" in refusal([*HEADS, "姓名"], ROW)


def test_strange_columns_are_remarked_and_left() -> None:
    found = layout_of(sheet([*HEADS, "备注", "错误原因"], ROW), trial.spec)
    assert found.remarks == ["“备注”列不认识，已忽略"]


def test_no_rows() -> None:
    assert "表头下面没有数据" in refusal(HEADS)
    assert "表头下面没有数据" in refusal(HEADS, ["", None])


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial.TrialSpec, "max_rows", 2)
    assert "有 3 行，每个文件最多 2 行" in refusal(HEADS, ROW, ROW, ROW)


@pytest.mark.django_db
def test_example_row_is_left_out() -> None:
    template = lines_of(template_workbook(trial.spec, Viewer.system("test")), "账号")
    found = layout_of(sheet(*template, ROW), trial.spec)
    rows = rows_of(sheet(*template, ROW), found, trial.spec)
    assert [row.number for row in rows] == [3]
    assert "第 2 行是示例，已跳过" in found.remarks


@pytest.mark.django_db
def test_example_row_written_over_is_a_row() -> None:
    """Whoever types over the example means a person, although the word 示例 still stands beside it."""
    head, example = lines_of(template_workbook(trial.spec, Viewer.system("test")), "账号")[:2]
    mine = [trial.good(5).get(str(name).rstrip("*"), example[n]) for n, name in enumerate(head)]
    found = layout_of(sheet(head, mine), trial.spec)
    assert len(rows_of(sheet(head, mine), found, trial.spec)) == 1


def test_merged_cells_are_marked_in_each_row() -> None:
    lines = sheet(HEADS, ROW, ROW, ROW, merged=[(2, 2, 3, 3), (1, 1, 1, 8), (2, 20, 3, 21)])
    rows = rows_of(lines, layout_of(lines, trial.spec), trial.spec)
    assert rows[0].cells["name"] == ["merged", "第 2–3 行", ROW[1]]
    assert rows[1].cells["id_type"] == ["merged", "第 2–3 行", ROW[2]]
    assert rows[2].cells["name"] == ROW[1]


def test_remarks_on_the_file() -> None:
    odd = sheet(HEADS, ROW, formulas=3, hidden_rows=2, hidden_sheets=["藏", "选项"], other_sheets=["说明", "表二"])
    words = "；".join(layout_of(odd, trial.spec).remarks)
    for part in ("3 个公式", "2 行被隐藏", "隐藏的工作表没有读：藏", "没有读：表二"):
        assert part in words
    assert "说明" not in words
    assert "只有隐藏的工作表" in layout_of(sheet(HEADS, ROW, only_hidden=True), trial.spec).remarks[0]


def test_short_lines_are_filled() -> None:
    rows = rows_of(sheet(HEADS, ["2026", "林知夏"]), layout_of(sheet(HEADS, ROW), trial.spec), trial.spec)
    assert rows[0].cells["local"] is None
