"""Keyed hashes: equality without the value (uniqueness, sign-in, exact and last-six search; P-19)."""

import hmac

from .masters import masters


def keyed_hash(kind: str, value: str) -> str:
    """64 hex digits of HMAC-SHA256 over kind and value; the same value under two kinds hashes differently."""
    return hmac.digest(masters().index, f"{kind}\x00{value}".encode(), "sha256").hex()
