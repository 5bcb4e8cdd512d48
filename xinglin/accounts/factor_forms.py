"""Forms of the second factor."""

from __future__ import annotations

from typing import Any

from django import forms


def factor_field(
    label: str = "动态码", helps: str = "验证器上的 6 位数字；手机不在身边，可填一个恢复码"
) -> forms.CharField:
    """A value of the authenticator app, or a recovery code."""
    attrs = {"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "characters"}
    return forms.CharField(
        label=label, max_length=40, widget=forms.TextInput(attrs=attrs), help_text=helps,
        error_messages={"required": f"请填写{label}。"},
    )  # fmt: skip


class FactorForm(forms.Form):
    """动态码 at the sign-in, or the first one of a new app (numbers only)."""

    code = factor_field(helps="验证器上的 6 位数字")

    def __init__(self, *args: Any, recovery: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if recovery:
            self.fields["code"] = factor_field("恢复码", "开启两步验证时保存的，形如 ABCD-EFGH-JKLM；每个只能用一次")
            self.fields["code"].widget.attrs["autocomplete"] = "off"
        else:
            self.fields["code"].widget.attrs["inputmode"] = "numeric"
