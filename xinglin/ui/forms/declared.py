"""A form made of declarations, with what a screen must say at each field: mandatory, read-only, returned, warned."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from django import forms

from xinglin.kernel.declarations import Declaration
from xinglin.kernel.issues import Issue

from .fields import form_field

MESSAGES = {"required": "没有填写", "invalid_choice": "没有这一项，请从列表里选。", "invalid": "格式不对，请核对。"}
BY_KIND = {
    "date": "日期不对，请按 2026-11-20 填写。",
    "int": "请填写整数。",
    "email": "邮箱格式不对，如 name@example.com。",
}


def _as_it_is(value: Any) -> Any:
    """A read-only value is not judged: it may be masked, or older than today's rules."""
    return value


class DeclaredForm(forms.Form):
    """A form over declarations of one or more models; names may carry a prefix such as ``education.bachelor.``.

    mandatory: shown with * (asked for at report, so that a draft can be saved without them); required: refused when
    empty already now. readonly: shown, never taken from the request. comments: words of a return by field name.
    choices: choices by field name instead of the code table's. show_when: conditions by field name, see conditions.js.
    """

    use_required_attribute = False

    def __init__(
        self,
        declarations: Mapping[str, Declaration],
        *args: Any,
        mandatory: Container[str] = (),
        required: Container[str] = (),
        readonly: Container[str] = (),
        comments: Mapping[str, str] | None = None,
        choices: Mapping[str, Sequence[tuple[str, str]]] | None = None,
        show_when: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.mandatory = mandatory
        self.comments = dict(comments or {})
        self.show_when = dict(show_when or {})
        self.warnings: dict[str, list[str]] = {}
        for name, declaration in declarations.items():
            if declaration.kind == "image":
                continue
            field = form_field(declaration, required=name in required, choices=(choices or {}).get(name))
            if declaration.derived or name in readonly:
                field.disabled = True
                field.clean = _as_it_is  # type: ignore[method-assign]
            field.error_messages.update(MESSAGES)
            if declaration.kind in BY_KIND:
                field.error_messages["invalid"] = BY_KIND[declaration.kind]
            self.fields[name] = field

    def add_issues(self, issues: Iterable[Issue]) -> None:
        """Put the remarks of a check at their fields: errors stop the form, warnings are shown beside the field."""
        for issue in issues:
            name = issue.field if issue.field in self.fields else None
            said = issue.message if not issue.suggestion else f"{issue.message}（建议：{issue.suggestion}）"
            if issue.is_error:
                self.add_error(name, said)
            else:
                self.warnings.setdefault(name or "", []).append(said)

    def changed_values(self) -> dict[str, Any]:
        """Cleaned values of the fields that may be edited and were sent; the others keep what they have."""
        return {name: self.cleaned_data[name] for name in self.cleaned_data if not self.fields[name].disabled}
