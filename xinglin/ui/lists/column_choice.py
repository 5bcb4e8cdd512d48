"""The lines of 列设置 as HTML, kept for each arrangement: a list of forty columns would cost as much as its rows."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe

from xinglin.ui.templatetags.xl import icon

from . import registry
from .parts import Column
from .preferences import Preference, fixed_names, shown_columns
from .spec import ListSpec


def lines(spec: ListSpec, preference: Preference) -> SafeString:
    """One line a column: shown, fixed, up and down; the shown ones in their order, then the others."""
    return _lines(
        spec.name, tuple(column.name for column in shown_columns(spec, preference)), fixed_names(spec, preference)
    )


@lru_cache(maxsize=512)
def _lines(name: str, shown: tuple[str, ...], fixed: tuple[str, ...]) -> SafeString:
    spec = registry.get(name)
    order = [*shown, *(column.name for column in spec.columns if column.name not in shown)]
    return mark_safe("".join(_line(spec.column_of[name], name in shown, name in fixed) for name in order))


def _line(column: Column, shown: bool, fixed: bool) -> str:
    label, name = escape(column.head), escape(column.name)
    off = " disabled" if column.always else ""
    moves = "".join(
        f'<button class="xl-iconbtn" name="{verb}" value="{name}" aria-label="{said} {label}">{icon(f"arrow-{verb}", "s")}</button>'
        for verb, said in (("up", "上移"), ("down", "下移"))
    )
    return (
        f'<li><input type="hidden" name="order" value="{name}"><label class="xl-grow">'
        f'<input class="form-check-input" type="checkbox" name="show" value="{name}"{_tick(shown)}{off}> {label}</label>'
        f'<input class="form-check-input" type="checkbox" name="fix" value="{name}"{_tick(fixed)} aria-label="固定 {label}">'
        f"{moves}</li>"
    )


def _tick(on: bool) -> str:
    return " checked" if on else ""
