"""Addresses of sign-in, forgotten passwords, sessions, messages."""

from __future__ import annotations

from .case import Case

CASES: dict[str, Case] = {}
