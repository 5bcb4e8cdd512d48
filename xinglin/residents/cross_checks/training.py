"""The employer's unified social credit code. Source: GB 32100."""

from __future__ import annotations

from collections.abc import Iterator

from xinglin.kernel import uscc

from .comparing import differ, piece
from .facts import TRAINING, Facts
from .finding import Contradiction

EMPLOYER_USCC, EMPLOYER_NAME = f"{TRAINING}.employer_uscc", f"{TRAINING}.employer_name"


def employer_code_is_valid(facts: Facts) -> Iterator[Contradiction]:
    code = facts.text(EMPLOYER_USCC)
    if not code:
        return
    try:
        uscc.check(code)
    except ValueError as error:
        name = facts.text(EMPLOYER_NAME) or "未填写"
        yield differ(f"工作单位：{error}", piece(EMPLOYER_USCC, code), piece(EMPLOYER_NAME, name))
