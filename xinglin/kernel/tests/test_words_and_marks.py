"""P-16, P-17, P-19, P-21, P-25, R-26: masks, guards, certificates, refusals and names beyond the first cases."""

from __future__ import annotations

import csv
import io
import pickle
from dataclasses import FrozenInstanceError
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.kernel import certificates, errors, id_numbers, masks, measures, phones, text, uscc
from xinglin.kernel.issues import Issue
from xinglin.kernel.names import clean_name
from xinglin.kernel.spreadsheet_guard import guard, unguard

STILL = settings(max_examples=60, deadline=None)


@pytest.mark.req("P-19")
@pytest.mark.parametrize(
    ("value", "near", "far"),
    [
        ("110199199001012747", "110199********2747", "1101************47"),
        ("11019919900101274X", "110199********274X", "1101************4X"),
        ("H12345678", "H1*****78", "H******78"),
        ("ABC123456789012", "AB***********12", "A************12"),
        ("123456", "1*****", "1***56"),
        ("12345", "1****", "1****"),
        ("12", "1*", "1*"),
        ("1", "1", "1"),
        ("", "", ""),
    ],
)
def test_masks_of_documents(value, near, far):
    assert masks.id_number(value) == near
    assert masks.id_number(value, near=False) == far


@pytest.mark.req("P-19")
@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (masks.phone, "18600001402", "186****1402"),
        (masks.phone, "01012345678", "010****5678"),
        (masks.phone, "055112345", "05*****45"),
        (masks.phone, "110", "1**"),
        (masks.phone, "", ""),
        (masks.email, "lin@example.com", "l***@example.com"),
        (masks.email, "l@example.com", "l***@example.com"),
        (masks.email, "@example.com", "***@example.com"),
        (masks.email, "no address", "n*********"),
        (masks.email, "", ""),
    ],
)
def test_masks_of_phones_and_mails(mask, value, shown):
    assert mask(value) == shown


@pytest.mark.req("P-19")
@STILL
@given(born=st.dates(date(1950, 1, 1), date(2005, 1, 1)), serial=st.integers(0, 999))
def test_a_mask_never_tells_the_birth_date_or_the_serial(born, serial):
    number = id_numbers.synthetic("320199", born, serial)
    for shown in (masks.id_number(number), masks.id_number(number, near=False)):
        assert shown[6:14] == "********"
        assert len(shown) == 18


@pytest.mark.req("P-19")
@STILL
@given(number=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_masked_phone_hides_four_digits(number):
    shown = masks.phone(number)
    assert [a for a, b in zip(number, shown, strict=True) if b != "*"] == [*number[:3], *number[7:]]


@pytest.mark.req("P-17")
@STILL
@given(cells=st.lists(st.text(alphabet="=+-@'\t\r\na甲,\" ", max_size=5), min_size=1, max_size=5))
def test_guarded_cells_survive_a_csv_file(cells):
    target = io.StringIO(newline="")
    csv.writer(target).writerow([guard(cell) for cell in cells])
    (row,) = csv.reader(io.StringIO(target.getvalue(), newline=""))
    assert [unguard(cell) for cell in row] == cells
    assert not any(cell[:1] in set("=+-@\t\r\n") for cell in row if cell)


@pytest.mark.req("P-21")
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.DomainError, 422),
        (errors.NotAllowed, 403),
        (errors.Refused, 422),
        (errors.WindowClosed, 422),
        (errors.Stale, 409),
    ],
)
def test_a_refusal_carries_its_sentence_its_field_and_its_status(kind, status):
    error = kind("填报已结束。", field="phone")
    assert (error.message, error.field, error.status, str(error)) == ("填报已结束。", "phone", status, "填报已结束。")
    assert kind("x").field is None
    assert isinstance(error, errors.DomainError)


def test_code_that_asks_for_nobody_is_a_mistake_and_no_refusal():
    assert not issubclass(errors.UnscopedQuery, errors.DomainError)
    assert issubclass(errors.WindowClosed, errors.Refused)


@pytest.mark.parametrize(("severity", "stops"), [("error", True), ("warning", False)])
def test_an_issue_stops_or_warns(severity, stops):
    issue = Issue("phone", "少 1 位", severity, suggestion="139")
    assert issue.is_error is stops
    assert pickle.loads(pickle.dumps(issue)) == issue
    with pytest.raises(FrozenInstanceError):
        issue.message = "x"


@pytest.mark.req("R-26")
@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("01", "doctor"),
        ("02", "master"),
        ("04", "second_degree"),
        ("05", "bachelor"),
        ("06", "junior_college"),
        ("99", ""),
    ],
)
def test_the_level_of_a_diploma(code, level):
    found = certificates.parse_diploma(f"1000112019{code}123456")
    assert (found.school, found.kind, found.year, found.level, found.warning) == ("10001", "1", 2019, level, "")


@pytest.mark.req("R-26")
@pytest.mark.parametrize(("code", "level"), [("2", "doctor"), ("3", "master"), ("4", "bachelor"), ("9", "")])
@pytest.mark.parametrize("letter", ["", "C", "Z"])
def test_the_level_of_a_degree(code, level, letter):
    found = certificates.parse_degree(f"{letter}10001{code}2019123456")
    assert (found.school, found.kind, found.level, found.year) == ("10001", letter, level, 2019)


@pytest.mark.req("R-26")
@pytest.mark.parametrize(("code", "level"), [("1", "licensed"), ("2", "assistant"), ("7", "")])
@pytest.mark.parametrize("old", [True, False])
def test_a_qualification_tells_year_level_category_and_the_owner(code, level, old):
    number = "110199900101274" if old else id_numbers.synthetic("110199", date(1990, 1, 1), 7)
    found = certificates.parse_qualification(f"201811{code}10{number}")
    assert (found.year, found.level, found.category, found.id_number) == (2018, level, "10", number)
    assert found.warning == ""


@pytest.mark.req("R-26")
@pytest.mark.parametrize(
    "clean", [certificates.clean_diploma, certificates.clean_degree, certificates.clean_qualification]
)
@pytest.mark.parametrize("length", [6, 15, 19, 25, 30])
def test_a_number_of_another_length_is_stored_and_only_warned_of(clean, length):
    number = "1" * length
    assert clean(number) == number


@pytest.mark.req("R-26")
@pytest.mark.parametrize(
    ("typed", "stored"), [("110 1000 0001 2345", "110100000012345"), ("a10100000012345", "A10100000012345")]
)
def test_a_practising_number_has_fifteen_places(typed, stored):
    assert certificates.check_practising(typed) == stored


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "执业证书编码没有填写"),
        ("12345", "现在是 5 位"),
        ("1" * 16, "现在是 16 位"),
        ("11010000001234号", "不合规的字符"),
    ],
)
def test_a_practising_number_is_refused_in_words(typed, said):
    with pytest.raises(ValueError, match=said):
        certificates.check_practising(typed)


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_that_no_credit_code_uses_are_named(letter):
    with pytest.raises(ValueError, match=f"不能有 {letter}，代码不使用字母 I、O、S、V、Z"):
        uscc.check(f"12110199{letter}123456789")


@pytest.mark.req("P-25")
@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("欧阳 娜娜", "欧阳娜娜"),
        ("Jean‐Luc  Picard", "Jean-Luc Picard"),
        ("O`Neil", "O'Neil"),
        ("买买提 . 艾力", "买买提·艾力"),
        ("李\ue864", "李\u9fbb"),
        ("Ｊｏｓé", "José"),
        ("Jose\u0301", "José"),
        ("\ufeff陈静\u3000", "陈静"),
    ],
)
def test_names_are_written_one_way(typed, stored):
    assert clean_name(typed) == stored


@pytest.mark.parametrize("bad", ["-王明", "王明-", "王··明", "王明'", ".王明", " · "])
def test_marks_join_names_and_never_begin_or_end_them(bad):
    with pytest.raises(ValueError, match=r"间隔号|只有 1 个字"):
        clean_name(bad)


@pytest.mark.req("P-25")
@STILL
@given(digits=st.text(alphabet="0123456789", min_size=11, max_size=11))
def test_a_phone_is_eleven_digits_from_13_to_19_or_refused(digits):
    if digits[0] == "1" and digits[1] in "3456789":
        assert phones.clean_mobile(digits) == digits
    else:
        with pytest.raises(ValueError, match=r"应为 11 位|应以 13 至 19 开头"):
            phones.clean_mobile(digits)


@given(typed=st.text(max_size=30))
def test_folding_makes_cleaned_and_raw_alike(typed):
    assert text.fold(text.normalise_code(typed)) == text.fold(typed)
    assert text.fold(text.fold(typed)) == text.fold(typed)


@pytest.mark.req("Q-13")
def test_two_figures_cannot_have_one_name(monkeypatch):
    monkeypatch.setattr(measures, "_measures", {})

    @measures.measure("things", "Things", "state")
    def things():
        yield ("open",), 1

    with pytest.raises(ValueError, match="declared twice"):
        measures.measure("things", "Others")(list)
    (found,) = measures.measures()
    assert (found.name, found.labels, list(found.ask())) == ("things", ("state",), [(("open",), 1)])
