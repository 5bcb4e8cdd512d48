"""P-25: names of GB 18030-2022, variants of the middle dot unified, at most 50."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.kernel.names import clean_name, tidied


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("王 小　明", "王小明"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("阿依古丽 ・ 买买提", "阿依古丽·买买提"),
        ("阿依古丽‧买买提", "阿依古丽·买买提"),
        ("Ｍａｒｉｅ  Ｏ’Ｎｅｉｌ", "Marie O'Neil"),
        ("李\U00020087", "李\U00020087"),
        ("刘\U0003106c", "刘\U0003106c"),
        ("李\ue816", "李\U00020087"),
        ("王〇一", "王〇一"),
        ("陈\u200b静\ufe0f", "陈静"),
    ],
)
def test_clean(typed, clean):
    assert clean_name(typed) == clean


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "没有填写"),
        ("王", "只有 1 个字"),
        ("王小明2", "不能有数字"),
        ("王①", "不能有数字"),
        ("王😀明", "不能有"),
        ("王@明", "不能有“@”"),
        ("王\ufffd明", "乱码"),
        ("王\uf8ff明", "自造字"),
        ("·王明", "间隔号"),
        ("字" * 51, "最多 50"),
    ],
)
def test_refuse(typed, reason):
    with pytest.raises(ValueError, match=reason):
        clean_name(typed)


@pytest.mark.parametrize(
    ("typed", "sought"), [("古丽•", "古丽·"), ("王 小", "王小"), ("王", "王"), ("王2@", "王2@"), (" ", ""), (None, "")]
)
def test_a_part_of_a_name_is_spelt_like_the_stored_ones_and_never_refused(typed, sought):
    assert tidied(typed) == sought


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=50))
def test_every_han_name_stays_as_it_is(name):
    assert clean_name(name) == name
    assert clean_name(" ".join(name)) == name


@given(st.text(max_size=60))
def test_clean_is_stable(typed):
    try:
        once = clean_name(typed)
    except ValueError:
        return
    assert clean_name(once) == once
    assert 2 <= len(once) <= 50
