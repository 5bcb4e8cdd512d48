"""Looking at unmasked numbers leaves a trace (P-19, P-22)."""

from __future__ import annotations

from django.db import transaction

from xinglin.history import actions as history
from xinglin.kernel.viewer import Viewer

from ..selectors.subjects import Subject, history_entry

SHOWN = ("证件号", "手机", "紧急联系人电话", "医师资格证书编码")


@transaction.atomic
def view_identity(subject: Subject, *, by: Viewer) -> None:
    """Record that the viewer sees the full numbers of a record in scope. Raises NotAllowed."""
    by.require("residents.reveal")
    entry = history_entry(subject, "view.identity")
    entry.facts = {**entry.facts, "fields": list(SHOWN)}
    history.record([entry], by=by)
