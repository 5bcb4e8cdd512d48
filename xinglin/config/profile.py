"""The strict profile: settings under which every item of docs/security.md is met, and a warning for each that is off.

A hospital may decide otherwise: it names the check in XINGLIN_ACCEPTED_WARNINGS, and the decision is on record.
docs/operations/production.md tells the profile (a test compares), deploy/xinglin.env.example follows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from xinglin.config import secret_values
from xinglin.config.checks import LOCAL_NAMES
from xinglin.config.secret_values import Source

Advice = tuple[int, bool, str, str]


@register("xinglin", deploy=True)
def profile_is_strict(**_: Any) -> list[CheckMessage]:
    """What `check --deploy` warns of in production, item by item (Q-12)."""
    if not settings.PRODUCTION:
        return []
    return [Warning(message, hint=hint, id=f"xinglin.W{number:03}") for number, off, message, hint in items() if off]


def items() -> Iterator[Advice]:
    """Number, whether it is off, what is weak, and in both languages what to do."""
    yield from _uploads_and_passwords()
    yield from _legs()
    yield from _who_we_are()
    yield (
        39,
        bool(in_the_open()),
        f"Secrets stand in the environment: {', '.join(in_the_open())}.",
        "改用 systemd 加密凭据或密钥库（docs/operations/keys.md）. Use encrypted credentials or a vault.",
    )
    yield (
        40,
        not settings.XINGLIN_LOG_SINK,
        "Logs stay on this machine: whoever takes it over can alter them.",
        "设置 XINGLIN_LOG_SINK，例如 tls://logs.example.cn:6514. Send them to another system with XINGLIN_LOG_SINK.",
    )
    yield (
        41,
        settings.XINGLIN_SECOND_FACTOR != "all",
        "Some identities may come in with a password alone.",
        "设置 XINGLIN_SECOND_FACTOR=all. Set XINGLIN_SECOND_FACTOR=all.",
    )


def _uploads_and_passwords() -> Iterator[Advice]:
    yield (
        30,
        not settings.XINGLIN_CLAMD,
        "Uploads are not scanned for viruses.",
        "安装 clamav-daemon，设置 XINGLIN_CLAMD. Install clamav-daemon and set XINGLIN_CLAMD.",
    )
    scanner = urlsplit(settings.XINGLIN_CLAMD)
    yield (
        31,
        scanner.scheme == "tcp" and scanner.hostname not in LOCAL_NAMES,
        "Uploads cross the network to the scanner in the clear.",
        "在本机运行 clamd，用 unix:// 套接字. Run clamd on this machine and use its socket.",
    )
    yield (
        32,
        not settings.XINGLIN_BREACHED_PASSWORDS,
        "New passwords are compared with 20,000 common ones only, not with all that were breached.",
        "下载泄露密码散列文件，设置 XINGLIN_BREACHED_PASSWORDS. Set XINGLIN_BREACHED_PASSWORDS to the public file.",
    )
    yield (
        33,
        settings.XINGLIN_INITIAL_PASSWORDS != "random",
        "Initial passwords are the fixed ones of the manuals: whoever knows name and phone of a new account is first.",
        "设置 XINGLIN_INITIAL_PASSWORDS=random. Set XINGLIN_INITIAL_PASSWORDS=random.",
    )


def _legs() -> Iterator[Advice]:
    yield (
        34,
        not settings.XINGLIN_TLS_CERT,
        "The reverse proxy reaches the product in the clear.",
        "设置 XINGLIN_TLS_CERT 和 XINGLIN_TLS_KEY，代理用 https. Set both, and let the proxy use https.",
    )
    mail = urlsplit(settings.XINGLIN_MAIL_URL)
    in_clear = bool(mail.hostname) and not settings.EMAIL_USE_TLS and not settings.EMAIL_USE_SSL
    yield (
        35,
        in_clear and mail.hostname not in LOCAL_NAMES,
        "E-mail crosses the network in the clear.",
        "去掉 XINGLIN_MAIL_URL 里的 starttls=0，或改用 smtps://. Drop starttls=0, or use smtps.",
    )


def _who_we_are() -> Iterator[Advice]:
    yield (
        36,
        bool(settings.DATABASES["default"].get("PASSWORD")),
        "The database is entered with a password that never changes.",
        "本机用套接字 postgres:///xinglin?host=/run/postgresql，远程用 sslcert、sslkey. Use the socket or a certificate.",
    )
    yield (
        37,
        bool(settings.XINGLIN_SMS_WEBHOOK) and not settings.XINGLIN_SMS_CERT,
        "The gateway for text messages knows us by a shared secret only.",
        "设置 XINGLIN_SMS_CERT 和 XINGLIN_SMS_KEY. Set XINGLIN_SMS_CERT and XINGLIN_SMS_KEY.",
    )
    yield (
        38,
        bool(urlsplit(settings.XINGLIN_MAIL_URL).password) or bool(settings.XINGLIN_METRICS_TOKEN),
        "Mail server or monitoring is entered with a shared secret that never changes.",
        "邮件用 certfile、keyfile；监控按网段放行，不设 XINGLIN_METRICS_TOKEN. Use a certificate, and networks.",
    )


def in_the_open() -> list[str]:
    """Names of secrets that are plain variables; an address without a password is none."""
    return [
        name
        for name in secret_values.NAMES
        if (known := secret_values.found(name)).source is Source.ENVIRONMENT
        and ("://" not in known.value or urlsplit(known.value).password)
    ]
