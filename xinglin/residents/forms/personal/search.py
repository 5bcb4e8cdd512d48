"""A long list with a search of the browser's own: type part of a name, choose from what is offered."""

from __future__ import annotations

from typing import Any

from django import forms

from xinglin.dictionaries import selectors as dictionaries


class SearchInput(forms.TextInput):
    """A code of a table, shown and typed as its label."""

    template_name = "residents/own/search_input.html"

    def __init__(self, table: str) -> None:
        super().__init__({"autocomplete": "off", "placeholder": "输入名称查找"})
        self.table = table

    def format_value(self, value: Any) -> str:
        """A code in words; what was typed stays as it is."""
        return dictionaries.label(self.table, str(value)) if value else ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["options"] = [label for _, label in dictionaries.choices(self.table)]
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs'].get('id', name)}-list"
        return context
