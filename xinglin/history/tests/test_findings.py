"""The words of a verification: every breach says what, where, about what."""

import datetime as dt

import pytest

from xinglin.history.findings import KEPT, Finding, Kind, Report, of_row
from xinglin.kernel import clock

pytestmark = pytest.mark.req("Q-12")
ROW = {
    "id": 815, "at": dt.datetime(2026, 11, 20, 0, 0, tzinfo=dt.UTC), "verb": "person.save", "subject_type": "person",
    "subject_id": "41", "actor_name": "何嘉树",
}  # fmt: skip


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (Finding(Kind.TAMPERED, "2026-11", 3, 815, "2026-11-20 08:00:00", "person.save", "person", "41"),
         "记录被改动（2026-11 第 3 号封条 记录 815）：2026-11-20 08:00:00 person.save person 41"),
        (Finding(Kind.MISSING, "2026-11", 3, 815, note="封存于 2026-11-20 08:00:30"),
         "记录被删除（2026-11 第 3 号封条 记录 815）：封存于 2026-11-20 08:00:30"),
        (Finding(Kind.SEAL_MISSING, "2026-11", 4, note="之前缺第 3 号封条"),
         "封条缺失（2026-11 第 4 号封条）：之前缺第 3 号封条"),
        (Finding(Kind.TWICE, note="记录 1 至 9"), "同一记录封存了两次：记录 1 至 9"),
        (Finding(Kind.HEAD_FOREIGN), "链头文件的签名不对"),
        (Finding(Kind.ADDED, row_id=7, verb="x"), "封存之后混入的记录（记录 7）：x"),
    ],
    ids=lambda value: value.kind if isinstance(value, Finding) else "",
)  # fmt: skip
def test_a_finding_says_what_where_and_about_what(finding, said):
    assert str(finding) == said


def test_a_finding_about_a_row_tells_its_time_in_shanghai_and_nobodys_name():
    finding = of_row(Kind.TAMPERED, ROW, partition="2026-11", sequence=3, note="x")
    assert finding.at == "2026-11-20 08:00:00" and finding.about == "2026-11-20 08:00:00 person.save person 41"
    assert "何嘉树" not in repr(finding)


def test_a_time_that_is_none_does_not_break_the_report():
    assert of_row(Kind.TAMPERED, {**ROW, "at": None}).about == "person.save person 41"


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_chinese_words_and_is_counted(kind):
    report = Report()
    report.add(Finding(kind))
    report.add(Finding(kind))
    assert not report.intact and report.total == 2 and report.counts == {kind: 2}
    assert f"{Kind(kind).label} 2 处" in report.summary and not Kind(kind).label.isascii()


def test_several_kinds_stand_in_one_sentence():
    report = Report(partitions=2, seals=1234, rows=5_678_901)
    report.add(Finding(Kind.MISSING))
    report.add(Finding(Kind.TAMPERED))
    assert report.summary == (
        "核验发现 2 处问题：记录被删除 1 处，记录被改动 1 处（共核对 2 个月份、1,234 个封条、5,678,901 条记录）。"
    )


def test_what_is_not_told_one_by_one_is_still_counted():
    report = Report()
    for number in range(KEPT + 1):
        report.add(Finding(Kind.MISSING, row_id=number))
    assert report.total == KEPT + 1 and [f.row_id for f in report.findings] == list(range(KEPT))


def test_an_older_stored_report_without_findings_is_read():
    assert Report.from_json({"partitions": 1, "seals": 1, "rows": 1}).intact
    assert clock.SHANGHAI.key == "Asia/Shanghai"
