"""Whether anything of the domain changed: a digest over every table that holds records."""

from __future__ import annotations

import hashlib

from django.apps import apps
from django.db import connection

APPS = {
    "organizations",
    "people",
    "accounts",
    "windows",
    "reviews",
    "residents",
    "history",
    "imports",
    "exports",
    "files",
}
NOT_DOMAIN = {"accounts_usedtoken", "accounts_signinfailure"}


def fingerprint() -> dict[str, str]:
    """Table name → digest of its rows."""
    digests = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            if model._meta.app_label not in APPS or table in NOT_DOMAIN:
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = sorted(repr([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in cursor)
            digests[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return digests


def changed(before: dict[str, str], after: dict[str, str] | None = None) -> list[str]:
    """Tables that differ from before; ``after``: where the digests of now are known."""
    after = fingerprint() if after is None else after
    return [table for table in after if after[table] != before.get(table)]
