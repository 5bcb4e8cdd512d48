"""The form field of a declaration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.urls import reverse_lazy

from xinglin.dictionaries import selectors as dictionaries
from xinglin.kernel import names, phones, text, uscc
from xinglin.kernel.declarations import SHORT, Declaration

LONG_TABLE = 400
Cleaner = Callable[[Any], str]

_CLEANERS: dict[str, Cleaner] = {
    "mobile": phones.clean_mobile,
    "name": names.clean_name,
    "uscc": uscc.check,
    "id_number": text.normalise_code,
}
_ATTRS: dict[str, dict[str, str]] = {
    "mobile": {"type": "tel", "inputmode": "tel", "autocomplete": "tel", "maxlength": "20"},
    "name": {"autocomplete": "name"},
    "id_number": {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"},
}


class CleanedField(forms.CharField):
    """Text that the kernel cleans and checks; its ValueError is the message for the user."""

    def __init__(self, *, cleaner: Cleaner = text.normalise, **options: Any) -> None:
        super().__init__(**options)
        self.cleaner = cleaner

    def to_python(self, value: Any) -> str:
        plain = text.normalise(value)
        if not plain:
            return ""
        try:
            return self.cleaner(plain)
        except ValueError as reason:
            raise forms.ValidationError(str(reason)) from reason


class CodeField(forms.ChoiceField):
    """A code of a table; the label typed instead is accepted, something near is suggested."""

    def __init__(self, *, table: str, **options: Any) -> None:
        self.table = table
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        return dictionaries.code_for(self.table, value) or super().to_python(value)

    def validate(self, value: str) -> None:
        forms.Field.validate(self, value)
        if not value or self.valid_value(value) or dictionaries.code_for(self.table, value):
            return
        near = dictionaries.nearest(self.table, value)
        hint = f"是不是“{near}”？" if near else "请从列表里选。"
        raise forms.ValidationError(f"没有“{value}”这一项，{hint}")


class DivisionInput(forms.TextInput):
    """A code of a deep table; a script turns it into linked lists, without scripts the code is typed."""

    template_name = "ui/widgets/cascade.html"

    def __init__(self, table: str) -> None:
        super().__init__({"data-cascade": reverse_lazy("ui:codes", args=[table]), "inputmode": "numeric"})
        self.table = table

    def shown(self, value: Any) -> str:
        """The code in words."""
        return dictionaries.label(self.table, value) or "--"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["shown"] = self.shown(value) if value else ""
        return context


def _bool(value: Any) -> bool | None:
    return {"1": True, "True": True, True: True, "0": False, "False": False, False: False}.get(value)


class YesNoField(forms.TypedChoiceField):
    """是 / 否 as two radio buttons; nothing chosen is None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            coerce=_bool, empty_value=None, choices=[("1", "是"), ("0", "否")], widget=forms.RadioSelect, **options
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "1", False: "0"}.get(value, value)


def form_field(
    declaration: Declaration, *, required: bool = False, choices: Sequence[tuple[str, str]] | None = None
) -> forms.Field:
    """The Django form field for a declaration.

    choices replaces the code table's choices (a base's own specialties). Pictures are no form fields: they are
    uploaded by themselves (``{% upload %}``), so kind 'image' raises ValueError.
    """
    common: dict[str, Any] = {"label": declaration.label, "help_text": declaration.help, "required": required}
    if declaration.kind == "image":
        raise ValueError(f"{declaration.name}: pictures are uploaded, not typed")
    if declaration.kind == "bool":
        return YesNoField(**common)
    if declaration.kind == "date":
        return forms.DateField(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **common)
    if declaration.kind == "int":
        return forms.IntegerField(min_value=0, widget=forms.NumberInput({"inputmode": "numeric"}), **common)
    if declaration.code_table or choices is not None:
        return _code_field(declaration, choices, common)
    return _text_field(declaration, common)


def _code_field(
    declaration: Declaration, choices: Sequence[tuple[str, str]] | None, common: dict[str, Any]
) -> forms.Field:
    found = list(dictionaries.choices(declaration.code_table) if choices is None else choices)  # type: ignore[arg-type]
    table = declaration.code_table or ""
    if not table:
        return forms.ChoiceField(choices=[("", "请选择"), *found], **common)
    if len(found) > LONG_TABLE:
        return CodeField(table=table, choices=(), widget=DivisionInput(table), **common)
    return CodeField(table=table, choices=[("", "请选择"), *found], **common)


def _text_cleaner(declaration: Declaration) -> Cleaner:
    return text.one_line if 0 < (declaration.max_length or 0) <= SHORT else text.normalise


def _text_field(declaration: Declaration, common: dict[str, Any]) -> forms.Field:
    attrs = dict(_ATTRS.get(declaration.kind, {}))
    if declaration.example:
        attrs["placeholder"] = f"如：{declaration.example}"
    long = declaration.kind == "text" and (declaration.max_length or 0) > 200
    widget = forms.Textarea({**attrs, "rows": "3"}) if long else forms.TextInput(attrs)
    if declaration.kind == "email":
        mail = forms.EmailInput({**attrs, "inputmode": "email", "autocomplete": "email"})
        return forms.EmailField(widget=mail, max_length=declaration.max_length, **common)
    cleaner = declaration.cleaner or _CLEANERS.get(declaration.kind, _text_cleaner(declaration))
    return CleanedField(cleaner=cleaner, max_length=declaration.max_length, widget=widget, **common)
