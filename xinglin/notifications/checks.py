"""System checks: a gateway that would send in the clear, or to which we are nobody, is refused at start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from xinglin.kernel.tls import client_context

from .webhook import faults


@register("xinglin")
def webhook_is_safe(**_: Any) -> list[CheckMessage]:
    """XINGLIN_SMS_WEBHOOK: https or this machine, with a secret or a certificate (Q-12)."""
    if not settings.XINGLIN_SMS_WEBHOOK:
        return []
    found = faults(settings.XINGLIN_SMS_WEBHOOK, settings.XINGLIN_SMS_SECRET, settings.XINGLIN_SMS_CERT)
    return [Error(fault, hint="See docs/settings.md.", id="xinglin.E020") for fault in found]


@register("xinglin")
def certificates_open(**_: Any) -> list[CheckMessage]:
    """Certificates by which mail server and gateway know us, and authorities that vouch for them, can be read (Q-12)."""
    mail = getattr(settings, "EMAIL_SSL_CERTFILE", None) or "", getattr(settings, "EMAIL_SSL_KEYFILE", None) or ""
    asked = {
        "XINGLIN_MAIL_URL": (*mail, settings.XINGLIN_MAIL_AUTHORITY),
        "XINGLIN_SMS_CERT": (settings.XINGLIN_SMS_CERT, settings.XINGLIN_SMS_KEY, settings.XINGLIN_SMS_AUTHORITY),
    }
    found: list[CheckMessage] = []
    for name, (certificate, key, authority) in asked.items():
        try:
            client_context(certificate=certificate, key=key, authority=authority)
        except (OSError, ValueError) as error:
            fault = f"{name}: a certificate, key or authority does not open ({type(error).__name__})."
            found.append(Error(fault, hint="See docs/settings.md.", id="xinglin.E033"))
    return found
