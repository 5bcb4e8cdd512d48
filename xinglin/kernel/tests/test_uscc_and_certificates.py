"""R-26: unified social credit codes and certificate numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from xinglin.kernel import certificates, id_numbers, uscc

REGISTRIES = st.sampled_from(["12", "91", "A1", "N2"])


@given(st.integers(0, 99_999_999), REGISTRIES)
def test_synthetic_codes_pass_also_with_letters_in_front(serial, registry):
    code = uscc.synthetic("110199", serial, registry)
    assert uscc.check(f" {code.lower()[:9]} {code[9:]}") == code
    if registry.isdigit():
        assert stdnum_uscc.validate(code) == code


@given(st.integers(0, 99_999_999), st.integers(0, 16), st.integers(1, 30))
def test_one_wrong_character_is_always_found(serial, place, shift):
    code = uscc.synthetic("110199", serial)
    other = uscc.ALPHABET[(uscc.ALPHABET.index(code[place]) + shift) % 31]
    with pytest.raises(ValueError, match="校验位不对"):
        uscc.check(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize(
    ("code", "reason"),
    [("", "没有填写"), ("1" * 17, "少 1 位"), ("1" * 19, "多 1 位"), ("I" * 18, "不使用字母")],
)
def test_uscc_reasons(code, reason):
    with pytest.raises(ValueError, match=reason):
        uscc.check(code)


def test_diploma():
    found = certificates.parse_diploma("10001 1 2019 05 123456")
    assert (found.school, found.kind, found.year, found.level, found.warning) == ("10001", "1", 2019, "bachelor", "")
    assert certificates.parse_diploma("京教证（98）第 12 号").warning


def test_degree_with_and_without_letter():
    found = certificates.parse_degree("1000142019123456")
    assert (found.school, found.level, found.year) == ("10001", "bachelor", 2019)
    assert certificates.parse_degree("z1000132019123456").kind == "Z"
    assert certificates.parse_degree("123").warning


def test_qualification():
    number = id_numbers.synthetic("110199", date(1990, 1, 1), 7)
    found = certificates.parse_qualification("201811110" + number)
    assert (found.year, found.level, found.category, found.id_number) == (2018, "licensed", "10", number)
    assert len(found.value) == 27
    assert certificates.parse_qualification("2018111101234").warning


def test_practising_certificate():
    assert certificates.check_practising("110 1000000 12345") == "110100000012345"
    with pytest.raises(ValueError, match="应为 15 位"):
        certificates.check_practising("123")


@pytest.mark.parametrize(
    "parse", [certificates.parse_diploma, certificates.parse_degree, certificates.parse_qualification]
)
def test_empty_or_odd_characters_are_refused(parse):
    for value in ("", "12#34$"):
        with pytest.raises(ValueError):
            parse(value)
