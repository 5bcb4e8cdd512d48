"""Django's SMTP with a certificate of ours. Django's own loads no authority once a certificate is set, and then believes
no server at all."""

from __future__ import annotations

import ssl
from functools import cached_property

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from xinglin.kernel.tls import client_context


class Backend(EmailBackend):
    """``EMAIL_SSL_CERTFILE``, ``EMAIL_SSL_KEYFILE``: who we are. ``XINGLIN_MAIL_AUTHORITY``: who vouches for the server."""

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        return client_context(
            certificate=str(self.ssl_certfile or ""),
            key=str(self.ssl_keyfile or ""),
            authority=settings.XINGLIN_MAIL_AUTHORITY,
        )
