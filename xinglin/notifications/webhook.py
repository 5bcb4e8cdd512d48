"""Text messages by a webhook: JSON, signed, to one address that the operator named (docs/settings.md)."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
import time
from ipaddress import ip_address
from urllib.parse import urlsplit

from xinglin.kernel.tls import client_context

from .transports import GivenUp, Outgoing, TryAgain, Unclear

SECONDS = 10
READ_AT_MOST = 64 * 1024
AGAIN = {408, 425, 429}
SECRET_LENGTH = 16


def faults(url: str, secret: str, certificate: str = "") -> list[str]:
    """What is wrong with the settings, in English for the operator: TLS or this machine only, and a secret or a
    certificate by which the gateway knows us."""
    parts, found = urlsplit(url), []
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        found.append("XINGLIN_SMS_WEBHOOK is no http(s) address.")
    elif parts.scheme == "http" and not _is_loopback(parts.hostname):
        found.append("XINGLIN_SMS_WEBHOOK must be https unless it is on this machine.")
    if parts.username or parts.password:
        found.append("XINGLIN_SMS_WEBHOOK must not hold a user or password.")
    if certificate and parts.scheme != "https":
        found.append("XINGLIN_SMS_CERT is shown over https only.")
    if len(secret) < SECRET_LENGTH and (secret or not certificate):
        found.append(f"XINGLIN_SMS_SECRET needs at least {SECRET_LENGTH} characters.")
    return found


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What the gateway compares with the header X-Xinglin-Signature."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class Webhook:
    """One POST a message; no redirect is followed, no proxy of the environment is used. Signed where there is a secret,
    from a client with a certificate where there is one."""

    def __init__(self, url: str, secret: str, *, certificate: str = "", key: str = "", authority: str = "") -> None:
        self._parts, self._secret = urlsplit(url), secret
        self._certificate, self._key, self._authority = certificate, key, authority

    def send(self, outgoing: Outgoing) -> None:
        """Raises TryAgain before anything left, GivenUp for a refusal, Unclear when the answer did not come."""
        body = json.dumps(
            {
                "id": outgoing.message_id,
                "attempt": outgoing.attempt,
                "phone": outgoing.recipient,
                "text": outgoing.text,
            },
            ensure_ascii=False,
        ).encode()
        try:
            connection = self._connection()
        except OSError as error:
            raise TryAgain("短信网关的证书文件打不开") from error
        try:
            try:
                connection.connect()
            except (OSError, ssl.SSLError) as error:
                raise TryAgain("连接不上短信网关") from error
            try:
                connection.request("POST", self._path(), body, self._headers(body))
                answer = connection.getresponse()
                answer.read(READ_AT_MOST)
            except (OSError, http.client.HTTPException) as error:
                raise Unclear("短信网关没有回答") from error
        finally:
            connection.close()
        self._judge(answer.status)

    def _judge(self, status: int) -> None:
        if 200 <= status < 300:
            return
        if status in AGAIN or status >= 500:
            raise TryAgain(f"短信网关暂时不能用（{status}）")
        raise GivenUp(f"短信网关拒绝（{status}）")

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            context = client_context(certificate=self._certificate, key=self._key, authority=self._authority)
            return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=context)
        return http.client.HTTPConnection(host, port, timeout=SECONDS)

    def _path(self) -> str:
        return (self._parts.path or "/") + (f"?{self._parts.query}" if self._parts.query else "")

    def _headers(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        headers = {"Content-Type": "application/json; charset=utf-8", "X-Xinglin-Timestamp": timestamp}
        if self._secret:
            headers["X-Xinglin-Signature"] = signature(self._secret, timestamp, body)
        return headers
