"""Words and numbers as an intruder sends them (Q-11)."""

import pytest

from xinglin.kernel.errors import Refused
from xinglin.kernel.numbers import MOST, whole
from xinglin.kernel.remarks import COMMENT, field_remarks, remark

pytestmark = pytest.mark.req("Q-11")


@pytest.mark.parametrize(
    "word", ["", "²", "٣", "-1", "1e9", " 1", "1\x00", "9" * 19, "9" * 5000, str(MOST + 1), None, 5]
)
def test_what_is_no_key_is_none(word):
    assert whole(word) is None


@pytest.mark.parametrize(("word", "number"), [("0", 0), ("007", 7), (str(MOST), MOST)])
def test_ascii_digits_are_a_number(word, number):
    assert whole(word) == number


def test_control_characters_go_and_lines_stay():
    assert remark(" 照片\x00反光\r\n请\x1b重拍\ud800 ", 20) == "照片反光\n请重拍"


def test_what_is_too_long_is_refused_not_cut():
    assert remark("字" * COMMENT, COMMENT) == "字" * COMMENT
    with pytest.raises(Refused, match="10,000 个字，最多 500"):
        remark("字" * 10_000, COMMENT)


def test_comments_on_unknown_fields_are_refused():
    assert field_remarks({"a": "改", "b": " \x00"}, {"a"}) == {"a": "改"}
    assert field_remarks({"z": "改"}) == {"z": "改"}
    with pytest.raises(Refused, match="不存在的项目"):
        field_remarks({"a": "改", "<b>": "改"}, {"a"})
