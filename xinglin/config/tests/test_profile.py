"""The strict profile: each item that is off is warned of in production, and the document tells the same (Q-12)."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as django_settings

from xinglin.config import environment, profile
from xinglin.config.secret_values import NAMES

pytestmark = pytest.mark.req("Q-12")
PRODUCTION = django_settings.BASE_DIR / "docs/operations/production.md"
SECURITY = django_settings.BASE_DIR / "docs/security.md"
STRICT = {
    "PRODUCTION": True,
    "XINGLIN_CLAMD": "unix:///run/clamav/clamd.ctl",
    "XINGLIN_BREACHED_PASSWORDS": "/srv/breached",
    "XINGLIN_INITIAL_PASSWORDS": "random",
    "XINGLIN_SECOND_FACTOR": "all",
    "XINGLIN_TLS_CERT": "/etc/xinglin/tls/xinglin.pem",
    "XINGLIN_LOG_SINK": "tls://logs.example.cn:6514",
    "XINGLIN_SMS_WEBHOOK": "https://sms.example.cn/",
    "XINGLIN_SMS_CERT": "/etc/xinglin/tls/sms.pem",
    "XINGLIN_METRICS_TOKEN": "",
    "XINGLIN_MAIL_URL": "smtps://mail.example.cn?from=a@b.cn&certfile=/c&keyfile=/k",
    "DATABASE_URL": "postgres:///xinglin?host=/run/postgresql",
}


@pytest.fixture
def warned(settings, monkeypatch):
    """Numbers of the warnings under the strict settings with some changed."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)

    def with_changes(**changes):
        values = STRICT | changes
        address = values.pop("DATABASE_URL")
        with monkeypatch.context() as patch:
            patch.setenv("DATABASE_URL", address)
            patch.setitem(settings.DATABASES, "default", environment.database())
            if "secret" not in values:
                patch.delenv("DATABASE_URL")
            for name, value in values.pop("secret", {}).items():
                patch.setenv(name, value)
            for name, value in {**environment.mail(values["XINGLIN_MAIL_URL"]), **values}.items():
                setattr(settings, name, value)
            return [int(warning.id.removeprefix("xinglin.W")) for warning in profile.profile_is_strict()]

    return with_changes


def test_under_the_strict_profile_nothing_is_warned_of(warned):
    assert warned() == []


def test_a_trial_is_not_bothered(warned):
    assert warned(PRODUCTION=False, XINGLIN_CLAMD="", XINGLIN_LOG_SINK="", XINGLIN_INITIAL_PASSWORDS="fixed") == []


CASES = [
    (30, {"XINGLIN_CLAMD": ""}),
    (31, {"XINGLIN_CLAMD": "tcp://scan.example.cn:3310"}),
    (32, {"XINGLIN_BREACHED_PASSWORDS": ""}),
    (33, {"XINGLIN_INITIAL_PASSWORDS": "fixed"}),
    (34, {"XINGLIN_TLS_CERT": ""}),
    (35, {"XINGLIN_MAIL_URL": "smtp://mail.example.cn?from=a@b.cn&starttls=0"}),
    (36, {"DATABASE_URL": "postgres://xl:secret@db.example.cn/xinglin?sslmode=verify-full"}),
    (37, {"XINGLIN_SMS_CERT": ""}),
    (38, {"XINGLIN_MAIL_URL": "smtps://us:secret@mail.example.cn?from=a@b.cn"}),
    (38, {"XINGLIN_METRICS_TOKEN": "t" * 40}),
    (39, {"secret": {"XINGLIN_KEYS": "m1:x"}}),
    (39, {"secret": {"DATABASE_URL": "postgres://xl:secret@db.example.cn/xinglin"}}),
    (40, {"XINGLIN_LOG_SINK": ""}),
    (41, {"XINGLIN_SECOND_FACTOR": "staff"}),
]


@pytest.mark.parametrize(("number", "changes"), CASES)
def test_each_item_that_is_off_is_warned_of(warned, number, changes):
    assert warned(**changes) == [number]


@pytest.mark.parametrize(
    "changes",
    [
        {"XINGLIN_CLAMD": "tcp://127.0.0.1:3310"},
        {"XINGLIN_MAIL_URL": "smtp://127.0.0.1?from=a@b.cn&starttls=0"},
        {"XINGLIN_MAIL_URL": ""},
        {"XINGLIN_SMS_WEBHOOK": "", "XINGLIN_SMS_CERT": ""},
        {"DATABASE_URL": ""},
        {"secret": {"DATABASE_URL": "postgres:///xinglin?host=/run/postgresql"}},
        {"secret": {"XINGLIN_MAIL_URL": "smtps://mail.example.cn?from=a@b.cn"}},
    ],
)
def test_what_is_not_there_or_not_weak_is_not_warned_of(warned, changes):
    assert warned(**changes) == []


def table() -> list[tuple[str, str, str]]:
    text = PRODUCTION.read_text().split("## Strict profile")[1].split("\n## ")[0]
    return re.findall(r"^\| `xinglin\.W(\d+)` \| (.+) \| ([\d., ]+) \|$", text, re.M)


def test_the_document_tells_every_item_once(warned):
    numbers = [number for number, *_ in profile.items()]
    assert [int(number) for number, *_ in table()] == numbers == sorted(set(numbers))
    assert {number for number, _ in CASES} == set(numbers), "each is tried above"


def test_each_item_leads_to_a_row_of_the_table_of_security_that_is_met():
    rows = dict(re.findall(r"^\| (\d+\.\d+\.\d+) \| L[12] \| ([^|]+) \|", SECURITY.read_text(), re.M))
    for _, _, items in table():
        for item in items.split(", "):
            assert rows[item] == "met"


def test_every_hint_is_in_both_languages_and_no_value_is_told(warned):
    for _, _, message, hint in profile.items():
        assert message.isascii() and not hint.isascii() and re.search(r"[A-Z][a-z]+ [A-Za-z]", hint)
    assert "m1:x" not in str([*profile.items()])
