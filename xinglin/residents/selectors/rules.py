"""The cross-checks as they bind now, and how each came to its level (R-26)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xinglin.kernel import clock

from ..cross_checks import RULES, Rule
from ..enums import CheckLevel
from ..models import CheckRule


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """One rule with its level. ``edition`` counts the association's changes, 0 while the shipped level holds."""

    rule: Rule
    level: CheckLevel
    edition: int = 0
    since: date | None = None
    set_by: str = ""
    reason: str = ""

    @property
    def is_default(self) -> bool:
        return self.level == self.rule.level


def rules_in_force() -> list[RuleInForce]:
    """Every rule, in the order of the checks; one query."""
    rows = CheckRule.objects.filter(effective_from__lte=clock.today()).order_by("edition")
    newest = {row.code: row for row in rows}
    return [_in_force(rule, newest.get(code)) for code, rule in RULES.items()]


def rule_in_force(code: str) -> RuleInForce | None:
    """One rule, None for a code that is not in the product."""
    return next((row for row in rules_in_force() if row.rule.code == code), None)


def editions(code: str) -> list[tuple[CheckRule, CheckLevel]]:
    """The association's changes of one rule, newest first, each with the level before it."""
    rows = list(CheckRule.objects.filter(code=code).order_by("edition"))
    before = [RULES[code].level, *(CheckLevel(row.level) for row in rows)]
    return list(zip(rows, before, strict=False))[::-1]


def _in_force(rule: Rule, row: CheckRule | None) -> RuleInForce:
    if row is None:
        return RuleInForce(rule, rule.level)
    return RuleInForce(rule, CheckLevel(row.level), row.edition, row.effective_from, row.set_by_name, row.source)
