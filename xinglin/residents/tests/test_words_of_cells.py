"""Small words of the lists, the record and the desk: tags, waiting times, remarks, lines of the history (R-02, R-16, R-21)."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.http import QueryDict
from django.template import Context
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from xinglin.history.selectors import Opened
from xinglin.kernel import clock, masks
from xinglin.kernel.issues import Issue
from xinglin.kernel.viewer import Viewer
from xinglin.residents.enums import CheckLevel
from xinglin.residents.showing import timeline
from xinglin.residents.tables import cells
from xinglin.residents.templatetags import record, review

pytestmark = [pytest.mark.req("R-02", "R-16", "R-21")]

NOBODY = cast(Viewer, None)
PAIRS = {
    # 上报状态, 审核状态 → what stands in the two columns, and the tags of the record's head
    ("unreported", ""): ("未上报", "", ["未上报"]),
    ("reported", "pending"): ("已上报", "待审核", ["待审核", "已上报"]),
    ("reported", "approved"): ("已上报", "审核通过", ["审核通过", "已上报"]),
    ("unreported", "returned"): ("未上报", "退回", ["省级退回", "未上报"]),
}


def row(report: str = "unreported", verdict: str = "", **fields: Any) -> Any:
    said = {"return_comment": fields.pop("comment", ""), "field_comments": fields.pop("field_comments", {})}
    state = SimpleNamespace(report_status=report, review_status=verdict, **said)
    plain = {"pk": 7, "correction_status": "", "missing_count": 0, "lapsed_at": None}
    return SimpleNamespace(recruitment_review=state, person=SimpleNamespace(name="程禾"), **{**plain, **fields})


def words(html: Any) -> list[str]:
    """The text of each tag, in order."""

    return [found for found in re.sub(r"<[^>]*>", "|", str(html)).split("|") if found.strip()]


@pytest.mark.parametrize("pair", PAIRS)
def test_the_two_states_in_the_manuals_words(pair: tuple[str, str]) -> None:
    report, verdict, head = PAIRS[pair]
    found = row(*pair)
    assert words(cells.report_cell(found, NOBODY)) == [report]
    assert "".join(words(cells.review_cell(found, NOBODY))) == verdict
    assert words(record.record_tags(found)) == head
    assert ("data-reported" in cells.report_cell(found, NOBODY)) == (pair[0] == "reported")


@pytest.mark.parametrize(
    ("correction", "lapsed", "last"),
    [("", False, []), ("requested", False, ["退回修改"]), ("corrected", False, ["已修改"]),
     ("", True, ["已失效"]), ("requested", True, ["已失效"]), ("corrected", True, ["已失效"])],
)  # fmt: skip
def test_a_return_to_the_resident_stands_last_and_a_lapse_before_it(
    correction: str, lapsed: bool, last: list[str]
) -> None:
    found = row(correction_status=correction, lapsed_at=clock.now() if lapsed else None)
    assert words(record.record_tags(found)) == ["未上报", *last]


@pytest.mark.req("R-07")
def test_only_an_answer_leads_to_the_difference() -> None:
    asked, answered, none = (
        cells.correction_cell(row(correction_status=s), NOBODY) for s in ("requested", "corrected", "")
    )
    assert words(asked) == ["退回修改"] and "<a " not in asked
    assert "xl-tag-run" in answered, "as on the resident's own page"
    assert words(answered) == ["已修改"] and '/residents/7/difference/"' in answered
    assert none == ""


@pytest.mark.req("R-08")
@pytest.mark.parametrize(
    ("count", "closed", "said"),
    [(3, "", "还差 3 项"), (1, "", "还差 1 项"), (None, "", "资料不全"), (0, "", ""), (3, "招收已结束", "")],
)
def test_what_stops_the_report_is_said_where_it_can_be_mended(count: int | None, closed: str, said: str) -> None:
    found = row(missing_count=count, standing=SimpleNamespace(report=closed))
    shown = cells.report_cell(found, NOBODY)
    assert words(shown) == ["未上报", *([said] if said else [])]
    assert ("/residents/7/#missing" in shown) == bool(said)
    assert "还差" not in cells.report_cell(row(missing_count=count), NOBODY), "readers above are not sent to mend it"


@pytest.mark.parametrize("size", [1, 13, 14, 15, 200])
def test_a_provinces_reason_is_cut_in_the_row_and_whole_in_its_title(size: int) -> None:
    reason = "因" * size
    shown = cells.review_cell(row("unreported", "returned", comment=reason), NOBODY)
    assert f'title="{reason}"' in shown
    assert words(shown) == ["退回", reason if size <= 14 else "因" * 14 + "…"]


def test_what_was_said_of_single_fields_is_said_with_their_names() -> None:
    fields = {"education.master.major": "不清", "basic_info.photo": "不是白底"}
    returned = row("unreported", "returned", comment="请核对", field_comments=fields)
    assert cells.returned_for(returned) == "请核对；个人照片：不是白底；硕士 毕业专业：不清"
    assert 'title="请核对；个人照片：不是白底；硕士 毕业专业：不清"' in cells.review_cell(returned, NOBODY)


def test_nothing_that_was_typed_becomes_markup() -> None:
    hostile = '"><script>alert(1)</script>'
    for shown in (
        cells.review_cell(row("unreported", "returned", comment=hostile), NOBODY),
        record.scan("00000000-0000-0000-0000-000000000001", hostile, "basic_info.id_front"),
        review.confirmation({"x": cast(Any, SimpleNamespace(reason=hostile, confirmed_by_name=hostile, confirmed_by_role=""))}, "x"),
    ):  # fmt: skip
        assert "<script" not in shown


@pytest.mark.req("P-19")
def test_scans_are_veiled_and_the_photo_is_not() -> None:
    pk = "00000000-0000-0000-0000-000000000001"
    photo, scan = (record.scan(pk, "图", f"basic_info.{name}") for name in ("photo", "id_front"))
    assert "<button" not in photo and "查看" not in photo
    assert "xl-veiled" in scan and f'data-scan="/files/{pk}/reveal"' in scan and "查看（将留下记录）" in scan
    assert "xl-scan-chg" in record.scan(pk, "图", "x", changed=True) and "xl-scan-chg" not in scan


@pytest.mark.req("P-19", "P-21")
def test_whoever_may_not_see_scans_is_told_who_does() -> None:
    shown = record.scan("00000000-0000-0000-0000-000000000001", "图", "basic_info.id_front", may=False)
    assert "<button" not in shown and "reveal" not in shown
    assert "当前身份不能查看" in shown and "由培训基地和省级审核查看" in shown


@pytest.mark.req("P-19")
def test_the_review_desk_veils_scans_in_the_same_way() -> None:
    pk = "00000000-0000-0000-0000-000000000001"
    row = cast(
        Any, SimpleNamespace(picture=pk, label="学位证书", key="education.bachelor.degree_scan", sensitive=False)
    )
    assert review.scan_link(row) == record.scan(pk, "学位证书", row.key)
    assert "<button" in review.scan_link(row), "certificates are scans as well, though their field is not masked"
    row.key = "basic_info.photo"
    assert "<button" not in review.scan_link(row)


def test_waiting_is_counted_in_days_of_the_calendar() -> None:
    midnight = datetime.combine(clock.today(), time(), clock.SHANGHAI)
    assert review.waited(None) == ""
    assert review.waited(midnight) == "今天"
    assert review.waited(midnight - timedelta(seconds=1)) == "等 1 天"
    assert review.waited(midnight - timedelta(days=3)) == "等 3 天"


@given(st.integers(0, 400))
def test_waiting_grows_by_one_a_day(days: int) -> None:
    moment = datetime.combine(clock.today(), time(9), clock.SHANGHAI) - timedelta(days=days)
    assert review.waited(moment) == (f"等 {days} 天" if days else "今天")


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([], ""),
        (["缺“民族”"], "缺：民族"),
        (["缺“民族”", "缺“个人照片”"], "缺：民族、个人照片"),
        (["学历至少填一个"], "学历至少填一个"),
        (["缺“民族”", "学历至少填一个", "缺“手机”"], "缺：民族、手机；学历至少填一个"),
        (["缺“工作单位”（本单位住院医师必填）"], "缺“工作单位”（本单位住院医师必填）"),
    ],
)
@pytest.mark.req("R-08")
def test_what_is_missing_in_one_line(messages: list[str], said: str) -> None:
    assert record.in_brief([Issue("x", message) for message in messages]) == said


def test_words_of_decisions_and_levels() -> None:
    assert [review.verdict(code) for code in ("", "pending", "approved", "returned")] == [
        "审核",
        "待审核",
        "审核通过",
        "退回",
    ]
    assert [record.outcome(code) for code in ("stopped", "reason", "free")] == [
        "不能上报",
        "说明理由后可上报",
        "可以上报",
    ]
    assert [words(record.level_tag(level)) for level in CheckLevel] == [[str(level.label)] for level in CheckLevel]
    for verdict, wanted in {"": "未上报", "pending": "待审核", "approved": "审核通过", "returned": "退回"}.items():
        assert words(review.review_tag(cast(Any, SimpleNamespace(review_status=verdict)))) == [wanted]
    with pytest.raises(KeyError):
        record.outcome("else")


def test_small_arithmetic_of_the_desk() -> None:
    assert review.minus(9, 4) == 5 and review.get({"a": "1"}, "a") == "1" and review.get({}, "a") == ""
    assert review.anchor("education.bachelor.degree_number") == "education-bachelor-degree-number"
    assert review.confirmation({}, "age") == ""
    meter = review.done_meter(3, 5)
    assert (
        'value="3"' in meter and 'max="8"' in meter and "今天已审 3，共 8" in meter and meter.endswith("<span>8</span>")
    )
    assert 'max="1"' in review.done_meter(0, 0)


@given(st.text("0123456789X", min_size=18, max_size=18), st.text("0123456789", min_size=11, max_size=11))
@pytest.mark.req("P-19")
def test_masks_of_the_record_keep_the_ends_only(number: str, phone: str) -> None:
    for shown in (record.masked_id(number), review.masked_number(number)):
        assert shown == number[:6] + "*" * 8 + number[-4:]
    assert record.masked_phone(phone) == phone[:3] + "****" + phone[-4:]
    assert record.masked_phone("") == ""


@pytest.mark.parametrize(
    ("query", "change", "wanted"),
    [
        ("tab=education", {"changed": "1"}, {"tab": "education", "changed": "1"}),
        ("tab=education&changed=1", {"changed": ""}, {"tab": "education"}),
        ("tab=education", {"tab": "basic_info"}, {"tab": "basic_info"}),
        ("", {"tab": ""}, {}),
        ("tab=a&tab=b", {"tab": "c"}, {"tab": "c"}),
    ],
)
def test_the_address_of_the_page_with_other_words(query: str, change: dict[str, str], wanted: dict[str, str]) -> None:

    request = RequestFactory().get(f"/residents/1/?{query}")
    found = record.here(Context({"request": request}), **change)
    assert found.startswith("?") and QueryDict(found[1:]).dict() == wanted


def opened(verb: str, *, update: str = "", changes: dict[str, list[Any]] | None = None, **facts: Any) -> Opened:
    entry = SimpleNamespace(
        verb=verb, update_type=update, at=clock.now(), facts=facts, actor_role=facts.pop("role", "base_admin"),
        actor_name="江望舒", actor_organization_name="第一医院", source=facts.pop("source", "web"),
    )  # fmt: skip
    return Opened(cast(Any, entry), {"name": "程禾"}, changes or {}, facts.get("reason", ""))


@pytest.mark.parametrize(
    ("verb", "update", "size", "title", "kind"),
    [
        ("enrollment.import", "created", 3, "账号导入", "flow"),
        ("person.save.basic_info", "created", 2, "填写基本信息 2 处", "changed"),
        ("person.save.education", "changed", 1, "修改学习经历 1 处", "changed"),
        ("person.save.qualifications", "changed", 4, "修改证书信息 4 处", "changed"),
        ("enrollment.training", "created", 9, "填写培训信息 9 处", "changed"),
        ("enrollment.training", "changed", 1, "修改培训信息 1 处", "changed"),
        ("enrollment.delete", "deleted", 0, "删除", "changed"),
        ("enrollment.lapse", "", 0, "招收截止，记录失效", "flow"),
        ("correction.request", "", 0, "基地退回本人", "flow"),
        ("correction.answer", "", 0, "本人已修改", "flow"),
        ("correction.seen", "", 0, "基地核对修改", "flow"),
        ("recruitment.report", "", 0, "上报", "flow"),
        ("recruitment.recall", "", 0, "撤回上报", "flow"),
        ("recruitment.approve", "", 0, "省级审核通过", "flow"),
        ("recruitment.return", "", 0, "省级退回", "flow"),
        ("recruitment.revoke", "", 0, "省级撤销决定", "flow"),
        ("check.confirm", "", 0, "说明理由", "flow"),
        ("view.identity", "", 0, "查看完整号码", "seen"),
        ("file.view", "", 0, "查看证件原图", "seen"),
        ("something.else", "changed", 1, "修改", "changed"),
        ("something.else", "", 0, "something.else", "flow"),
    ],
)
def test_each_event_has_its_sentence_and_its_kind(verb: str, update: str, size: int, title: str, kind: str) -> None:
    line = timeline.line_of(opened(verb, update=update, changes={f"字段{n}": ["--", "甲"] for n in range(size)}))
    assert (line.title, line.kind, len(line.edits)) == (title, kind, size)
    assert line.who == "江望舒（第一医院）"


@pytest.mark.parametrize(
    ("role", "source", "who"),
    [("resident", "web", "江望舒（本人）"), ("base_admin", "import", "江望舒（第一医院，导入）"),
     ("base_admin", "api", "江望舒（第一医院，接口）"), ("resident", "job", "江望舒（本人，后台任务）")],
)  # fmt: skip
def test_who_did_it_and_by_which_way(role: str, source: str, who: str) -> None:
    assert timeline.line_of(opened("recruitment.report", role=role, source=source)).who == who


@pytest.mark.req("P-19")
def test_numbers_in_a_line_are_masked_and_emptiness_is_two_dashes() -> None:
    number = "110199199801020017"
    assert timeline.shown("证件号", number) == masks.id_number(number)
    assert timeline.shown("手机", "19000000001") == "190****0001"
    assert timeline.shown("通讯地址", "澜江市") == "澜江市"
    for nothing in (None, "", "--"):
        assert timeline.shown("手机", nothing) == timeline.shown("姓名", nothing) == "--"
    edits = timeline.edits_of(opened("x", changes={"手机": ["--", "19000000001"], "姓名": ["甲", "乙"]}))
    assert [(e.label, e.old, e.new) for e in edits] == [("手机", "--", "190****0001"), ("姓名", "甲", "乙")]


@pytest.mark.parametrize(
    ("verb", "tone"),
    [("correction.request", "bad"), ("recruitment.return", "bad"), ("recruitment.approve", "ok"),
     ("correction.seen", "ok"), ("recruitment.report", ""), ("enrollment.training", "")],
)  # fmt: skip
def test_returns_are_red_and_approvals_green(verb: str, tone: str) -> None:
    assert timeline.line_of(opened(verb)).tone == tone
