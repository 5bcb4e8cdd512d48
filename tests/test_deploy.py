"""The files of a production set-up fit the product that they start (Q-12, Q-13)."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from tests.sources import ROOT
from xinglin.config.secret_values import NAMES

pytestmark = pytest.mark.req("Q-12", "Q-13")
UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))
TIMERS = sorted((ROOT / "deploy/systemd").glob("*.timer"))
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "RestrictSUIDSGID": "yes",
    "CapabilityBoundingSet": "",
    "SystemCallFilter": "@system-service",
    "UMask": "0077",
    "StateDirectoryMode": "0700",
}


def unit(path: Path) -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text())
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_hardened_and_reads_its_settings(path):
    service = unit(path)["Service"]
    assert {name: service.get(name) for name in HARDENED} == HARDENED
    assert service["User"] == "xinglin" and service["EnvironmentFile"] == "/etc/xinglin/xinglin.env"
    assert "MemoryDenyWriteExecute" not in service, "native modules need it not to be set"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_command_that_exists(path):
    text = path.read_text()
    called = re.findall(r"/bin/xinglin ([a-z-]+)", text)
    assert called and {name.replace("-", "_") for name in called} <= set(get_commands())


@pytest.mark.parametrize("path", [*UNITS, ROOT / "deploy/xinglin-run"], ids=lambda path: path.name)
def test_a_unit_takes_every_secret_from_credentials(path):
    """Without a path: looked for in /etc/credstore.encrypted, and left out where it is not."""
    assert sorted(re.findall(r"LoadCredentialEncrypted=(\S+)", path.read_text())) == sorted(NAMES)


def test_the_command_by_hand_is_a_shell_script_that_runs_as_the_service():
    script = ROOT / "deploy/xinglin-run"
    assert script.stat().st_mode & 0o111
    assert subprocess.run(["sh", "-n", script]).returncode == 0
    assert "User=xinglin" in script.read_text() and "EnvironmentFile=/etc/xinglin/xinglin.env" in script.read_text()


@pytest.mark.parametrize("path", TIMERS, ids=lambda path: path.name)
def test_a_timer_has_its_service_and_the_platforms_time(path):
    assert path.with_suffix(".service") in UNITS
    assert unit(path)["Timer"]["OnCalendar"].endswith("Asia/Shanghai")


def test_services_that_must_live_are_started_again():
    for name in ("xinglin-web.service", "xinglin-worker@.service"):
        assert unit(ROOT / "deploy/systemd" / name)["Service"]["Restart"] == "always"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed here")
def test_systemd_reads_the_units():
    told = subprocess.run(["systemd-analyze", "verify", *UNITS, *TIMERS], capture_output=True, text=True).stderr
    known = ("is not executable", "Failed to prepare filename", "/etc/xinglin/xinglin.env")
    strange = [line for line in told.splitlines() if "xinglin" in line and not any(word in line for word in known)]
    assert not strange, "\n".join(strange)


@pytest.mark.parametrize("name", ["nginx/xinglin.conf", "Caddyfile"])
def test_proxies_keep_the_figures_in_and_limit_time_and_size(name):
    text = (ROOT / "deploy" / name).read_text()
    assert "/metrics" in text and "CHANGE" in text
    assert re.search(r"client_header_timeout 10s|read_header 10s", text)
    assert re.search(r"client_max_body_size 12m|max_size 12MB", text)
    assert "Content-Security-Policy" not in text, "comes from the product, once"


def test_no_log_of_nginx_keeps_what_was_typed():
    text = (ROOT / "deploy/nginx/xinglin.conf").read_text()
    (line,) = re.findall(r"log_format xinglin '([^']+)'", text)
    assert not re.search(r"\$request\b|\$args|\$query_string|\$request_uri|\$http_referer|\$http_cookie", line)
    assert all(log.split()[1] in {"off", "/var/log/nginx/xinglin.log"} for log in re.findall(r"access_log [^;]+", text))


def test_the_proxy_overwrites_what_clients_say_of_themselves():
    text = (ROOT / "deploy/nginx/xinglin-proxy.conf").read_text()
    for header, value in (("X-Forwarded-For", "$remote_addr"), ("X-Forwarded-Proto", "$scheme"), ("Forwarded", '""')):
        assert re.search(rf"^proxy_set_header {header} {re.escape(value)};", text, re.M), header


def test_a_host_name_serves_this_application_alone():
    """Another application under the same name would share its origin: scripts, storage, cookies."""
    nginx = (ROOT / "deploy/nginx/xinglin.conf").read_text()
    assert len(set(re.findall(r"server_name ([^;]+);", nginx))) == 1
    assert set(re.findall(r"proxy_pass https?://([^;/]+);", nginx)) == set(re.findall(r"upstream (\w+)", nginx))
    assert re.findall(r"(?:alias|root) ([^;]+);", nginx) == ["/srv/xinglin/staticfiles/"]
    caddy = (ROOT / "deploy/Caddyfile").read_text()
    assert len(re.findall(r"^[^\s{#].*\{", caddy, re.M)) == 1
    assert len(re.findall(r"reverse_proxy", caddy)) == 1
    assert re.findall(r"root \* (\S+)", caddy) == ["/srv/xinglin/staticfiles"]
    assert settings.SESSION_COOKIE_DOMAIN is None and settings.CSRF_COOKIE_DOMAIN is None
    told = (ROOT / "docs/operations/production.md").read_text()
    assert "a host name of its own" in told


def test_nginx_redirects_pages_only():
    """A program that asks over http must fail, not be led on: else what it sends goes in the clear for years."""
    plain = (ROOT / "deploy/nginx/xinglin.conf").read_text().split("server {")[1]
    assert "location / { return 308 https://$host$request_uri; }" in plain
    for path in ("/metrics", "/healthz", "/readyz"):
        assert f"location = {path} {{ return 404; }}" in plain


def test_proxies_speak_tls_to_the_product_and_know_its_certificate():
    nginx, proxy, caddy = (
        (ROOT / "deploy" / name).read_text() for name in ("nginx/xinglin.conf", "nginx/xinglin-proxy.conf", "Caddyfile")
    )
    legs = re.findall(r"proxy_pass (\w+)://", nginx) + re.findall(r"reverse_proxy (\w+)://", caddy)
    assert len(legs) == 5 and set(legs) == {"https"}
    assert "proxy_ssl_verify on;" in proxy and "proxy_ssl_name xinglin.internal;" in proxy
    assert "insecure" not in caddy and "tls_server_name xinglin.internal" in caddy
    trusted = re.findall(r"(?:proxy_ssl_trusted_certificate|tls_trust_pool file) (\S+?);?$", proxy + caddy, re.M)
    example = (ROOT / "deploy/xinglin.env.example").read_text()
    assert len(trusted) == 2 and {f"XINGLIN_TLS_CERT={path}" for path in trusted} <= set(example.splitlines())
