"""P-16, P-21, Q-07: what the pages are made of, and how many queries they cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from xinglin.accounts.tests import factories
from xinglin.imports import actions, registry, screens, selectors
from xinglin.imports.columns import Column
from xinglin.imports.models import ImportJob
from xinglin.imports.rules import WHOLE_LIMIT, reason_against_valid, reason_against_whole
from xinglin.imports.spec import Question
from xinglin.imports.testing import xlsx_file
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from . import trial

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-16", "P-21")]
HEADS = list(trial.good(0))


@pytest.fixture
def user() -> Any:
    return factories.make_staff("base_admin", factories.make_tree().base)


@pytest.fixture
def viewer(user: Any) -> Viewer:
    return factories.viewer_of(user)


def checked(viewer: Viewer, *rows: dict[str, Any]) -> ImportJob:
    data = xlsx_file([HEADS, *(list(row.values()) for row in rows)])
    job = actions.start(trial.spec, data=data, file_name="试.xlsx", by=viewer)
    actions.check(job.pk, by=viewer)
    return selectors.job_for_work(job.pk)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ({"valid": 3, "error": 2}, "有 2 行错误，改好或去掉后才能全部导入"),
        ({"valid": 3, "held": 1}, "有 1 行提醒还没有确认"),
        ({"valid": WHOLE_LIMIT + 1}, "超过 10,000 行，不能放在一次里；请用“导入有效数据”"),
        ({"unchanged": 3}, "没有要导入的行"),
        ({"valid": 3}, ""),
    ],
)
def test_why_not_all(counts: dict[str, int], reason: str) -> None:
    assert reason_against_whole(counts) == reason


@pytest.mark.parametrize(
    ("counts", "reason"),
    [({"ready": 1}, ""), ({"valid": 1, "held": 1}, "请先确认提醒"), ({"error": 1}, "没有可以导入的行")],
)
def test_why_not_the_valid_ones(counts: dict[str, int], reason: str) -> None:
    assert reason_against_valid(counts) == reason


def test_steps_of_the_wizard() -> None:
    assert [step.state for step in screens.steps(3)] == ["done", "done", "now", "", ""]
    assert screens.steps(1)[4].label == "完成"


def test_what_was_tidied_is_shown(viewer: Viewer) -> None:
    """P-25: the change of width or spaces is shown beside the value; masked columns keep their secret."""
    number = trial.number(0)
    row = {
        **trial.good(0),
        "姓名": " 林 知 夏",
        "手机号": "１３９０００００００１",
        "证件号码": f"{number[:6]} {number[6:]}",
    }
    line = screens.table(checked(viewer, row), trial.spec, viewer, "all", 1).lines[0]
    cells = {cell.label: cell for cell in line.cells}
    assert (cells["姓名"].text, cells["姓名"].was) == ("林知夏", "林 知 夏")
    assert (cells["手机号"].text, cells["手机号"].was) == ("139****0001", "１３９****０００１")
    assert cells["证件号码"].was == f"{number[:6]} ********{number[-4:]}"
    assert (cells["是否本地"].text, cells["是否本地"].was) == ("是", "")


@pytest.mark.req("P-19", "P-25")
@pytest.mark.parametrize(
    ("mask", "raw", "value", "was"),
    [
        ("phone", "+86 139-0000-0001", "13900000001", "+86 139-****-0001"),
        ("phone", 13900000001, "13900000001", ""),
        ("phone", "13900000001", "13900000001", ""),
        ("id_number", "11019919980516002x", "11019919980516002X", "110199********002x"),
        ("id_number", "e1234567", "E1234567", "e1****67"),
        ("email", "Lin@Example.com", "lin@example.com", "l***@example.com"),
    ],
)
def test_a_changed_number_shows_the_change_and_hides_the_rest(mask: str, raw: Any, value: str, was: str) -> None:
    column = Column("it", "号码", mask=mask)
    assert screens._tidied(column, raw, value, "") == was


def test_warnings_are_grouped_with_their_rows(viewer: Viewer) -> None:
    warned = [{**trial.good(n), "手机号": "13811111111"} for n in range(10)]
    (group,) = screens.warnings(checked(viewer, *warned))
    assert group.where == "第 2、3、4、5、6、7、8、9 等 10 行"
    assert not group.confirmed


def test_warnings_of_wrong_rows_need_no_tick(viewer: Viewer) -> None:
    assert screens.warnings(checked(viewer, {**trial.good(0), "手机号": "13811111111", "姓名": ""})) == []


def test_remarks_on_the_row_as_a_whole(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(self: Any, rows: Any, context: Any) -> None:
        rows[0].error("nobody_knows_this_column", "这一行整个不行")

    monkeypatch.setattr(trial.TrialSpec, "check", check)
    table = screens.table(checked(viewer, trial.good(0)), trial.spec, viewer, "errors", 1)
    assert table.has_aside
    assert table.lines[0].aside[0].message == "这一行整个不行"


WIDE = (*trial.TrialSpec.columns, *(Column(f"more{n}", f"附加{n}", mandatory=True) for n in range(6)))


def wide(monkeypatch: pytest.MonkeyPatch, viewer: Viewer, *rows: dict[str, Any]) -> screens.Table:
    monkeypatch.setattr(trial.TrialSpec, "columns", WIDE)
    full = [{column.label: "有" for column in WIDE} | row for row in rows]
    data = xlsx_file([[column.label for column in WIDE], *([row[c.label] for c in WIDE] for row in full)])
    job = actions.start(trial.spec, data=data, file_name="宽.xlsx", by=viewer)
    actions.check(job.pk, by=viewer)
    return screens.table(selectors.job_for_work(job.pk), trial.spec, viewer, "errors", 1)


def test_columns_with_errors_come_to_the_front_of_a_wide_table(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the columns that tell the row; the rest keep their order, and every row has the same columns."""
    rows = [{**trial.good(0), "附加4": ""}, {**trial.good(1), "开始日期": "某日"}]
    table = wide(monkeypatch, viewer, *rows)
    heads = [column.label for column in table.columns]
    assert heads[:5] == ["姓名", "证件类型", "证件号码", "开始日期", "附加4"] and table.lead == 3
    assert heads[5:] == ["招收年份", "手机号", "民族", "是否本地", "附加0", "附加1", "附加2", "附加3", "附加5"]
    assert [[cell.label for cell in line.cells if cell.bad] for line in table.lines] == [["附加4"], ["开始日期"]]
    assert not table.has_aside


def test_errors_that_no_screen_is_wide_enough_for_are_told_at_the_front(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = wide(monkeypatch, viewer, trial.good(0) | {f"附加{n}": "" for n in range(6)})
    assert [remark.message for remark in table.lines[0].aside] == ["附加4：没有填写", "附加5：没有填写"]
    assert table.aside_head == "其他问题"


def test_a_table_that_fits_keeps_the_order_of_the_file(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial.TrialSpec, "columns", trial.TrialSpec.columns[:5])
    data = xlsx_file([HEADS[:5], list({**trial.good(0), "手机号": "1"}.values())[:5]])
    job = actions.start(trial.spec, data=data, file_name="窄.xlsx", by=viewer)
    actions.check(job.pk, by=viewer)
    table = screens.table(selectors.job_for_work(job.pk), trial.spec, viewer, "errors", 1)
    assert [column.label for column in table.columns] == HEADS[:5]


def test_page_costs_a_bounded_number_of_queries(user: Any, viewer: Viewer, django_assert_max_num_queries: Any) -> None:
    """Q-07: fifty rows with remarks cost no more than one."""
    job = checked(viewer, *({**trial.good(n), "证件类型": "身份证"} for n in range(60)))
    client = factories.sign_in(Client(), user)
    with django_assert_max_num_queries(25):
        assert client.get(reverse("imports:job", args=[job.pk])).status_code == 200


def test_question_must_be_answered(user: Any, viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two open batches: the uploader chooses one, and the choice reaches the check."""
    question = Question("batch", "批次", (("1", "第 1 批"), ("2", "第 2 批")), "现在有两批")
    monkeypatch.setattr(trial.TrialSpec, "questions", lambda self, viewer: (question,))
    data = xlsx_file([HEADS, list(trial.good(0).values())])
    for params in ({}, {"batch": "9"}):
        with pytest.raises(Refused) as refusal:
            actions.start(trial.spec, data=data, file_name="试.xlsx", by=viewer, params=params)
        assert refusal.value.field == "batch"
    page = factories.sign_in(Client(), user).get(reverse("imports:start", args=["trial"])).content.decode()
    assert "第 2 批" in page
    assert actions.start(trial.spec, data=data, file_name="试.xlsx", by=viewer, params={"batch": "2"}).params == {
        "batch": "2"
    }


def test_closed_window_is_said_before_the_upload(user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial.TrialSpec, "refuse", "招收时间 10-13 ～ 10-31，已结束")
    client = factories.sign_in(Client(), user)
    page = client.get(reverse("imports:start", args=["trial"]))
    assert "招收时间 10-13 ～ 10-31，已结束" in page.content.decode()
    assert "上传并检查" not in page.content.decode()
    assert client.post(reverse("imports:start", args=["trial"])).status_code == 422


def test_unknown_kind_is_not_found(user: Any) -> None:
    assert factories.sign_in(Client(), user).get(reverse("imports:start", args=["nothing"])).status_code == 404


def spec_with(**changes: Any) -> Any:
    return type("Broken", (trial.TrialSpec,), {"kind": "broken", **changes})()


def test_broken_specs_are_refused_at_start() -> None:
    twice = (Column("a", "甲"), Column("b", "乙", aliases=("甲",)))
    with pytest.raises(ValueError, match="twice"):
        registry.register(spec_with(columns=twice, key=("a",)))
    with pytest.raises(ValueError, match="no column for key"):
        registry.register(spec_with(key=("nothing",)))
    with pytest.raises(ValueError, match="is taken by"):
        registry.register(spec_with(kind="trial"))
