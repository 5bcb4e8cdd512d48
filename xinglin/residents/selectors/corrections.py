"""What residents wrote in answer to a return of the base (R-07)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from xinglin.kernel.remarks import COMMENT

from ..models import Correction


def replies_since_return(ids: Iterable[int]) -> dict[int, str]:
    """Enrollment id → the resident's words of the last answer since the province decided; the caller has the scope."""
    rows = Correction.objects.for_system("answers to returns of records in scope").filter(
        enrollment__in=list(ids), corrected_at__gt=F("enrollment__recruitment_review__decided_at")
    )
    found = {}
    for row in rows.order_by("corrected_at"):
        words = "；".join(filter(None, [row.reply, *row.replies.values()]))
        if words:
            found[row.enrollment_id] = f"本人说明：{words}"[:COMMENT]
    return found
