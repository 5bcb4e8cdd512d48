"""How many things a record still lacks, and how many of them only its resident can fill, kept on the enrollment so that
the flow can be counted at once (P-12, R-26).

What counts follows from rules: the mandatory fields, which are code, and the cross-checks that stop a report, whose
level the association sets. When either changes, every open record is counted anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet

from xinglin.jobs import actions as jobs
from xinglin.jobs.models import Job
from xinglin.kernel.bulk import update_rows
from xinglin.kernel.viewer import Viewer
from xinglin.people import rules as personal_rules

from .. import cross_checks, rules
from ..checking import lacking, levels_in_force
from ..models import Enrollment
from ..selectors.subjects import Subject, subjects

RECOUNT_JOB = "residents.recount"
COUNTED = ("missing_count", "missing_personal")
AT_ONCE = 300
"""Up to so many open records are counted within the change of a rule itself; more go to the background."""
STEP = 250
REASON = "how much is missing follows the rules for every open record"


def keep_missing_counts(found: Sequence[Subject]) -> None:
    """Store how much is missing after a save; inside the save's transaction."""
    for subject in found:
        subject.forget_content()
    update_rows(Enrollment, COUNTED, lacking(found).items())


@transaction.atomic
def recount(ids: Sequence[int]) -> int:
    """Count some open records anew; returns how many numbers changed. Records never saved stay without a number."""
    rows = _open_rows().filter(pk__in=ids).select_for_update()
    before = {pk: sizes for pk, *sizes in rows.order_by("pk").values_list("pk", *COUNTED)}
    now = lacking(list(subjects(before).values()))
    changed = [(pk, sizes) for pk, sizes in now.items() if list(sizes) != before[pk]]
    update_rows(Enrollment, COUNTED, changed)
    return len(changed)


def recount_open(*, by: Viewer) -> int | None:
    """Count every open record anew: at once when they are few (returns how many changed), else by a job (None)."""
    ids = open_ids(0, AT_ONCE + 1)
    if len(ids) <= AT_ONCE:
        return recount(ids)
    transaction.on_commit(lambda: _enqueue(by))
    return None


def recount_after_change(*, by: Viewer) -> bool:
    """Upkeep: enqueue a recount when the rules are not those of the last one; returns whether it did."""
    last = Job.objects.for_system(REASON).filter(name=RECOUNT_JOB).exclude(status__in=("failed", "cancelled"))
    newest = last.order_by("-created_at").first()
    if newest is not None and newest.arguments.get("rules") == rules_mark():
        return False
    _enqueue(by)
    return True


def open_ids(after: int, most: int) -> list[int]:
    """Ids of records whose report still depends on the rules, in steps."""
    rows = _open_rows().filter(pk__gt=after, missing_count__isnull=False)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:most])


def rules_mark() -> str:
    """Names the rules in force, the code of mandatory fields and cross-checks and the levels set, and what is counted."""
    return hashlib.sha256(f"{_code_mark()}{COUNTED}{sorted(levels_in_force().items())}".encode()).hexdigest()[:32]


@cache
def _code_mark() -> str:
    checks = Path(str(cross_checks.__file__)).parent
    files = [
        Path(str(rules.__file__)),
        Path(str(personal_rules.__file__)),
        *sorted(checks.glob("*.py")),
        *checks.glob("*.json"),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _open_rows() -> QuerySet[Enrollment]:
    return Enrollment.objects.for_system(REASON).filter(lapsed_at__isnull=True).exclude(review_status="approved")


def _enqueue(by: Viewer) -> None:
    arguments: Mapping[str, str] = {"rules": rules_mark()}
    jobs.enqueue(RECOUNT_JOB, by=by, arguments=dict(arguments), title="资料完整情况重新计算")
