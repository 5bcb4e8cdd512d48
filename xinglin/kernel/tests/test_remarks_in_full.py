"""A comment on the whole and those on fields, read together (R-07, R-21)."""

import pytest

from xinglin.kernel.remarks import in_full, named, overall

pytestmark = [pytest.mark.req("R-07"), pytest.mark.req("R-21")]

NAMES = {"name": "姓名", "major": "硕士 毕业专业"}


@pytest.mark.parametrize("fields", [{"name": "不符；请改", "major": "不清"}, {"major": "不清", "name": "不符；请改"}])
def test_a_comment_that_was_made_of_those_on_fields_says_nothing_more_in_whatever_order_they_come(fields):
    assert overall("不符；请改；不清", fields) == ""
    assert in_full("不符；请改；不清", fields, NAMES) == "姓名：不符；请改\n硕士 毕业专业：不清"


def test_what_was_said_on_the_whole_stands_first():
    assert overall("请核对", {"name": "不符"}) == "请核对" == overall("请核对", {})
    assert in_full("请核对", {"name": "不符"}, NAMES) == "请核对\n姓名：不符"
    assert in_full("", {}, NAMES) == ""


def test_a_field_of_a_former_edition_is_not_lost():
    assert named({"gone": "不清", "name": "不符"}, NAMES) == [("姓名", "不符"), ("", "不清")]
