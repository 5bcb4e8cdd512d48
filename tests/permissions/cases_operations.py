"""Addresses of health and metrics."""

from __future__ import annotations

from .case import Case

CASES: dict[str, Case] = {
    "healthz": Case(public=True),
    "readyz": Case(public=True),
    "metrics": Case(
        public=True
    ),  # public of accounts: guarded by address or token (xinglin/config/tests/test_health.py)
}
