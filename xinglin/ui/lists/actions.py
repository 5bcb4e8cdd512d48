"""Keeping how a user likes a list."""

from __future__ import annotations

from typing import Any

from xinglin.kernel.viewer import Viewer

from .models import ListPreference
from .spec import ListSpec


def save_preference(spec: ListSpec, *, by: Viewer, **changes: Any) -> None:
    """Keep some of the choice; the rest stays. The last write wins: this is one person's taste, not a record."""
    if by.user_id is None:
        return
    row, _ = ListPreference.objects.get_or_create(user_id=by.user_id, name=spec.name)
    ListPreference.objects.filter(pk=row.pk).update(choice={**row.choice, **changes})
