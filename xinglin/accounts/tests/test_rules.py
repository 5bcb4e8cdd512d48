"""Strength of passwords, user names (P-05)."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.accounts.forms import PasswordPair
from xinglin.accounts.rules import (
    LENGTHS,
    MAX_LENGTH,
    MIN_LENGTH,
    PIECE,
    RULE_TEXT,
    clean_sign_in_name,
    is_pattern,
    password_faults,
)
from xinglin.kernel import id_numbers

ID_NUMBER = "32019919930102005X"
PHONE = "19000000123"
KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "!@#$%^&*-_=+?")

pytestmark = pytest.mark.req("P-05")


def classes(text: str) -> int:
    return sum(any(character in kind for character in text) for kind in KINDS)


def needed(text: str) -> int:
    """As the page says it: three kinds or more 8, two 12, one 15."""
    return {0: 15, 1: 15, 2: 12}.get(classes(text), 8)


def mixed(*kinds: str, least: int = 0, most: int = 40) -> st.SearchStrategy[str]:
    """Texts of exactly these kinds of characters that are no mere pattern."""
    letters = st.text(alphabet="".join(kinds), min_size=least, max_size=most)
    return letters.filter(lambda text: classes(text) == len(kinds) and not is_pattern(text))


@given(st.text(alphabet="".join(KINDS), max_size=20))
def test_what_is_short_for_its_kinds_never_passes(password):
    if len(password) < needed(password):
        assert password_faults(password)


@pytest.mark.req("Q-12")
@given(data=st.data(), kinds=st.sets(st.sampled_from(KINDS), min_size=1))
def test_passwords_of_any_composition_can_be_used(data, kinds):
    """One kind alone is enough, whichever it is: only the length depends on how many there are."""
    least = {1: 15, 2: 12}.get(len(kinds), 8)
    password = data.draw(mixed(*sorted(kinds), least=least))
    assert password_faults(password) == [] or password_faults(password) == [
        "这是很多人用的常见密码，容易被猜中，请换一个。"
    ]


@pytest.mark.parametrize(
    "password",
    ["correcthorsebattery", "PURPLEMONKEYDISHES", "492817365027184", "%&(!)@#$^*!?=+-_", "春眠不觉晓处处闻啼鸟夜来风雨声",
     "all small letters with spaces", "kapok lane 77", "KapokLaneTea", "Kapok-77"],
)  # fmt: skip
def test_examples_of_every_way(password):
    assert password_faults(password) == []


def test_the_page_says_every_way_of_the_rule():
    assert min(LENGTHS.values()) == MIN_LENGTH and MAX_LENGTH >= 64
    for kinds, length in LENGTHS.items():
        assert f"{' 一两三'[kinds]}种字符的至少 {length} 位" in RULE_TEXT
        for short in ("Ab1", "ab1", "abc"):
            assert f"至少 {length} 位" in password_faults(short)[0], "whoever is refused hears all ways"
    assert "可以用任何字符" in RULE_TEXT and "必须" not in RULE_TEXT
    assert PasswordPair.base_fields["new"].help_text == RULE_TEXT


@given(mixed(*KINDS[:3], least=8), st.integers(0, 3))
def test_a_longer_password_is_never_worse(password, more):
    assert any(("至少" in fault) for fault in password_faults(password)) is False
    assert not any("至少" in fault for fault in password_faults(password + "杏林春暖"[:more]))


@given(st.text(alphabet="".join(KINDS), min_size=1, max_size=12), st.integers(2, 10))
def test_a_piece_over_and_over_is_a_pattern_however_long(piece, times):
    assert any("太有规律" in fault for fault in password_faults(piece * times))


@given(start=st.sampled_from("丐杏あ"), length=st.integers(3, 60), step=st.sampled_from([-1, 0, 1]))
def test_runs_are_patterns(start, length, step):
    password = "".join(chr(ord(start) + step * number) for number in range(length))
    assert any("太有规律" in fault for fault in password_faults(password))


@pytest.mark.parametrize("password", ["aaaaaaaaaaaaaaa", "123456789012345", "abcdefghijklmnop", "Aa1Aa1Aa1", "111222333444555",
                                      "qwertqwertqwert", "abababababababa!", "AAAAAAAAb1"])  # fmt: skip
def test_examples_of_patterns(password):
    assert any("太有规律" in fault for fault in password_faults(password))


@given(mixed(*KINDS[:3], least=10))
def test_long_mixed_passwords_pass_unless_they_hold_a_piece(password):
    pieces = [s[i : i + PIECE] for s in (ID_NUMBER, PHONE) for i in range(len(s) - PIECE + 1)]
    held = any(piece in password.upper() for piece in pieces)
    assert bool(password_faults(password, id_number=ID_NUMBER, phone=PHONE)) == held


@given(start=st.integers(0, 18 - PIECE), head=st.text("Ab-", min_size=3, max_size=6))
def test_no_piece_of_the_id_number_hides_in_a_password(start, head):
    password = f"{head}{ID_NUMBER[start : start + PIECE]}xY-1".lower() + "Q"
    assert "不能含证件号码的连续几位。" in password_faults(password, id_number=ID_NUMBER)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("000000", "不能与初始密码"),
        ("666666", "不能与初始密码"),
        ("Password1", "常见密码"),
        ("P@ssw0rd", "常见密码"),
        ("lin.zhixia-A1", "不能含用户名"),
        ("Aa1" * 50, "最多 128 位"),
        ("abcdefgh", "现在是 8 位、1 种字符"),
        ("abcdefgh", "加长，或加上大写字母、数字、其他符号（汉字也算）"),
        ("abcdefg8", "含两种字符的至少 12 位"),
    ],
)
def test_each_fault_is_named(password, said):
    assert any(said in fault for fault in password_faults(password, names=["lin.zhixia"]))


def test_chinese_counts_as_another_sign():
    assert password_faults("杏林春暖ab12") == []


def test_the_number_of_the_examples_is_valid():
    assert id_numbers.check(ID_NUMBER)


@pytest.mark.parametrize("name", ["abc", "1abc", "Ab c", "a" * 33, "", "名字四个", "H12345678!"])
def test_bad_user_names(name):
    with pytest.raises(ValueError):
        clean_sign_in_name(name)


def test_user_names_are_small_letters():
    assert clean_sign_in_name(" Zhixia.Lin ") == "zhixia.lin"
