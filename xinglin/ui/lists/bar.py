"""The filter bar as HTML: one form that is posted, so that no typed ID number ever stands in an address (P-19)."""

from __future__ import annotations

from html import escape

from django.utils.safestring import SafeString, mark_safe

from xinglin.kernel.viewer import Viewer

from .choices import option_html, options
from .filters import Condition
from .parts import Filter
from .spec import ListSpec
from .state import State

_ALL = '<option value="">全部</option>'


def fields(spec: ListSpec, state: State, viewer: Viewer) -> SafeString:
    """The fields of the bar; those beyond the first row carry a class by which the bar folds."""
    drawn = []
    for place, item in enumerate(spec.filters):
        condition = state.conditions.get(item.name)
        rest = ' class="xl-filter-rest"' if place >= spec.first else ""
        drawn.append(f"<div{rest}>{_field(item, condition, viewer)}</div>")
    return mark_safe("".join(drawn))


def is_open(spec: ListSpec, state: State) -> bool:
    """The bar is unfolded on request, or where a condition in force would be hidden."""
    hidden = {item.name for item in spec.filters[spec.first :]}
    return bool(state.more) or any(c.filter.name in hidden and not c.by_default for c in state.conditions.items)


def _field(item: Filter, condition: Condition | None, viewer: Viewer) -> str:
    key, label = f"f-{item.name}", escape(item.label)
    tag = f'<label for="{key}">{label}</label>'
    if item.kind == "date_range":
        return _date_range(item, condition, key, label)
    if item.kind == "multi":
        return _several(item, condition, key, viewer)
    if item.kind in {"choice", "bool", "year"}:
        return tag + _select(item, condition, key, viewer)
    return tag + _text(item, condition, key)


def _select(item: Filter, condition: Condition | None, key: str, viewer: Viewer) -> str:
    chosen = (condition.raw[0][1],) if condition else ()
    offered = option_html(item, viewer, chosen)
    return f'<select id="{key}" name="{item.name}" class="form-select{_on(condition)}">{_ALL}{offered}</select>'


def _several(item: Filter, condition: Condition | None, key: str, viewer: Viewer) -> str:
    """Check boxes that unfold: several values at once, also without scripts."""
    chosen = {value for _, value in condition.raw} if condition else set()
    boxes = "".join(
        f'<li><label><input class="form-check-input" type="checkbox" name="{item.name}" value="{escape(value)}"'
        f"{' checked' if value in chosen else ''}>{escape(label)}</label></li>"
        for value, label in options(item, viewer)
    )
    shown = f"已选 {len(chosen)} 项" if chosen else "全部"
    label = escape(item.label)
    return (
        f'<span class="xl-label" id="{key}-l">{label}</span><details class="xl-fold xl-several" data-menu>'
        f'<summary class="form-select{_on(condition)}" aria-label="{label}：{shown}">{shown}</summary>'
        f'<ul class="xl-fold-list" role="group" aria-labelledby="{key}-l">{boxes}</ul></details>'
    )


def _text(item: Filter, condition: Condition | None, key: str) -> str:
    if item.kind == "id_number":
        return _number(item, condition, key)
    value = escape(condition.raw[0][1]) if condition else ""
    hint = f' placeholder="{escape(item.placeholder)}"' if item.placeholder else ""
    return (
        f'<input id="{key}" name="{item.name}" class="form-control{_on(condition)}" type="text" value="{value}"'
        f' maxlength="100" autocomplete="off"{hint}>'
    )


def _number(item: Filter, condition: Condition | None, key: str) -> str:
    hint = item.placeholder or ("全号或后六位" if item.last6 else "完整号码")
    kept = (
        "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in condition.raw)
        if condition
        else ""
    )
    if condition:
        hint = condition.shown
    return (
        f'<input id="{key}" name="{item.name}" class="form-control{_on(condition)}" type="text" maxlength="40"'
        f' autocomplete="off" placeholder="{escape(hint)}">{kept}'
    )


def _date_range(item: Filter, condition: Condition | None, key: str, label: str) -> str:
    start, end = condition.value if condition else (None, None)
    inputs = "<span>～</span>".join(
        f'<input id="{key}-{word}" name="{item.name}_{word}" type="date" class="form-control{_on(condition)}"'
        f' value="{day.isoformat() if day else ""}" aria-label="{label}{said}">'
        for word, day, said in (("from", start, "从"), ("to", end, "到"))
    )
    return f'<label for="{key}-from">{label}</label><div class="xl-span">{inputs}</div>'


def _on(condition: Condition | None) -> str:
    return " xl-on" if condition else ""
