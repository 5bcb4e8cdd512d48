"""Every rule in the order of the screens, and the one function that runs them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..enums import CheckLevel
from . import dates, education, identity, qualifications, same_person, training
from .facts import Facts
from .finding import Contradiction, Finding, Rule
from .same_person import Other

_HARD, _SOFT = CheckLevel.HARD, CheckLevel.SOFT
_GB_11643 = "GB 11643 公民身份号码"
_DIPLOMA = "学历证书编号规则（2001 年起 18 位，行业资料）"
_DEGREE = "学位证书编号规则（16 位，行业资料）"
_CODE = "医师资格证书编码规则（24 或 27 位，行业资料）"
_OURS = "本系统默认规则"

_ALL = (
    Rule("id_checksum", "证件号校验位", _GB_11643, _HARD, identity.number_is_valid),
    Rule("id_sex", "证件号与性别", _GB_11643, _HARD, identity.number_against_sex),
    Rule("id_birth_date", "证件号与出生日期", _GB_11643, _HARD, identity.number_against_birth_date),
    Rule("date_order", "日期先后", _OURS, _HARD, dates.dates_in_order),
    Rule("uscc_checksum", "统一社会信用代码校验位", "GB 32100 法人和其他组织统一社会信用代码", _HARD, training.employer_code_is_valid),
    Rule("diploma_year", "学历证书编号与毕业年份", _DIPLOMA, _SOFT, education.diploma_against_year),
    Rule("diploma_level", "学历证书编号与学历层次", _DIPLOMA, _SOFT, education.diploma_against_level),
    Rule("degree_year", "学位证书编号与毕业年份", _DEGREE, _SOFT, education.degree_against_year),
    Rule("degree_level", "学位证书编号与学历层次", _DEGREE, _SOFT, education.degree_against_level),
    Rule("degree_name_level", "学位与学历层次", "GB/T 6864 学位代码", _SOFT, education.degree_name_against_level),
    Rule("diploma_degree_school", "学历与学位证书编号的院校代码", f"{_DIPLOMA}；{_DEGREE}", _SOFT, education.diploma_against_degree),
    Rule("certificate_form", "学历、学位证书编号的位数", f"{_DIPLOMA}；{_DEGREE}", _SOFT, education.numbers_have_the_common_form),
    Rule("age_education", "年龄与学历", _OURS, _SOFT, education.age_against_education),
    Rule("qualification_id", "医师资格证书编码与证件号", _CODE, _SOFT, qualifications.code_against_id_number),
    Rule("qualification_year", "医师资格证书编码与取得时间", _CODE, _SOFT, qualifications.code_against_year),
    Rule("qualification_level", "医师资格证书编码与级别", _CODE, _SOFT, qualifications.code_against_level),
    Rule("qualification_category", "医师资格证书编码与类别", _CODE, _SOFT, qualifications.code_against_category),
    Rule("qualification_form", "医师资格证书编码的位数", _CODE, _SOFT, qualifications.code_has_the_common_form),
    Rule("start_after_graduation", "培训开始与毕业时间", _OURS, _SOFT, dates.training_starts_after_graduation),
    Rule("date_in_future", "尚未到来的日期", _OURS, _SOFT, dates.past_dates_are_past),
    Rule("same_person", "同一人使用两个证件号", _OURS, _SOFT, same_person.under_two_numbers),
)  # fmt: skip
RULES: dict[str, Rule] = {rule.code: rule for rule in _ALL}


def check(
    content: Mapping[str, Any],
    levels: Mapping[str, str] | None = None,
    others: Sequence[Other] = (),
    today: dt.date | None = None,
) -> list[Finding]:
    """All findings of one record, hard ones first.

    content: field key → JSON value. levels: rule code → hard, soft or off, where it is not the rule's own default.
    others: people who share name and birth date, or the phone, with this one. Unknown rule codes are ignored.
    """
    facts = Facts(content, others, today)
    found = list(_findings(facts, levels or {}))
    return sorted(found, key=lambda finding: not finding.is_hard)


def compared_by_rule(findings: Sequence[Finding]) -> dict[str, str]:
    """Rule code → everything its findings compared, as one text for the keyed hash under which a reason is kept.

    A reason is given once per rule and record; another value gives another text, and the reason is void. The text
    holds ID numbers: hash it at once, store or log it never.
    """
    compared: dict[str, set[str]] = {}
    for finding in findings:
        compared.setdefault(finding.rule.code, set()).update(finding.compared)
    return {code: "\n".join(sorted(values)) for code, values in compared.items()}


def _findings(facts: Facts, levels: Mapping[str, str]) -> Iterator[Finding]:
    for rule in _ALL:
        level = CheckLevel(levels.get(rule.code, rule.level))
        if level != CheckLevel.OFF:
            for contradiction in rule.find(facts):
                yield Finding(rule, level, contradiction.message, contradiction.pieces, _compared(facts, contradiction))


def _compared(facts: Facts, contradiction: Contradiction) -> tuple[str, ...]:
    return tuple(f"{p.key}={facts.text(p.key) if p.key else p.value}" for p in contradiction.pieces)
