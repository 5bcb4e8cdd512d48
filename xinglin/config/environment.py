"""Settings come from environment variables; the table of all of them is docs/settings.md."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from xinglin.config.secret_values import secret

__all__ = ["BASE_DIR", "data_dir", "database", "flag", "mail", "secret", "text", "words"]

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def data_dir() -> Path:
    """Folder of the SQLite database, the key file and uploaded files."""
    return Path(text("XINGLIN_DATA", str(BASE_DIR / "data")))


def database() -> dict:
    """Django's database dict from DATABASE_URL; SQLite in WAL mode when it is not set.

    ``sqlite:////path?timeout=5&max_page_count=2000000``: seconds that a writer waits for another, and the most pages
    (of 4 KiB) that the file may grow to. Raises ValueError for a scheme other than postgres:// or sqlite://.
    """
    url = secret("DATABASE_URL")
    if not url or url.startswith("sqlite"):
        return _sqlite(url)
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"DATABASE_URL: unknown scheme {parts.scheme!r}")
    return {
        "ENGINE": "xinglin.kernel.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**NOTICE_WHEN_IT_IS_GONE, **dict(parse_qsl(parts.query))},
    }


NOTICE_WHEN_IT_IS_GONE = {
    "connect_timeout": "5",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
"""Seconds (the last: milliseconds) after which a PostgreSQL server that fell silent counts as gone."""


def _sqlite(url: str) -> dict:
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    pages = int(asked.get("max_page_count", "0"))
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": parts.path[1:] or str(data_dir() / "xinglin.sqlite3"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": float(asked.get("timeout", "20")),
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
            "PRAGMA cache_size=-65536;PRAGMA wal_autocheckpoint=4000;PRAGMA temp_store=MEMORY;"
            + (f"PRAGMA max_page_count={pages};" if pages else ""),
        },
    }


def mail(url: str) -> dict:
    """Django's mail settings from smtp://user:password@host:587?from=a@b&starttls=1, or smtps://… for TLS from the start.

    ``certfile``, ``keyfile``: a certificate by which the server knows us, instead of a password; ``cafile``: the one
    authority that vouches for the server. Without a url there is no mail. Raises ValueError for another scheme or a
    missing sender.
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend", "XINGLIN_MAIL_AUTHORITY": ""}
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("XINGLIN_MAIL_URL: smtp://… or smtps://… is expected")
    if "from" not in options:
        raise ValueError("XINGLIN_MAIL_URL: the sender is missing (?from=…)")
    direct = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "xinglin.notifications.smtp.Backend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if direct else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": direct,
        "EMAIL_USE_TLS": not direct and options.get("starttls", "1") == "1",
        "EMAIL_SSL_CERTFILE": options.get("certfile") or None,
        "EMAIL_SSL_KEYFILE": options.get("keyfile") or None,
        "XINGLIN_MAIL_AUTHORITY": options.get("cafile", ""),
        "EMAIL_TIMEOUT": 10,
        "DEFAULT_FROM_EMAIL": options["from"],
    }
