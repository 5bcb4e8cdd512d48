"""Certificates: the one that browsers get at XINGLIN_SITE_URL, looked at as a browser would, and pairs for our own use."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from xinglin.kernel import clock

SECONDS = 5
HTTPS = 443


@dataclass(frozen=True, slots=True)
class Seen:
    """``distrust``: why a browser would warn, "" where it would not. ``ends_at``: None where it would."""

    distrust: str = ""
    ends_at: datetime | None = None

    def ends_within(self, span: timedelta) -> bool:
        return self.ends_at is not None and self.ends_at - clock.now() < span


def look(url: str) -> Seen:
    """Ask the site with the trust that this machine's system has. Raises OSError where nobody answers."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or HTTPS
    context = ssl.create_default_context()
    with socket.create_connection((host, port), timeout=SECONDS) as plain:
        try:
            with context.wrap_socket(plain, server_hostname=host) as secure:
                certificate = secure.getpeercert() or {}
        except ssl.SSLCertVerificationError as error:
            return Seen(distrust=error.verify_message)
    ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return Seen(ends_at=datetime.fromtimestamp(ends, tz=clock.SHANGHAI))


def pair_fault(certificate: str, key: str, *, pkcs8: bool = True) -> str:
    """Why a certificate and its key cannot be used, "" when they can."""
    if not certificate or not key:
        return "one is there without the other"
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key, password=_no_passphrase)
        plain = Path(key).read_bytes()
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        return getattr(error, "reason", None) or error.__class__.__name__
    return "" if not pkcs8 or b"-----BEGIN PRIVATE KEY-----" in plain else "the key is not in the form PKCS#8"


def _no_passphrase() -> str:
    raise ValueError("a passphrase is asked for")
