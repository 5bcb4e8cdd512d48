"""The certificate that browsers get at XINGLIN_SITE_URL, looked at as a browser would."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
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
