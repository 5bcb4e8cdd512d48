"""An organisation itself, from the declarations of its model (P-01)."""

from __future__ import annotations

from typing import Any

from django import forms

from xinglin.kernel.declarations import declarations_of
from xinglin.organizations import rules
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Organization
from xinglin.ui.forms import DeclaredForm
from xinglin.ui.forms.fields import CleanedField, form_field

FACTS = ("name", "short_name", "code", "uscc", "division", "contact_name")
HELP = {
    "name": "全称，与执业许可证一致；培训基地用它登录，改名后用新名称登录",
    "code": "培训基地也可以用代码登录；没有的不填",
    "uscc": "18 位，第 18 位是校验位，填错会提示应为几",
    "division": "所在地，GB/T 2260",
}
PHONE = "首次登录和找回密码时核对，接收退回通知；加密保存，页面上不显示完整号码"


def _phone(present: str) -> forms.Field:
    kept = f"现在是 {present}；不改就留空。{PHONE}" if present else PHONE
    tel = forms.TextInput({"type": "tel", "inputmode": "tel", "autocomplete": "off", "maxlength": "20"})
    return CleanedField(label="联系人手机", required=False, max_length=20, widget=tel, help_text=kept)


class NodeForm(DeclaredForm):
    """New or edited; the kind is chosen once, of those that may hang under the parent."""

    def __init__(
        self, data: Any = None, *, node: Organization | None = None, parent: Organization | None = None
    ) -> None:
        declarations = {name: d for name, d in declarations_of(Organization).items() if name in FACTS}
        initial = {name: getattr(node, name) for name in FACTS} if node else {}
        super().__init__(declarations, data, initial=initial, required=("name",))
        for name, words in HELP.items():
            self.fields[name].help_text = words
        self.fields["contact_phone"] = _phone(node.contact_phone_masked if node else "")
        if node is None:
            kinds = [(kind.value, kind.label) for kind in Kind if rules.may_hang(kind, parent.kind if parent else None)]
            chosen = forms.ChoiceField(label="类别", choices=kinds, help_text="建立后不能改")
            chosen.initial = kinds[-1][0] if kinds else ""
            self.fields = {"kind": chosen, **self.fields}

    @property
    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name) or "" for name in (*FACTS, "contact_phone")}


class ContactForm(forms.Form):
    """What a base keeps up itself."""

    def __init__(self, data: Any = None, *, node: Organization) -> None:
        super().__init__(data)
        declaration = declarations_of(Organization)["contact_name"]
        self.fields["contact_name"] = form_field(declaration)
        self.fields["contact_name"].initial = node.contact_name
        self.fields["contact_phone"] = _phone(node.contact_phone_masked)
