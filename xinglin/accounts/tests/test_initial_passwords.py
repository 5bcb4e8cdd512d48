"""Initial passwords and the rules for one's own: properties that hold for every password (P-05)."""

from __future__ import annotations

import random
import re

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.accounts.actions import credentials
from xinglin.accounts.actions.credentials import DIGITS, LETTERS, random_password
from xinglin.accounts.enums import Policy
from xinglin.accounts.models import InitialCredential
from xinglin.accounts.rules import (
    DEFAULTS,
    MAX_LENGTH,
    clean_sign_in_name,
    credential_matches,
    is_pattern,
    password_faults,
    verifier_of,
)

pytestmark = pytest.mark.req("P-05")
printable = st.characters(min_codepoint=33, max_codepoint=126)


def fixed(default: str = "000000") -> InitialCredential:
    return InitialCredential(policy=Policy.FIXED, default=default, user_id=1)


def one_time(password: str, user_id: int = 1) -> InitialCredential:
    return InitialCredential(policy=Policy.RANDOM, verifier=verifier_of(user_id, password), user_id=user_id)


@pytest.mark.parametrize("default", sorted(DEFAULTS))
@given(around=st.text(printable, max_size=6))
def test_a_default_is_never_an_own_password_and_only_it_opens_its_credential(default, around):
    assert password_faults(default)
    assert credential_matches(fixed(default), default)
    assert credential_matches(fixed(default), default + around) == (around == "")


@given(st.text(max_size=40))
def test_no_typed_text_opens_a_one_time_password_but_itself(typed):
    password = "ABCD-23456"
    same = re.sub(r"[\s-]", "", typed).upper() == "ABCD23456"
    assert credential_matches(one_time(password), typed) == same


@given(st.sampled_from(["abcd-23456", "ABCD23456", " abcd 23456 ", "Ab-Cd-2-3-4-5-6"]))
def test_a_one_time_password_may_be_typed_as_people_type(typed):
    assert credential_matches(one_time("ABCD-23456"), typed)


def test_the_verifier_is_bound_to_the_account():
    assert verifier_of(1, "ABCD-23456") != verifier_of(2, "ABCD-23456")
    stolen = InitialCredential(policy=Policy.RANDOM, verifier=verifier_of(2, "ABCD-23456"), user_id=1)
    assert not credential_matches(stolen, "ABCD-23456")


def test_one_time_passwords_are_readable_and_differ():
    passwords = {random_password() for _ in range(500)}
    assert len(passwords) > 495
    for password in passwords:
        assert re.fullmatch(rf"[{LETTERS}]{{4}}-[{DIGITS}]{{5}}", password)
    assert not set("IO01") & set(LETTERS + DIGITS), "no look-alikes"


@pytest.mark.req("Q-12")
def test_one_time_passwords_follow_the_rules_for_ones_own():
    assert all(password_faults(random_password()) == [] for _ in range(2_000))


@pytest.mark.req("Q-12")
def test_one_that_is_a_pattern_is_never_handed_out(monkeypatch):
    drawn = iter("ABCD23456" + "QKXM73925")
    monkeypatch.setattr(credentials.secrets, "choice", lambda _: next(drawn))
    assert is_pattern("ABCD-23456") and random_password() == "QKXM-73925"


@pytest.mark.req("Q-12")
def test_they_come_from_the_operating_system_and_every_character_may_come():
    assert isinstance(credentials.secrets.choice.__self__, random.SystemRandom)  # type: ignore[attr-defined]
    drawn = [random_password() for _ in range(3_000)]
    for place in range(10):
        seen = {password[place] for password in drawn}
        assert seen == {"-"} if place == 4 else seen == set(LETTERS if place < 4 else DIGITS)


@pytest.mark.req("Q-12")
@given(st.sampled_from(["{}", "{} ", "x{}"]), st.booleans(), st.booleans())
def test_a_one_time_password_never_becomes_ones_own_however_it_is_typed(frame, small, hyphen):
    password = random_password()
    typed = frame.format(password if hyphen else password.replace("-", ""))
    typed = typed.lower() if small else typed
    faults = password_faults(typed, initial=[one_time(password), fixed()])
    assert ("新密码不能与初始密码或当前密码相同。" in faults) == (frame != "x{}")


@given(st.text(printable, min_size=10, max_size=20).filter(lambda text: "Aa1-" not in text))
def test_the_present_password_is_never_the_new_one(password):
    assert "新密码不能与初始密码或当前密码相同。" in password_faults(password, old=password)


@given(length=st.integers(MAX_LENGTH - 2, MAX_LENGTH + 30))
def test_there_is_an_upper_bound(length):
    faults = password_faults(("Ab1-" * 60)[:length])
    assert any("最多" in fault for fault in faults) == (length > MAX_LENGTH)


@given(name=st.text("abcdefgh", min_size=4, max_size=12), head=st.text("XYZ789-", min_size=3, max_size=6))
def test_a_password_never_holds_the_user_name_in_any_case(name, head):
    for shown in (name, name.upper(), name.capitalize()):
        assert "不能含用户名或单位名称。" in password_faults(f"{head}{shown}Q7-", names=[name])


@given(st.text(max_size=3), st.text(printable, min_size=8, max_size=16))
def test_names_of_three_letters_forbid_nothing(name, password):
    assert password_faults(password, names=[name]) == password_faults(password)


@settings(max_examples=60)
@given(st.sampled_from(sorted(CommonPasswordValidator().passwords)), st.booleans())
def test_no_common_password_passes(word, capital):
    assert password_faults(word.capitalize() if capital else word)


def _refused(typed: str) -> str:
    try:
        clean_sign_in_name(typed)
    except ValueError as refusal:
        return str(refusal)
    return ""


@given(st.text(max_size=40))
def test_a_refused_user_name_is_told_what_a_user_name_is(typed):
    assert "用户名" in (_refused(typed) or "用户名")


@given(st.text(max_size=40))
def test_a_user_name_is_small_short_and_plain_or_refused_in_words(typed):
    if _refused(typed):
        return
    name = clean_sign_in_name(typed)
    assert name == name.lower() == name.strip()
    assert re.fullmatch(r"[a-z][a-z0-9_.-]{3,31}", name)
    assert clean_sign_in_name(name) == name


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789_.-", min_size=3, max_size=31))
def test_upper_case_and_spaces_around_make_no_second_name(rest):
    assert clean_sign_in_name(f"  Q{rest.upper()} ") == f"q{rest}"


def test_a_user_name_is_never_an_id_number_or_a_base_code_of_digits():
    for number in ("320199199003070011", "110105", "32019919900307001X"):
        with pytest.raises(ValueError, match="以字母开头"):
            clean_sign_in_name(number)
