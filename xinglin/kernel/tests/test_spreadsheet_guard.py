"""P-17: nothing that people typed becomes a formula, and nothing is lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.kernel.spreadsheet_guard import guard, unguard


@pytest.mark.req("P-17")
@pytest.mark.parametrize("text", ["=1+1", "+8610", "-李", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0"])
def test_a_formula_is_guarded(text):
    assert guard(text) == f"'{text}"
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["", "林知夏", "110199********2747", "'", "'引号", "a=b", " =1"])
def test_other_text_stays(text):
    assert guard(text) == text
    assert unguard(text) == text


@given(st.text(alphabet="'=+-@\t\r\na林0 ", max_size=6))
def test_what_goes_out_comes_back(text):
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in set("=+-@\t\r\n") - {""}
