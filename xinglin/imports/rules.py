"""Pure decisions about a checked import: which buttons work, and why not (P-21)."""

from __future__ import annotations

from collections.abc import Mapping

WHOLE_LIMIT = 10_000
"""Rows of one all-or-nothing run: one transaction of at most three seconds."""


def reason_against_whole(counts: Mapping[str, int]) -> str:
    """Why 全部导入 is off, "" when it is not (P-21)."""
    if counts.get("error"):
        return f"有 {counts['error']} 行错误，改好或去掉后才能全部导入"
    if counts.get("held"):
        return f"有 {counts['held']} 行提醒还没有确认"
    if counts.get("valid", 0) > WHOLE_LIMIT:
        return f"超过 {WHOLE_LIMIT:,} 行，不能放在一次里；请用“导入有效数据”"
    return "" if counts.get("valid") else "没有要导入的行"


def reason_against_valid(counts: Mapping[str, int]) -> str:
    """Why 导入有效数据 is off, "" when it is not (P-21)."""
    if counts.get("ready"):
        return ""
    return "请先确认提醒" if counts.get("held") else "没有可以导入的行"
