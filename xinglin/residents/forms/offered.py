"""Text with suggestions of the browser's own: type part of it, choose from what is offered, or type something else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms


class OfferedInput(forms.TextInput):
    """A text field that offers words; whether others are taken is the form's matter."""

    template_name = "residents/own/search_input.html"

    def __init__(self, options: Sequence[str] = (), **attrs: str) -> None:
        super().__init__({"autocomplete": "off", **attrs})
        self.options = options

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["options"] = self.offered()
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs'].get('id', name)}-list"
        return context

    def offered(self) -> Sequence[str]:
        """What is offered now."""
        return self.options
