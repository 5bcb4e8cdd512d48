"""Pure rules of accounts: what a password and a user name must be, who may reset whom (P-05, P-06)."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator

from xinglin.accounts import breached
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind, Track
from xinglin.vault.hashing import keyed_hash

from .enums import Demand, Policy
from .models import InitialCredential
from .roles import OPENS, keeps, openers_of, right_to_open, role

LENGTHS = {3: 8, 2: 12, 1: 15}
"""Kinds of characters that a password has → its least length. No kind is ever demanded as such (ASVS 6.2.5); with three
kinds eight characters do, as practice under 等级保护 expects."""
MIN_LENGTH, MAX_LENGTH = min(LENGTHS.values()), 128
FEWEST_CHARACTERS = 5  # different ones; fewer are a pattern, however long
PIECE = 6  # so many characters in a row of an ID number or phone make a password guessable
DEFAULTS = frozenset({"000000", "666666"})
_KINDS = (
    (re.compile("[a-z]"), "小写字母"),
    (re.compile("[A-Z]"), "大写字母"),
    (re.compile("[0-9]"), "数字"),
    (re.compile("[^A-Za-z0-9]"), "其他符号（汉字也算）"),
)
_NUMERALS = {1: "一", 2: "两", 3: "三"}
WAYS = "，".join(f"含{_NUMERALS[kinds]}种字符的至少 {length} 位" for kinds, length in LENGTHS.items())
RULE_TEXT = (
    f"可以用任何字符：小写字母、大写字母、数字、其他符号（汉字也算）中，{WAYS}。"
    "不能是初始密码，不能含证件号码、手机号中的连续 6 位，不能含用户名、单位名称，"
    "也不能是常见的、泄露过的或有规律的密码。"
)
_NAME = re.compile(r"[a-z][a-z0-9_.-]{3,31}")


def password_faults(
    password: str, *, old: str = "", id_number: str = "", phone: str = "", names: Iterable[str] = (),
    initial: Iterable[InitialCredential] = (),
) -> list[str]:  # fmt: skip
    """Everything that is wrong with a new password, in words of the screen; empty when it is good.

    ``names``: user name, organisation name and code of the account. ``initial``: what it was ever opened with.
    """
    faults = []
    was_given = any(credential_matches(credential, password) for credential in initial)
    if password in DEFAULTS or was_given or (old and password == old):
        faults.append("新密码不能与初始密码或当前密码相同。")
    faults += _too_short(password)
    if len(password) > MAX_LENGTH:
        faults.append(f"最多 {MAX_LENGTH} 位。")
    if is_pattern(password):
        faults.append("太有规律：不能只是重复的一段，也不能大半是相同或相邻的字符（如 1234、abcd）。")
    if _shares_piece(password, id_number):
        faults.append("不能含证件号码的连续几位。")
    if _shares_piece(password, phone):
        faults.append("不能含手机号的连续几位。")
    if any(len(name) >= 4 and name.lower() in password.lower() for name in names):
        faults.append("不能含用户名或单位名称。")
    if not faults and password.lower().strip() in _common():
        faults.append("这是很多人用的常见密码，容易被猜中，请换一个。")
    if not faults and breached.contains(password):
        faults.append("这个密码在别处泄露过，在公开的泄露密码库里，请换一个。")
    return faults


def _too_short(password: str) -> list[str]:
    missing = [label for pattern, label in _KINDS if not pattern.search(password)]
    kinds = len(_KINDS) - len(missing)
    if len(password) >= LENGTHS[min(max(kinds, min(LENGTHS)), max(LENGTHS))]:
        return []
    more = f"；加长，或加上{'、'.join(missing)}" if kinds < max(LENGTHS) else ""
    return [f"现在是 {len(password)} 位、{kinds} 种字符：{WAYS}{more}。"]


def is_pattern(password: str) -> bool:
    """Easy to guess by its form: one piece over and over, hardly any different characters, or mostly characters that follow each other."""
    if not password:
        return False
    small = password.lower()
    again = small in (small + small)[1:-1]
    near = sum(abs(ord(left) - ord(right)) <= 1 for left, right in pairwise(small))
    return again or len(set(small)) < FEWEST_CHARACTERS or near > (len(small) - 1) / 2


def _shares_piece(password: str, secret: str) -> bool:
    typed, known = password.upper(), secret.upper()
    return any(known[start : start + PIECE] in typed for start in range(len(known) - PIECE + 1))


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def clean_sign_in_name(value: str) -> str:
    """The user name that staff choose, in small letters. Raises ValueError with a Chinese reason."""
    name = value.strip().lower()
    if not name:
        raise ValueError("请给自己起一个用户名，以后用它登录业务管理系统。")
    if not _NAME.fullmatch(name):
        raise ValueError("用户名应为 4 至 32 位小写字母、数字、点、横线或下划线，以字母开头。")
    return name


def reset_permissions(role_code: str) -> tuple[str, ...]:
    """Permissions of which one is needed to reset an account with this identity: always the level above."""
    what = role(role_code)
    if what.personal:
        return ("residents.reset_password", "accounts.manage")
    if role_code == "base_admin":
        return ("accounts.open_staff", "accounts.manage")
    return ("accounts.manage",)


def opening_refusal(
    by: Viewer, role_code: str, *, kind: str, path: str, name: str, track: str = "", receiver_id: int | None = None
) -> str:
    """Why this identity may not be given (or ended, or dated) by this viewer, in words; "" when it may.

    ``kind``, ``path``, ``name``: of the organisation. ``receiver_id``: the account, None while there is none yet.
    """
    what = role(role_code)
    if what.kind != kind:
        return f"“{name}”不能有“{what.label}”身份。"
    if by.user_id is None:
        return ""
    if receiver_id == by.user_id:
        return "不能给自己授予、结束身份或改到期日，请由其他有权的人办理。"
    if role_code not in OPENS.get(by.role, ()) or not by.may(right_to_open(role_code)):
        return f"“{by.role_label}”不能办理“{what.label}”身份，{who_opens(role_code)}。"
    if not keeps(by, role_code, path):
        return f"“{name}”不归“{by.organization_name}”管理，请联系它的上级部门。"
    if by.track is not None and by.track != track:
        return f"当前身份只管{Track(by.track).label}，不能办理{Track(track).label if track else '西医、中医两个体系'}的身份。"
    return ""


def who_opens(role_code: str) -> str:
    """Who gives this role, in words."""
    if role(role_code).personal:
        return "由所在培训基地在招收时导入"
    labels = [found.label for found in openers_of(role_code)]
    return f"由{'、'.join(labels)}办理" if labels else "由平台运行单位在安装时设置"


def who_resets(role_code: str) -> str:
    """Who resets an account with this identity, in words (P-06)."""
    return "请联系所在培训基地" if role(role_code).personal else who_opens(role_code)


def needs_factor(role_code: str) -> bool:
    """Whether the installation lets nobody act under this role without a second factor (P-08)."""
    what, demand = role(role_code), Demand(settings.XINGLIN_SECOND_FACTOR)
    if demand is Demand.PROVINCE:
        return what.kind != Kind.HOSPITAL
    return demand is Demand.ALL or (demand is Demand.STAFF and not what.personal)


def last_day(ends_at: datetime) -> date:
    """The last calendar day of an identity that ends then, in Asia/Shanghai."""
    return clock.local(ends_at - timedelta(microseconds=1)).date()


def end_text(ends_at: datetime | None) -> str:
    """长期; 2026-12-03 24:00 for the 00:00 of the next day; else 2026-12-03 08:16."""
    if ends_at is None:
        return "长期"
    local = clock.local(ends_at)
    return f"{last_day(ends_at)} 24:00" if local.time() == time() else f"{local:%Y-%m-%d %H:%M}"


def verifier_of(user_id: int, password: str) -> str:
    """Keyed hash of a random initial password of one account; hyphens, spaces and case do not matter."""
    typed = re.sub(r"[\s-]", "", password).upper()
    return keyed_hash("initial", f"{user_id}:{typed}")


def credential_matches(credential: InitialCredential, password: str) -> bool:
    """Whether a typed password is this initial credential's, in constant time."""
    if credential.policy == Policy.FIXED:
        return hmac.compare_digest(credential.default.encode(), password.encode())
    return hmac.compare_digest(credential.verifier, verifier_of(credential.user_id, password))
