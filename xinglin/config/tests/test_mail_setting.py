"""XINGLIN_MAIL_URL as Django's mail settings (P-13)."""

import pytest

from xinglin.config import environment

pytestmark = pytest.mark.req("P-13")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://u:p%40@mail.example:2525?from=a@b.cn",
         {"EMAIL_HOST": "mail.example", "EMAIL_PORT": 2525, "EMAIL_HOST_USER": "u", "EMAIL_HOST_PASSWORD": "p@",
          "EMAIL_USE_TLS": True, "EMAIL_USE_SSL": False, "DEFAULT_FROM_EMAIL": "a@b.cn"}),
        ("smtp://127.0.0.1?from=a@b.cn&starttls=0", {"EMAIL_PORT": 587, "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False}),
        ("smtps://mail.example?from=a@b.cn", {"EMAIL_PORT": 465, "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": True}),
        ("", {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}),
    ],
)  # fmt: skip
def test_the_setting_is_read(url, expected):
    found = environment.mail(url)
    assert {name: found[name] for name in expected} == expected
    assert not url or found["EMAIL_TIMEOUT"] == 10


@pytest.mark.parametrize(
    "url", ["http://mail.example?from=a@b", "smtp://?from=a@b", "smtp://mail.example", "mail.example"]
)
def test_a_wrong_setting_stops_at_start(url):
    with pytest.raises(ValueError, match="XINGLIN_MAIL_URL"):
        environment.mail(url)
