"""System checks: a production installation refuses to start with the conveniences of a trial one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from xinglin.vault import masters

SECRET_KEY_LENGTH = 50


@register("xinglin")
def production_is_closed(**_: Any) -> list[CheckMessage]:
    """With XINGLIN_PRODUCTION set: no fixed captcha, no demo, no debug, real keys, named hosts (Q-12)."""
    if not settings.PRODUCTION:
        return []
    found = [
        Error(message, hint=hint, id=f"xinglin.E{number:03}") for number, failed, message, hint in _rules() if failed
    ]
    return [*found, *_key_errors()]


def _rules() -> list[tuple[int, bool, str, str]]:
    return [
        (1, bool(settings.XINGLIN_FIXED_CAPTCHA), "A fixed captcha is set.", "Unset XINGLIN_FIXED_CAPTCHA."),
        (
            2,
            _weak_secret_key(),
            "The secret key is missing or weak.",
            "Set XINGLIN_SECRET_KEY to 50 random characters.",
        ),
        (3, settings.DEBUG, "Debug pages are on.", "Unset XINGLIN_DEBUG."),
        (4, settings.XINGLIN_DEMO, "The demo is on: its passwords are public.", "Unset XINGLIN_DEMO."),
        (5, "*" in settings.ALLOWED_HOSTS, "Every host name is accepted.", "Name your own in XINGLIN_HOSTS."),
    ]


def _weak_secret_key() -> bool:
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:
        return True
    return len(key) < SECRET_KEY_LENGTH or key.startswith("development-only-")


def _key_errors() -> list[CheckMessage]:
    if not settings.XINGLIN_KEYS:
        return [Error("The master keys are missing.", hint="Set XINGLIN_KEYS (docs/settings.md).", id="xinglin.E006")]
    try:
        masters.parse(settings.XINGLIN_KEYS)
    except ImproperlyConfigured as error:
        return [Error(str(error), hint="See docs/settings.md for the format.", id="xinglin.E007")]
    return []
