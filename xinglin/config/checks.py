"""System checks: a production installation refuses to start with the conveniences of a trial one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from xinglin.config import certificates
from xinglin.config.proxies import networks
from xinglin.kernel import log_sink
from xinglin.kernel.tls import client_context
from xinglin.vault import masters

SECRET_KEY_LENGTH = 50
TOKEN_LENGTH = 32
LOCAL_NAMES = {"127.0.0.1", "localhost", "[::1]", "::1", "testserver"}


@register("xinglin")
def production_is_closed(**_: Any) -> list[CheckMessage]:
    """With XINGLIN_PRODUCTION set: no fixed captcha, no demo, no debug, real keys, named hosts (Q-12)."""
    if not settings.PRODUCTION:
        return []
    found = [
        Error(message, hint=hint, id=f"xinglin.E{number:03}") for number, failed, message, hint in _rules() if failed
    ]
    return [*found, *_key_errors()]


def _rules() -> list[tuple[int, bool, str, str]]:
    return [
        (1, bool(settings.XINGLIN_FIXED_CAPTCHA), "A fixed captcha is set.", "Unset XINGLIN_FIXED_CAPTCHA."),
        (
            2,
            _weak_secret_key(),
            "The secret key is missing or weak.",
            "Set XINGLIN_SECRET_KEY to 50 random characters.",
        ),
        (3, settings.DEBUG, "Debug pages are on.", "Unset XINGLIN_DEBUG."),
        (4, settings.XINGLIN_DEMO, "The demo is on: its passwords are public.", "Unset XINGLIN_DEMO."),
        (5, "*" in settings.ALLOWED_HOSTS, "Every host name is accepted.", "Name your own in XINGLIN_HOSTS."),
    ]


@register("xinglin", deploy=True)
def production_is_sound(**_: Any) -> list[CheckMessage]:
    """What `check --deploy` warns of beside Django's own: it runs, but weaker than it need be (Q-12, Q-13)."""
    if not settings.PRODUCTION:
        return []
    return [
        Warning(message, hint=hint, id=f"xinglin.W{number:03}") for number, failed, message, hint in _advice() if failed
    ]


def _advice() -> list[tuple[int, bool, str, str]]:
    database, folder = settings.DATABASES["default"], Path(settings.DATA_DIR).resolve()
    token = settings.XINGLIN_METRICS_TOKEN
    return [
        (
            1,
            not settings.XINGLIN_TRUSTED_PROXIES,
            "No reverse proxy is named: https is not enforced, and all callers count as one address.",
            "把反向代理的地址写进 XINGLIN_TRUSTED_PROXIES，例如 127.0.0.1. Set XINGLIN_TRUSTED_PROXIES to its address.",
        ),
        (
            2,
            any(word in settings.XINGLIN_TRUSTED_PROXIES for word in ("0.0.0.0/0", "::/0")),
            "Every address is trusted as a proxy: anybody can claim any address.",
            "只写反向代理自己的地址。 Name only your own proxies in XINGLIN_TRUSTED_PROXIES.",
        ),
        (
            3,
            settings.BASE_DIR in folder.parents,
            "The data folder lies inside the program: an upgrade may take it away.",
            "把 XINGLIN_DATA 设在程序目录之外，例如 /var/lib/xinglin. Put XINGLIN_DATA elsewhere.",
        ),
        (
            4,
            database["ENGINE"].endswith("postgresql") and _crosses_a_network(database),
            "The connection to the database server is not encrypted.",
            "在 DATABASE_URL 末尾加 ?sslmode=verify-full（至少 require）. Add sslmode to DATABASE_URL.",
        ),
        (
            5,
            bool(token) and len(token) < TOKEN_LENGTH,
            "The metrics token is short.",
            f"XINGLIN_METRICS_TOKEN 至少 {TOKEN_LENGTH} 个随机字符. Use at least {TOKEN_LENGTH} random characters.",
        ),
        (
            6,
            any(word in settings.XINGLIN_METRICS_NETWORKS for word in ("0.0.0.0/0", "::/0")),
            "The metrics are open to every address.",
            "只写监控服务器的网段，或改用 XINGLIN_METRICS_TOKEN. Name the network of your monitoring.",
        ),
        (
            7,
            all(host in LOCAL_NAMES for host in settings.ALLOWED_HOSTS),
            "Only names of this machine are answered.",
            "把对外的域名写进 XINGLIN_HOSTS. Name the site's own host in XINGLIN_HOSTS.",
        ),
        (
            8,
            settings.LOG != "json",
            "Logs are written for eyes, not for machines.",
            "去掉 XINGLIN_LOG，或设为 json. Unset XINGLIN_LOG.",
        ),
        (
            9,
            database["ENGINE"].endswith("postgresql") and _may_be_another_server(database),
            "The certificate of the database server is not verified.",
            "在 DATABASE_URL 里写 sslmode=verify-full&sslrootcert=…. Trust only the authority that signs your servers.",
        ),
    ]


def _crosses_a_network(database: dict[str, Any]) -> bool:
    return not _is_local(database) and _mode(database) in {"disable", "allow", "prefer"}


def _may_be_another_server(database: dict[str, Any]) -> bool:
    """Encrypted, but whoever answers under that name is believed to be the server."""
    return not _is_local(database) and _mode(database) in {"require", "verify-ca"}


def _is_local(database: dict[str, Any]) -> bool:
    hosts = str(database["OPTIONS"].get("host") or database.get("HOST") or "").split(",")
    return all(not host or host.startswith("/") or host in LOCAL_NAMES for host in hosts)


def _mode(database: dict[str, Any]) -> str:
    return str(database["OPTIONS"].get("sslmode", "prefer"))


@register("xinglin")
def networks_can_be_read(**_: Any) -> list[CheckMessage]:
    """Networks in settings are networks: else every request would fail."""
    found: list[CheckMessage] = []
    for name in ("XINGLIN_TRUSTED_PROXIES", "XINGLIN_METRICS_NETWORKS"):
        try:
            networks(tuple(getattr(settings, name)))
        except ValueError as error:
            hint = "写成 10.0.0.0/8,127.0.0.1 这样. Write addresses or networks, separated by commas."
            found.append(Error(f"{name}: {error}.", hint=hint, id="xinglin.E008"))
    return found


@register("xinglin")
def own_certificate_can_be_served(**_: Any) -> list[CheckMessage]:
    """XINGLIN_TLS_CERT and XINGLIN_TLS_KEY belong together and open without a passphrase."""
    certificate, key = settings.XINGLIN_TLS_CERT, settings.XINGLIN_TLS_KEY
    if not certificate and not key:
        return []
    hint = "证书和 PKCS#8 私钥要成对，本系统的账号能读。 Set both to a PEM pair that the service can read, the key as PKCS#8."
    fault = certificates.pair_fault(certificate, key)
    return [Error(f"XINGLIN_TLS_CERT, XINGLIN_TLS_KEY: {fault}.", hint=hint, id="xinglin.E032")] if fault else []


@register("xinglin")
def log_sink_has_an_address(**_: Any) -> list[CheckMessage]:
    """XINGLIN_LOG_SINK names a collector, and the files that go with it open (Q-12)."""
    if not settings.XINGLIN_LOG_SINK:
        return []
    try:
        asked = log_sink.collector_of(settings.XINGLIN_LOG_SINK)
        client_context(certificate=asked.certificate, key=asked.key, authority=asked.authority)
    except (OSError, ValueError) as error:
        fault = str(error) if type(error) is ValueError else f"a file does not open ({type(error).__name__})"
        return [Error(f"XINGLIN_LOG_SINK: {fault}.", hint="See docs/settings.md.", id="xinglin.E034")]
    return []


def _weak_secret_key() -> bool:
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:
        return True
    return len(key) < SECRET_KEY_LENGTH or key.startswith("development-only-")


def _key_errors() -> list[CheckMessage]:
    if not settings.XINGLIN_KEYS:
        return [Error("The master keys are missing.", hint="Set XINGLIN_KEYS (docs/settings.md).", id="xinglin.E006")]
    try:
        masters.parse(settings.XINGLIN_KEYS)
    except ImproperlyConfigured as error:
        return [Error(str(error), hint="See docs/settings.md for the format.", id="xinglin.E007")]
    return []
