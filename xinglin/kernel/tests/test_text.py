"""P-25, P-16: cleaning of typed and imported text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xinglin.kernel import text


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("　 北京\u00a0大学\u200b ", "北京 大学"),
        ("ＡＢ１２（北京）", "AB12（北京）"),
        ("\ufeff内科", "内科"),
        ("⼀等", "一等"),
        (None, ""),
        (2026, "2026"),
        ("e\u0301", "é"),
    ],
)
def test_normalise(typed, clean):
    assert text.normalise(typed) == clean


@pytest.mark.parametrize("typed", ["澜江大学😀", "澜江大学<b>", "医学院☆", "澜江\ufffd大学", "❤️ 医院"])
def test_a_short_text_refuses_what_no_name_has(typed):
    with pytest.raises(ValueError, match=r"不能有|乱码"):
        text.one_line(typed)


@pytest.mark.parametrize(
    "typed",
    ["Texas A&M University-Kingsville", "澜江大学（北区）", "Université d’Orléans", "第 2 医科大学·分校", "𠮷林"],
)
def test_a_short_text_takes_real_names(typed):
    assert text.one_line(typed) == typed


@pytest.mark.parametrize(
    ("typed", "clean"),
    [("１１０１０１　１９９０", "1101011990"), ("12 3\u202fx", "123X"), ("外科（ｘ）", "外科(X)"), ("a—b", "A-B")],
)
def test_normalise_code(typed, clean):
    assert text.normalise_code(typed) == clean


def test_fold_makes_both_widths_of_brackets_alike():
    assert text.fold("外科（神经外科方向）") == text.fold(" 外科(神经外科方向)")


@example("A \u0316\u033d")
@example("Ａ\u033d\u0316")
@example("\u01f0\u033d\u0316")
@given(st.text())
def test_cleaning_twice_changes_nothing_more(typed):
    once = text.normalise(typed)
    assert text.normalise(once) == once
    code = text.normalise_code(typed)
    assert text.normalise_code(code) == code
    assert not any(character.isspace() for character in code)
