"""Addresses of code tables, settings, the association's overview, history seals."""

from __future__ import annotations

from .case import Case

CASES: dict[str, Case] = {}
