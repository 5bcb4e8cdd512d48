"""Where a request comes from: the peer, or what trusted proxies say of it (P-08, XINGLIN_TRUSTED_PROXIES).

Anybody may send X-Forwarded-For. It is read from the right, and only as far as trusted proxies wrote it: each proxy
adds the address that it saw, so the first one from the right that is no proxy of ours is the truth.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
V6_PREFIX = 64  # what one household or ward gets; single addresses of it cost nothing
LONGEST = 60  # characters of one entry; an address with zone and port is shorter


def address_of(request: HttpRequest) -> str:
    """The caller's address as text, "" when the server does not say (a socket file, a test)."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    here = _read(peer)
    if here is None or not _trusted(here):
        return str(here) if here else peer
    for entry in reversed(str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")):
        found = _read(entry)
        if found is None:
            break
        here = found
        if not _trusted(here):
            break
    return str(here)


def network_of(address: str) -> str:
    """What is counted as one caller: an IPv4 address, or the /64 of an IPv6 address."""
    found = _read(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, V6_PREFIX), strict=False))
    return str(found) if found else address


def masked(address: str) -> str:
    """Enough to recognise one's own network: `10.20.*.*`, `2001:db8:*`."""
    found = _read(address)
    if found is None:
        return ""
    if isinstance(found, IPv4Address):
        first, second = str(found).split(".")[:2]
        return f"{first}.{second}.*.*"
    return ":".join(part.lstrip("0") or "0" for part in found.exploded.split(":")[:2]) + ":*"


def _read(text: str) -> Address | None:
    """An address out of `1.2.3.4`, `1.2.3.4:56`, `[2001:db8::1]:56`; an IPv4 address in IPv6 clothes is undressed."""
    word = text.strip()
    if not word or len(word) > LONGEST:
        return None
    if word.startswith("["):
        word = word[1:].split("]")[0]
    elif word.count(":") == 1:
        word = word.split(":")[0]
    try:
        found = ip_address(word)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _trusted(address: Address) -> bool:
    return any(address in network for network in _networks(tuple(settings.XINGLIN_TRUSTED_PROXIES)))


@lru_cache(maxsize=8)
def _networks(words: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    """Raises ValueError, in English for the operator, for what is no network."""
    return tuple(ip_network(word, strict=False) for word in words)
