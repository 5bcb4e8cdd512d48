"""From the browser to the product and no leg in the clear: nginx speaks TLS to granian and believes one certificate (Q-12)."""

from __future__ import annotations

import socket
import ssl
from http.client import HTTPConnection, HTTPException

import pytest

from tests.faults.front import NEEDED, front_of, own_certificate
from tests.faults.serving import Visitor

pytestmark = NEEDED


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_every_leg_from_the_browser_to_the_product_is_tls(tmp_path):
    with front_of(tmp_path) as front:
        status, headers, body, _ = front.ask("/sign-in/")
        assert status == 200 and b"</html>" in body and "Strict-Transport-Security" in headers
        assert front.ask("/healthz")[0] == 200 and front.ask("/readyz")[0] == 200

        with pytest.raises((OSError, HTTPException)):
            _plainly(front.site.port)
        with pytest.raises(ssl.SSLCertVerificationError):
            Visitor(front.site.port, trust=ssl.create_default_context()).get("/healthz")

        inside = Visitor(front.site.port, trust=front.site.trust)
        assert inside.get("/healthz").status == 200, "probes ask as before, over TLS"
        assert "xinglin_database_up 1" in inside.get("/metrics").text
        assert _version(front.site.port, front.site.trust) in {"TLSv1.2", "TLSv1.3"}
        for old in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with pytest.raises((ssl.SSLError, OSError)):
                _version(front.site.port, _limited(old))


def test_nginx_speaks_to_nobody_who_has_another_certificate(tmp_path):
    """Whoever takes the port of the product (another program of the machine, another machine) gets no request."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    stranger, _ = own_certificate(elsewhere)
    with front_of(tmp_path, trusted=stranger) as front:
        status, _, body, _ = front.ask("/sign-in/")
        assert status == 502 and b"csrfmiddlewaretoken" not in body
        assert "certificate verify" in (tmp_path / "error.log").read_text()


def _plainly(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    finally:
        connection.close()


def _version(port: int, trust: ssl.SSLContext) -> str | None:
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
        trust.wrap_socket(plain, server_hostname="127.0.0.1") as secure,
    ):
        return secure.version()


def _limited(version: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = version, version
    return context
