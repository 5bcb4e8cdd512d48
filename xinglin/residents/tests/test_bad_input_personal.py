"""Every kind of bad input in the resident's steps: a message at the field, nothing lost, nothing stored (R-19, R-20, Q-11)."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest

from xinglin.history.models import HistoryEntry
from xinglin.people.selectors import draft_of

from .own import Own, make_own

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-19", "R-20", "Q-11")]

# section, field, what is typed, words of the message
WRONG: list[tuple[str, str, str, str]] = [
    ("basic_info", "phone", "1390000271", "位"),
    ("basic_info", "phone", "139000027111", "位"),
    ("basic_info", "phone", "29000000001", "手机号"),
    ("basic_info", "phone", "电话", "手机号"),
    ("basic_info", "phone", "139 0000 000a", "手机号"),
    ("basic_info", "emergency_phone", "1234", "位"),
    ("basic_info", "email", "someone", "邮箱格式不对"),
    ("basic_info", "email", "a@b@example.org", "邮箱格式不对"),
    ("basic_info", "email", "a@", "邮箱格式不对"),
    ("basic_info", "name", " ", "姓名不能空着"),
    ("basic_info", "name", "程" * 51, "50"),
    ("basic_info", "name", "程禾1", "姓名"),
    ("basic_info", "name", "程<b>禾", "姓名"),
    ("basic_info", "ethnic_group", "ZZ", "没有"),
    ("basic_info", "marital_status", "已婚吧", "没有"),
    ("basic_info", "nationality", "中国香巷", "没有这一项"),
    ("basic_info", "household_division", "110000", "请选到区、县一级"),
    ("basic_info", "household_division", "999999", "没有"),
    ("basic_info", "emergency_name", "甲2", "姓名"),
    ("basic_info", "address", "路" * 300, "字"),
    ("education", "bachelor.graduated_on", "2024-02-30", "这一天不存在"),
    ("education", "bachelor.graduated_on", "昨天", "日期"),
    ("education", "bachelor.degree", "888", "没有"),
    ("education", "bachelor.degree_type", "other", "没有"),
    ("education", "bachelor.diploma_number", "x!", "学历证书编号"),
    ("education", "bachelor.degree_number", "y?", "学位证书编号"),
    ("education", "bachelor.school", "校" * 200, "字"),
    ("education", "bachelor.diploma_scan", "not-an-id", ""),
    ("qualifications", "code", "ab!", "编码"),
    ("qualifications", "qualified_on", "2024-13-01", "日"),
    ("qualifications", "level", "expert", "没有"),
    ("qualifications", "category", "x", "没有"),
    ("qualifications", "practice_code", "123", "15 位"),
    ("qualifications", "practice_code", "1234567890123456", "15 位"),
    ("qualifications", "foreign_language_level", "zz", "没有"),
    ("qualifications", "status", "maybe", "没有"),
]
GOOD_BESIDE = {
    "basic_info": {"address": "青屏市示范路 8 号", "emergency_name": "程清知"},
    "education": {"bachelor.applies": "1", "bachelor.major": "临床医学", "bachelor.degree": "410"},
    "qualifications": {"status": "certified", "level": "licensed"},
}


@pytest.fixture
def own() -> Own:
    return make_own()


def sent(section: str, field: str, typed: str) -> dict[str, Any]:
    values = {f"{section}.{name}": value for name, value in GOOD_BESIDE[section].items()}
    return {"act": "save", **values, f"{section}.{field}": typed}


@pytest.mark.parametrize(("section", "field", "typed", "words"), WRONG, ids=lambda value: str(value)[:24])
def test_a_wrong_value_is_told_at_its_field_and_nothing_is_lost(
    own: Own, section: str, field: str, typed: str, words: str
) -> None:
    before, written = own.content, HistoryEntry.unscoped.count()
    answer = own.send(section, sent(section, field, typed))
    key = f"{section}.{field}"
    assert answer.status_code == 422, "refused, not swallowed"
    page = answer.content.decode()
    assert f"{key}-error" in page or f'href="#id_{key}"' in page or f'href="#upload-{key}"' in page, "told at its place"
    assert words in html.unescape(page)
    for name, value in GOOD_BESIDE[section].items():
        if name != field and name not in {"bachelor.applies", "bachelor.degree", "status", "level"}:
            assert value in html.unescape(page), f"{name} is still on the page"
    assert own.content == before, "a step is stored as a whole or not at all"
    assert HistoryEntry.unscoped.count() == written
    draft = draft_of(own.viewer, section)
    assert draft is not None, "what was typed is kept"
    kept = json.loads(draft.content)
    for name, value in GOOD_BESIDE[section].items():
        if name != field:
            assert kept[f"{section}.{name}"] == value


# section, field, what is typed, what is stored
MENDED: list[tuple[str, str, str, str]] = [
    ("basic_info", "phone", "１９００ ０００ ０００１", "19000000001"),
    ("basic_info", "phone", "+86 190-0000-0001", "19000000001"),
    ("basic_info", "phone", "86 19000000001", "19000000001"),
    ("basic_info", "phone", " 19000000001　", "19000000001"),
    ("basic_info", "name", "　程景禾 ", "程景禾"),
    ("basic_info", "name", "阿依•努尔", "阿依·努尔"),
    ("basic_info", "email", " a@example.org ", "a@example.org"),
    ("basic_info", "ethnic_group", "汉族", "01"),
    ("basic_info", "marital_status", "已婚", "20"),
    ("basic_info", "nationality", "中国", "CHN"),
    ("education", "bachelor.diploma_number", " １０９９９１２０２１０５０００００１", "109991202105000001"),
    ("education", "bachelor.degree_number", "10999 42021 000001", "1099942021000001"),
    ("qualifications", "code", "２０２１１１１１０110199199801020017", "202111110110199199801020017"),
    ("qualifications", "practice_code", "11011000000012x", "11011000000012X"),
]


@pytest.mark.req("P-25")
@pytest.mark.parametrize(("section", "field", "typed", "stored"), MENDED, ids=lambda value: str(value)[:24])
def test_other_ways_of_writing_are_mended(own: Own, section: str, field: str, typed: str, stored: str) -> None:
    values = sent(section, field, typed)
    answer = own.send(section, values | {"confirm": "照证书填写"})
    assert answer.status_code in {302, 422}
    if answer.status_code == 422:  # a soft contradiction asks for its reason first
        codes = [name for name in html.unescape(answer.content.decode()).split('name="')[1:] if name.startswith("why.")]
        reasons = {name.split('"')[0]: "照证书填写" for name in codes}
        assert reasons, "nothing but soft contradictions may stand against a right value"
        answer = own.send(section, values | reasons)
        assert answer.status_code == 302
    assert str(own.content[f"{section}.{field}"]) == stored


@pytest.mark.parametrize("section", ["basic_info", "education", "qualifications"])
@pytest.mark.parametrize("act", ["", "approve", "delete", "<script>"])
def test_an_act_that_the_form_does_not_have_saves_nothing_more_than_saving_would(
    own: Own, section: str, act: str
) -> None:
    values = sent(section, next(iter(GOOD_BESIDE[section])), next(iter(GOOD_BESIDE[section].values())))
    answer = own.send(section, values | {"act": act})
    assert answer.status_code < 500
    assert own.refresh().recruitment_review.review_status == ""


@pytest.mark.parametrize("size", [1, 4000])
def test_many_unknown_fields_are_ignored(own: Own, size: int) -> None:
    extra = {f"basic_info.unknown{number}": "x" for number in range(size)}
    answer = own.send("basic_info", sent("basic_info", "address", "澜江市杏林路 1 号") | extra)
    assert answer.status_code == 302
    assert own.content["basic_info.address"] == "澜江市杏林路 1 号"


@pytest.mark.parametrize("typed", ["\x00", "a\x00b", "\ud7ff\x1f", "甲\u202e乙", "x" * 100_000])
def test_odd_characters_and_endless_text_never_break_the_page(own: Own, typed: str) -> None:
    for section, field in (("basic_info", "address"), ("education", "bachelor.school"), ("qualifications", "code")):
        answer = own.send(section, sent(section, field, typed))
        assert answer.status_code in {302, 422}
        assert "\x00" not in str(own.content.get(f"{section}.{field}"))


@pytest.mark.req("R-19")
@pytest.mark.parametrize(
    "key",
    ["basic_info.id_number", "basic_info.id_type", "basic_info.sex", "basic_info.birth_date"],
)
def test_identity_cannot_be_changed_by_a_forged_field(own: Own, key: str) -> None:
    before = own.content[key]
    forged = {"basic_info.id_number": "110199199001010019", "basic_info.id_type": "05", "basic_info.sex": "9",
              "basic_info.birth_date": "1900-01-01"}  # fmt: skip
    own.send("basic_info", sent("basic_info", "address", "路 1 号") | {key: forged[key]})
    assert own.content[key] == before


@pytest.mark.parametrize("section", ["basic_info", "education", "qualifications"])
def test_fields_of_another_step_are_not_taken(own: Own, section: str) -> None:
    other = "basic_info" if section != "basic_info" else "qualifications"
    field = {"basic_info": "address", "qualifications": "practice_scope"}[other]
    before = own.content.get(f"{other}.{field}")
    own.send(section, sent(section, next(iter(GOOD_BESIDE[section])), "甲") | {f"{other}.{field}": "借道而来"})
    assert own.content.get(f"{other}.{field}") == before
