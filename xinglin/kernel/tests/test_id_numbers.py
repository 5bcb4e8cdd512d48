"""R-03, R-26: citizen ID numbers and other identity documents."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from xinglin.kernel import clock, id_numbers

AREAS = st.sampled_from(["110199", "320199", "510199"])
DAYS = st.dates(date(1930, 1, 1), date(2010, 12, 31))
SERIALS = st.integers(0, 999)
GOOD = id_numbers.synthetic("110199", date(1998, 2, 28), 271)


@given(AREAS, DAYS, SERIALS)
def test_synthetic_numbers_pass_and_tell_their_parts(area, day, serial):
    found = id_numbers.check(id_numbers.synthetic(area, day, serial))
    assert (found.area, found.birth_date, found.serial) == (area, day, f"{serial:03d}")
    assert found.sex == ("1" if serial % 2 else "2")


@given(DAYS, SERIALS, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(day, serial, place, shift):
    number = id_numbers.synthetic("110199", day, serial)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    with pytest.raises(ValueError):
        id_numbers.check(wrong)


@given(DAYS, SERIALS)
def test_agrees_with_stdnum_on_the_check_digit(day, serial):
    number = id_numbers.synthetic("110199", day, serial)
    assert ric.calc_check_digit(number) == number[-1]


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"), f"校验位不对，应为 {GOOD[-1]}。请核对身份证。"),
        (GOOD[:-1], "少 1 位，应为 18 位"),
        (GOOD + "1", "多 1 位"),
        ("110199199902310011", "出生日期 19990231 不存在"),
        ("11019919990A310011", "含有不是数字的字符"),
        ("110199850101001", "15 位旧证件号，请填 18 位"),
        ("110199188001010011", "不可能"),
        ("", "没有填写"),
    ],
)
def test_reasons(number, reason):
    with pytest.raises(ValueError, match=reason):
        id_numbers.check(number)


def test_a_birth_date_in_the_future_is_refused():
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(ValueError, match="不可能"):
        id_numbers.check(id_numbers.synthetic("110199", tomorrow, 1))


def test_full_width_spaces_and_small_x_are_mended():
    number = next(n for s in range(99) if (n := id_numbers.synthetic("110199", date(1999, 9, 9), s))[-1] == "X")
    typed = " ".join(chr(ord(c) + 0xFEE0) for c in number.lower())
    assert id_numbers.check(typed).value == number


@pytest.mark.parametrize(
    ("id_type", "number", "accepted"),
    [
        ("05", "e 1234567", True),
        ("05", "12", False),
        ("06", "H12345678", True),
        ("06", "X12345678", False),
        ("07", "12345678", True),
        ("07", "0123456789（B）", True),
        ("07", "1234567", False),
        ("08", id_numbers.synthetic("830000", date(1995, 5, 5), 12), True),
        ("08", GOOD, False),
        ("09", "ABC123456789012", True),
        ("09", id_numbers.synthetic("931344", date(1990, 1, 1), 3), True),
        ("09", "ABC12345", False),
        ("10", id_numbers.synthetic("820000", date(1995, 5, 5), 13), True),
        ("10", GOOD, False),
        ("04", "G12345678", True),
        ("99", "anything-1", True),
        ("99", "", False),
        ("01", GOOD, True),
    ],
)
def test_other_documents(id_type, number, accepted):
    if accepted:
        assert id_numbers.check_for(id_type, number).value
    else:
        with pytest.raises(ValueError):
            id_numbers.check_for(id_type, number)


def test_an_unknown_area_is_only_a_warning():
    assert id_numbers.area_warning("110199", {"110101"})
    assert id_numbers.area_warning("110101", {"110101"}) == ""


def test_synthetic_refuses_other_shapes():
    with pytest.raises(ValueError):
        id_numbers.synthetic("1101", date(1990, 1, 1), 1)
