"""Saving 培训信息 from a form that was open for a while: whoever was slower is told, and loses nothing (R-05)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from xinglin.kernel import clock
from xinglin.kernel.errors import Stale
from xinglin.kernel.viewer import Viewer
from xinglin.reviews.content import digest

from ..models import Enrollment
from ..selectors.record_page import last_training_save
from ..selectors.subjects import training_content
from .training import save_training


@transaction.atomic
def save_seen(enrollment_id: int, values: Mapping[str, Any], *, seen: str, by: Viewer) -> list[str]:
    """As ``save_training``; ``seen`` is the digest of 培训信息 as the form showed it.

    Raises Stale, with who saved when, where it has changed since. Nothing is written then.
    """
    rows = Enrollment.objects.visible_to(by).filter(pk=enrollment_id)
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    row = rows.first()
    if row is not None and digest(training_content(row)) != seen:
        entry = last_training_save(by, row)
        who = f"{entry.actor_name}（{clock.local(entry.at):%Y-%m-%d %H:%M:%S}）" if entry else "别人"
        raise Stale(f"您打开之后，{who}保存了这条记录的培训信息。您填的内容还在，请核对下面标出的不同，再保存。")
    return save_training(enrollment_id, values, by=by)
