"""Strength of passwords, user names (P-05)."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.accounts.rules import MIN_LENGTH, PIECE, clean_sign_in_name, password_faults
from xinglin.kernel import id_numbers

ID_NUMBER = "32019919930102005X"
PHONE = "19000000123"
KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "!@#$%^&*-_=+?")

pytestmark = pytest.mark.req("P-05")


def classes(text: str) -> int:
    return sum(any(character in kind for character in text) for kind in KINDS)


@given(st.text(alphabet="".join(KINDS), max_size=20))
def test_short_or_uniform_passwords_never_pass(password):
    if len(password) < MIN_LENGTH or classes(password) < 3:
        assert password_faults(password)


@given(st.text(alphabet="".join(KINDS), min_size=10, max_size=40).filter(lambda text: classes(text) >= 3))
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
        ("abcdefgh", "只有 1 种字符"),
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
