"""How this product speaks TLS to others: always verified, with a certificate of its own where one is set (ASVS 12.3, 13.2.1)."""

from __future__ import annotations

import ssl


def client_context(*, certificate: str = "", key: str = "", authority: str = "") -> ssl.SSLContext:
    """TLS 1.2 or newer, names and chains verified: by the system's authorities, or by the one of a file alone.

    Raises OSError for files that do not open.
    """
    context = ssl.create_default_context(cafile=authority or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate:
        context.load_cert_chain(certificate, key or None)
    return context
