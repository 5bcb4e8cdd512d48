"""Which browser is it: a lasting cookie that tells known browsers from new ones, and words for the user's eyes.

The cookie holds a random number, signed. It opens nothing: a browser from which an account was entered before is
only spared the ceilings that keep strangers away while somebody attacks that account (docs/decisions/0026).
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = f"{settings.COOKIE_PREFIX}xl_device"
KEPT = timedelta(days=180)
_SALT = "xinglin.device"
_BROWSERS = (
    ("micromessenger", "微信"), ("dingtalk", "钉钉"), ("qqbrowser", "QQ 浏览器"), ("qihoo|360[se]e", "360 浏览器"),
    ("wpsoffice|wps ", "WPS"), ("edga?/|edgios", "Edge"), ("firefox|fxios", "Firefox"), ("opr/|opera", "Opera"),
    ("chrome|crios", "Chrome"), ("safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("harmonyos|openharmony", "鸿蒙"), ("android", "安卓"), ("iphone", "iPhone"), ("ipad", "iPad"),
    ("windows", "Windows"), ("mac os|macintosh", "macOS"), ("linux|uos|kylin", "Linux"),
)  # fmt: skip


def device_of(request: HttpRequest) -> str:
    """The browser's number, "" for one that was never signed in from, or whose cookie is forged or too old."""
    try:
        return str(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=KEPT))
    except signing.BadSignature:
        return ""


def keep_device(request: HttpRequest, response: HttpResponse) -> str:
    """Number the browser, or go on with its number for another half year; returns it."""
    number = device_of(request) or secrets.token_urlsafe(16)
    response.set_cookie(
        COOKIE, signing.dumps(number, salt=_SALT), max_age=KEPT, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return number


def label(user_agent: str) -> str:
    """Words by which people recognise a device of theirs: `Chrome · Windows`."""
    known = [_first(_BROWSERS, user_agent) or "浏览器", _first(_SYSTEMS, user_agent)]
    return " · ".join(word for word in known if word)


def _first(table: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((word for pattern, word in table if re.search(pattern, user_agent[:400], re.I)), "")
