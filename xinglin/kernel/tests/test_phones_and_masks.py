"""P-19 masks and the mobile number's form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.kernel import masks
from xinglin.kernel.phones import clean_mobile

PREFIXES = ["", "+86", "+86 ", "0086", "86", "（+86）"]


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(PREFIXES))
def test_prefixes_spaces_and_hyphens_come_off(number, prefix):
    assert clean_mobile(f"{prefix}{number[:3]}-{number[3:7]} {number[7:]}") == number


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("1390000000", "现在是 10 位，手机号应为 11 位"),
        ("139000000000", "现在是 12 位"),
        ("12900000000", "13 至 19"),
        ("1390000000a", "不是数字"),
        (" ", "没有填写"),
    ],
)
def test_refuse(typed, reason):
    with pytest.raises(ValueError, match=reason):
        clean_mobile(typed)


def test_masks_near_and_far():
    assert masks.id_number("110199199001012747") == "110199********2747"
    assert masks.id_number("110199199001012747", near=False) == "1101************47"
    assert masks.id_number("H12345678") == "H1*****78"
    assert masks.id_number("H12345678", near=False) == "H******78"
    assert masks.phone("18600001402") == "186****1402"
    assert masks.email("lin@example.com") == "l***@example.com"


@given(st.text(min_size=1, max_size=30), st.booleans())
def test_a_mask_keeps_the_length_and_never_tells_all(value, near):
    masked = masks.id_number(value, near=near)
    assert len(masked) == len(value)
    assert len(value) < 2 or "*" in masked
