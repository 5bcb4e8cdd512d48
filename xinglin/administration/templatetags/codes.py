"""Words of the code table pages."""

from __future__ import annotations

from typing import Any

from django import template

from xinglin.dictionaries import amendments

register = template.Library()
_FIRST = 20


@register.filter
def counts_text(counts: dict[str, Any]) -> str:
    """新增 2，改名 1."""
    return amendments.counts_text(counts)


@register.filter
def first_changes(changes: dict[str, list[Any]]) -> list[tuple[str, list[Any]]]:
    """The first changes of a history row; a new edition may have thousands."""
    return list(changes.items())[:_FIRST]
