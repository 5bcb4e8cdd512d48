"""The association switches a cross-check between hard, soft and off (R-26)."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Max

from xinglin.history import actions as history
from xinglin.history.actions import Entry
from xinglin.history.enums import UpdateType
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused, Stale
from xinglin.kernel.viewer import Viewer

from ..enums import CheckLevel
from ..models import CheckRule
from ..selectors.rules import RuleInForce, rule_in_force
from .completeness import recount_open

PERMISSION = "rules.edit"
LONGEST_REASON = 200


@transaction.atomic
def set_level(code: str, level: str, *, reason: str, by: Viewer, seen: int | None = None) -> CheckRule:
    """Write the next edition of a rule, in force from today on; earlier editions stay.

    ``seen``: the edition on which the decision rests. Records already reported or decided stay as they are; how much
    each open one lacks is counted anew, in the background when there are many. Raises
    NotAllowed; Refused for an unknown rule or level, the level that holds already, or a reason missing or longer than
    200 characters; Stale when somebody else changed the rule meanwhile.
    """
    by.require(PERMISSION)
    rule, reason = rule_in_force(code), reason.strip()
    if rule is None:
        raise Refused("没有这条核对规则。")
    if level not in CheckLevel.values:
        raise Refused("请选择“不符不能上报”“说明理由后可上报”或“停用”。", field="level")
    if seen is not None and seen != rule.edition:
        raise _stale(rule)
    if level == rule.level:
        raise Refused(f"“{rule.rule.title}”现在就是“{rule.level.label}”，没有改动。", field="level")
    if not reason:
        raise Refused("请写明调整的理由或依据。", field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"理由不能超过 {LONGEST_REASON} 字，现在是 {len(reason)} 字。", field="reason")
    newest = CheckRule.objects.filter(code=code).aggregate(newest=Max("edition"))["newest"] or 0
    try:
        with transaction.atomic():
            row = CheckRule.objects.create(
                code=code, edition=newest + 1, level=level, effective_from=clock.today(), source=reason,
                set_by_name=by.user_name,
            )  # fmt: skip
    except IntegrityError:
        raise _stale(rule) from None
    history.record([_entry(rule, row, by)], by=by)
    recount_open(by=by)
    return row


def _stale(rule: RuleInForce) -> Stale:
    return Stale(f"“{rule.rule.title}”刚刚被别人调整过，请重新看过再决定。")


def _entry(rule: RuleInForce, row: CheckRule, by: Viewer) -> Entry:
    return Entry(
        verb="rule.set_level",
        update_type=UpdateType.CHANGED,
        subject_type="check_rule",
        subject_id=row.code,
        organization_path=by.organization_path,
        organization_name=by.organization_name,
        changes={rule.rule.title: [rule.level.label, CheckLevel(row.level).label]},
        reason=row.source,
        facts={"edition": row.edition, "effective_from": row.effective_from.isoformat()},
    )
