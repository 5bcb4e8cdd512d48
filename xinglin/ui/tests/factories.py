"""Invented viewers and menu entries for the tests of the frame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.test import RequestFactory

from xinglin.kernel.viewer import Viewer
from xinglin.ui import counts, navigation


def viewer(*permissions: str, **changes: Any) -> Viewer:
    """A base administrator with the permissions given."""
    words: dict[str, Any] = {
        "user_id": 7,
        "user_name": "方景行",
        "grant_id": 70,
        "role": "base_admin",
        "role_label": "基地管理员",
        "organization_id": 3,
        "organization_name": "云汀市第一人民医院",
        "organization_path": "/1/2/3/",
        "province_id": 2,
        "track": "western",
        "permissions": frozenset(permissions),
    }
    return Viewer(**{**words, **changes})


def request(path: str = "/", as_: Viewer | None = None, **extra: Any) -> Any:
    """A GET as the frame sees it."""
    asked = RequestFactory().get(path, **extra)
    asked.viewer = as_  # type: ignore[attr-defined]
    return asked


@contextmanager
def menu(*entries: navigation.MenuItem) -> Iterator[None]:
    """Only these menu entries exist meanwhile."""
    counts.forget()
    with mock.patch.object(navigation, "_items", {entry.key: entry for entry in entries}):
        yield
    counts.forget()
