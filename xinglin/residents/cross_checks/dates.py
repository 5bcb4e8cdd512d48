"""Dates in order (hard), and dates that are unusual (soft)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from .comparing import differ, piece
from .facts import TRAINING, Facts, level_label
from .finding import Contradiction
from .identity import BIRTH_DATE
from .qualifications import QUALIFIED_ON

REGISTERED_ON = "qualifications.registered_on"
STARTS_ON, ENDS_ON = f"{TRAINING}.starts_on", f"{TRAINING}.ends_on"


def _before(facts: Facts, first: str, second: str, message: str, same_day: bool = True) -> Iterator[Contradiction]:
    """Says the message when the first date is after the second (or on the same day, where that cannot be)."""
    one, other = facts.day(first), facts.day(second)
    if one and other and (one > other or (one == other and not same_day)):
        yield differ(message, piece(first, one), piece(second, other))


def dates_in_order(facts: Facts) -> Iterator[Contradiction]:
    graduations = [f"education.{level}.graduated_on" for level in facts.levels]
    for key, level in zip(graduations, facts.levels, strict=True):
        yield from _before(facts, BIRTH_DATE, key, f"{level_label(level)}毕业时间不能早于出生日期", same_day=False)
    told = [(key, level) for key, level in zip(graduations, facts.levels, strict=True) if facts.day(key)]
    for (lower, low), (higher, high) in pairwise(told):
        yield from _before(facts, lower, higher, f"{level_label(high)}毕业时间不能早于{level_label(low)}毕业时间")
    yield from _before(facts, BIRTH_DATE, QUALIFIED_ON, "取得资格证书时间不能早于出生日期", same_day=False)
    yield from _before(facts, QUALIFIED_ON, REGISTERED_ON, "执业注册时间不能早于取得资格证书时间")
    yield from _before(facts, BIRTH_DATE, REGISTERED_ON, "执业注册时间不能早于出生日期", same_day=False)
    yield from _before(facts, BIRTH_DATE, STARTS_ON, "培训开始日期不能早于出生日期", same_day=False)
    yield from _before(facts, STARTS_ON, ENDS_ON, "计划结束日期应晚于培训开始日期", same_day=False)


def training_starts_after_graduation(facts: Facts) -> Iterator[Contradiction]:
    """Whoever begins has finished some education; a later degree may be earned during training."""
    days = [(day, f"education.{level}.graduated_on") for level in facts.levels
            if (day := facts.day(f"education.{level}.graduated_on"))]  # fmt: skip
    if days:
        yield from _before(facts, min(days)[1], STARTS_ON, "培训开始日期早于最早的毕业时间")


def past_dates_are_past(facts: Facts) -> Iterator[Contradiction]:
    keys = [f"education.{level}.graduated_on" for level in facts.levels] + [QUALIFIED_ON, REGISTERED_ON]
    for key in keys:
        day = facts.day(key)
        if day and day > facts.today:
            yield differ("填写的日期还没有到", piece(key, day))
