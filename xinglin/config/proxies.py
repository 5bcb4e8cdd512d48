"""What a reverse proxy says of a request counts only when the proxy is one of ours (Q-12).

TLS ends at the proxy, which tells in X-Forwarded-Proto whether the browser came by https; anybody who reaches us past
it could write the same. Where a request comes from is read by ``accounts.addresses``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Network = IPv4Network | IPv6Network
UNNAMED = "xinglin.unnamed_proxy"
"""Key of request.META: a proxy that the setting does not name stands between; its address says nothing about who asks."""
SAID_BY_PROXIES = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


@lru_cache(maxsize=32)
def networks(words: tuple[str, ...]) -> tuple[Network, ...]:
    """Addresses and networks as written in a setting. Raises ValueError for anything else."""
    return tuple(ip_network(word, strict=False) for word in words)


def within(address: str, words: Iterable[str]) -> bool:
    """Whether an address lies in one of the networks; text that is no address lies nowhere."""
    try:
        found = ip_address(address.strip())
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in network for network in networks(tuple(words)))


class ProxyMiddleware:
    """Takes away what proxies say when the peer is not one of XINGLIN_TRUSTED_PROXIES, and remembers that it did."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        if not within(str(meta.get("REMOTE_ADDR", "")), settings.XINGLIN_TRUSTED_PROXIES):
            said = [meta.pop(header, None) for header in SAID_BY_PROXIES]
            meta[UNNAMED] = any(said)
        return self.get_response(request)
