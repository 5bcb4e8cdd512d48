"""Confirming soft contradictions with a reason: by the resident, else by the base at report (R-26)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from xinglin.history import actions as history
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.remarks import REASON, remark
from xinglin.kernel.viewer import Viewer

from ..checking import checked
from ..models import CheckConfirmation, Enrollment
from ..selectors.subjects import history_entry, subjects


@transaction.atomic
def confirm(ids: Iterable[int], *, reason: str, by: Viewer, rules: Iterable[str] | None = None) -> int:
    """Confirm the open soft contradictions of one or many records with one reason; returns how many.

    ``rules`` limits it to some rule codes. Raises NotAllowed, Refused without a reason.
    """
    if not (by.is_person or by.may("residents.report")):
        raise NotAllowed("说明理由由本人或培训基地完成。")
    reason = remark(reason, REASON, field="reason")
    if not reason:
        raise Refused("请写明理由，例如“证书遗失后补办，编号以补办为准”。", field="reason")
    visible = list(Enrollment.objects.visible_to(by).filter(pk__in=list(ids)).values_list("pk", flat=True))
    found = subjects(visible)
    wanted = set(rules) if rules is not None else None
    now, entries, count = clock.now(), [], 0
    for pk, result in checked(list(found.values())).items():
        titles = []
        for finding in {f.rule.code: f for f in result.unconfirmed}.values():
            code = finding.rule.code
            if wanted is not None and code not in wanted:
                continue
            CheckConfirmation.objects.for_system("confirmation of a record in scope").create(
                enrollment_id=pk,
                rule=code,
                fingerprint=result.fingerprints[code],
                reason=reason,
                confirmed_at=now,
                confirmed_by_id=by.user_id,
                confirmed_by_name=by.user_name,
                confirmed_by_role=by.role_label,
            )
            titles.append(finding.rule.title)
        if titles:
            count += len(titles)
            entry = history_entry(found[pk], "check.confirm")
            entry.reason = reason
            entry.facts = {**entry.facts, "rules": titles}
            entries.append(entry)
    history.record(entries, by=by)
    return count
