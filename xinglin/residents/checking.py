"""What stops a report: missing fields, an unanswered return, contradictions hard or not yet confirmed (R-08, R-26)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Q

from xinglin.kernel import clock, masks
from xinglin.kernel.issues import Issue
from xinglin.people.models import Person
from xinglin.people.rules import missing_personal
from xinglin.vault.hashing import keyed_hash

from .cross_checks import RULES, Finding, Other, check, compared_by_rule
from .enums import CheckLevel, CorrectionStatus
from .models import CheckConfirmation, CheckRule
from .rules import missing_items, missing_training
from .selectors.subjects import Subject

SAME_PERSON = "same_person"


@dataclass(slots=True)
class Checked:
    """One record looked at: what is missing, and the contradictions with those already confirmed apart."""

    missing: list[Issue] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    fingerprints: dict[str, str] = field(default_factory=dict)
    confirmed: dict[str, CheckConfirmation] = field(default_factory=dict)

    @property
    def hard(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.is_hard]

    @property
    def unconfirmed(self) -> list[Finding]:
        """Soft contradictions that still want a reason."""
        return [f for f in self.findings if not f.is_hard and f.rule.code not in self.confirmed]

    @property
    def issues(self) -> list[Issue]:
        """Everything that stops the report, in the words of the list of what is missing."""
        found = list(self.missing) + [finding.issue for finding in self.hard]
        for finding in self.unconfirmed:
            issue = finding.issue
            found.append(Issue(issue.field, f"{issue.message}，需说明理由", "error", rule=issue.rule))
        return found


def levels_in_force() -> dict[str, str]:
    """Rule code → level of the newest edition that is in effect today."""
    rows = CheckRule.objects.filter(effective_from__lte=clock.today()).order_by("code", "edition")
    return {row.code: row.level for row in rows}


def checked(subjects: Sequence[Subject], levels: Mapping[str, str] | None = None) -> dict[int, Checked]:
    """Look at many records; four queries, whatever the number. ``levels``: as it would be under these, not as it is."""
    levels, others = levels_in_force() if levels is None else levels, others_of(subjects)
    confirmations: dict[int, dict[tuple[str, str], CheckConfirmation]] = {}
    rows = CheckConfirmation.objects.for_system("confirmations of subjects in scope").filter(
        enrollment_id__in=[s.id for s in subjects]
    )
    for row in rows:
        confirmations.setdefault(row.enrollment_id, {})[row.rule, row.fingerprint] = row
    return {s.id: _look(s, levels, others.get(s.id, []), confirmations.get(s.id, {})) for s in subjects}


class Lacking(NamedTuple):
    """How many things stop a report whatever anybody confirms (missing fields, hard contradictions), and how many of the
    missing fields only the resident can fill."""

    blocking: int
    personal: int


def lacking(subjects: Sequence[Subject], levels: Mapping[str, str] | None = None) -> dict[int, Lacking]:
    """What each record lacks, by subject id."""
    levels = levels_in_force() if levels is None else levels
    hard = {code: rule_level(code, levels) for code in RULES}
    only_hard = {code: level if level == CheckLevel.HARD else CheckLevel.OFF for code, level in hard.items()}
    others = others_of(subjects) if only_hard[SAME_PERSON] == CheckLevel.HARD else {}
    found = {}
    for s in subjects:
        personal = len(missing_personal(s.content))
        contradictions = check(s.content, only_hard, others.get(s.id, []))
        found[s.id] = Lacking(personal + len(missing_training(s.content)) + len(contradictions), personal)
    return found


def rule_level(code: str, levels: Mapping[str, str]) -> str:
    """The level of a rule: as set, else its own default."""
    return levels.get(code, RULES[code].level)


def _look(
    subject: Subject,
    levels: Mapping[str, str],
    others: list[Other],
    confirmations: dict[tuple[str, str], CheckConfirmation],
) -> Checked:
    result = Checked(missing=missing_items(subject.content))
    if subject.enrollment.correction_status == CorrectionStatus.REQUESTED:
        result.missing.append(Issue("", "个人信息已退回，本人还没有修改"))
    result.findings = check(subject.content, levels, others)
    for code, text in compared_by_rule(result.findings).items():
        fingerprint = keyed_hash(f"confirmation:{code}", text)
        result.fingerprints[code] = fingerprint
        if (code, fingerprint) in confirmations:
            result.confirmed[code] = confirmations[code, fingerprint]
    return result


def others_of(subjects: Iterable[Subject]) -> dict[int, list[Other]]:
    """Other persons with the same name and birth date, or the same phone, per subject."""
    wanted = {s.id: s.record.person for s in subjects}
    names = {p.name for p in wanted.values()}
    phones = {p.phone_hash for p in wanted.values() if p.phone_hash}
    births = {p.birth_date for p in wanted.values() if p.birth_date}
    rows = (
        Person.objects.for_system("the same human under two numbers, in the whole country")
        .select_related("key")
        .filter(Q(name__in=names, birth_date__in=births) | Q(phone_hash__in=phones))
    )
    by_name: dict[tuple[str, object], list[Person]] = {}
    by_phone: dict[str, list[Person]] = {}
    for row in rows:
        by_name.setdefault((row.name, row.birth_date), []).append(row)
        if row.phone_hash:
            by_phone.setdefault(row.phone_hash, []).append(row)
    found = {}
    for pk, person in wanted.items():
        near = {p.pk: p for p in [*by_name.get((person.name, person.birth_date), []),
                                  *by_phone.get(person.phone_hash, [])] if p.pk != person.pk}  # fmt: skip
        if near:
            found[pk] = [_other(p) for p in near.values()]
    return found


def _other(person: Person) -> Other:
    return Other(
        person_id=person.pk,
        name=person.name,
        birth_date=person.birth_date,
        phone=person.phone,
        id_number=masks.id_number(person.id_number, near=False),
    )


def report_issues(subject: Subject) -> list[Issue]:
    """What stops the report of one record."""
    return checked([subject])[subject.id].issues
