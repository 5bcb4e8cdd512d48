"""What a form field looks like: decides the shape, the classes and the words around a bound field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField

GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def shape_of(bound: BoundField) -> str:
    """Which template draws the field: check, group, fixed or line."""
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if bound.field.disabled:
        return "fixed"
    return "group" if isinstance(widget, GROUPS) else "line"


def context_of(bound: BoundField, *, comment: str = "", hint: str | None = None, css: str = "") -> dict[str, Any]:
    """Everything ui/parts/field.html needs: error replaces help, a comment of a return stands by the field."""
    form = bound.form
    comment = comment or getattr(form, "comments", {}).get(bound.name, "")
    help_text = bound.help_text if hint is None else hint
    key = bound.auto_id or bound.name
    shape = shape_of(bound)
    said = [f"{key}-error"] if bound.errors else [f"{key}-help"] if help_text else []
    said += [f"{key}-comment"] if comment else []
    mandatory = bound.field.required or bound.name in getattr(form, "mandatory", ())
    return {
        "bound": bound,
        "key": key,
        "shape": shape,
        "help": help_text,
        "comment": comment,
        "warnings": getattr(form, "warnings", {}).get(bound.name, []),
        "mandatory": mandatory and not bound.field.disabled,
        "show_when": getattr(form, "show_when", {}).get(bound.name, ""),
        "css": css,
        "described": " ".join(said),
        "widget": bound.as_widget(attrs=_attrs(bound, shape, said, mandatory, bool(comment)))
        if shape != "fixed"
        else "",
        "shown": shown_value(bound) if shape == "fixed" else "",
    }


def _attrs(bound: BoundField, shape: str, said: list[str], mandatory: bool, returned: bool) -> dict[str, Any]:
    base = {"check": "form-check-input", "group": "form-check-input"}.get(shape, "form-control")
    if isinstance(bound.field.widget, forms.Select) and shape == "line":
        base = "form-select"
    own = bound.field.widget.attrs.get("class", "")
    marked = " is-invalid" if bound.errors or returned else ""
    attrs: dict[str, Any] = {"class": f"{base} {own}".strip() + marked}
    if said and shape != "group":
        attrs["aria-describedby"] = " ".join(said)
    if bound.errors and shape != "group":
        attrs["aria-invalid"] = "true"
    if mandatory and shape == "line":
        attrs["aria-required"] = "true"
    return attrs


def shown_value(bound: BoundField) -> str:
    """The value of a read-only field in words: the label of a choice, -- for nothing."""
    value = bound.value()
    choices = getattr(bound.field, "choices", None)
    if choices and value not in (None, ""):
        return str(dict(_flat(choices)).get(str(value), value))
    shown = getattr(bound.field.widget, "shown", None)
    if callable(shown):
        return str(shown(value))
    return "--" if value in (None, "") else str(bound.field.prepare_value(value))


def _flat(choices: Any) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for value, label in choices:
        flat += [(str(v), str(w)) for v, w in label] if isinstance(label, (list, tuple)) else [(str(value), str(label))]
    return flat
