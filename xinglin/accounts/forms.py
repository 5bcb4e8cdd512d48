"""Forms of sign-in and passwords."""

from __future__ import annotations

from typing import Any

from django import forms

from xinglin.dictionaries.selectors import choices
from xinglin.kernel import phones
from xinglin.organizations.enums import Track

from .enums import Entrance
from .factor_forms import factor_field
from .models import User
from .rules import RULE_TEXT, clean_sign_in_name, password_faults
from .selectors import initial_credentials_of, is_name_taken

NAME_LABELS = {Entrance.ORGANIZATION: "用户名", Entrance.RESIDENT: "证件号码"}
NAME_HELPS = {
    Entrance.ORGANIZATION: "培训基地填全称或基地代码；管理部门和工作人员填自己的用户名，第一次登录填证件号码",
    Entrance.RESIDENT: "填基地录入时的证件号码，字母不分大小写",
}

FORGOTTEN_HELPS = {
    Entrance.ORGANIZATION: "与登录时一样：培训基地填全称或基地代码，管理部门和工作人员填自己的用户名",
    Entrance.RESIDENT: "与登录时一样，填证件号码",
}
RESIDENT_IDENTITY_CARD = "01"


def password_input(name: str) -> forms.PasswordInput:
    """A field that password managers recognise."""
    return forms.PasswordInput(attrs={"autocomplete": name, "spellcheck": "false"})


class SignInForm(forms.Form):
    """User name, password and one of the two puzzles."""

    entrance = forms.ChoiceField(
        choices=[(e.value, e.label) for e in NAME_LABELS], initial=Entrance.ORGANIZATION, widget=forms.HiddenInput
    )
    track = forms.ChoiceField(choices=Track.choices, initial=Track.WESTERN, widget=forms.HiddenInput)
    next = forms.CharField(max_length=2000, required=False, widget=forms.HiddenInput)
    name = forms.CharField(max_length=100, required=False)
    id_type = forms.ChoiceField(label="证件类型", required=False)
    password = forms.CharField(
        label="密码", max_length=128, required=False, strip=False, widget=password_input("current-password")
    )
    answer = forms.CharField(label="验证码", max_length=12, required=False)
    picture_token = forms.CharField(max_length=400, required=False)
    work_token = forms.CharField(max_length=400, required=False)
    work = forms.CharField(max_length=20, required=False)
    code = forms.CharField(label="手机验证码", max_length=12, required=False)
    code_token = forms.CharField(max_length=400, required=False)

    def __init__(
        self, *args: Any, entrance: str = Entrance.ORGANIZATION, ask_id_type: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["id_type"].choices = [("", "请选择"), *choices("id_type")]  # type: ignore[attr-defined]
        if not ask_id_type:
            self.fields["id_type"].widget = forms.HiddenInput()
        name = self.fields["name"]
        name.label = NAME_LABELS[Entrance(entrance)]
        name.help_text = NAME_HELPS[Entrance(entrance)]
        name.widget.attrs |= {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        if entrance == Entrance.ORGANIZATION:
            name.widget.attrs |= {"list": "organization-names", "data-suggest": "organization-names"}
        self.fields["password"].widget.attrs |= {"class": "form-control", "aria-required": "true"}

    def clean(self) -> dict[str, Any]:
        """Nothing on this page may stay empty, so nothing is marked as mandatory; what is missing is named."""
        cleaned = super().clean() or {}
        for name in ("name", "password"):
            if name not in self.errors and not cleaned.get(name):
                self.add_error(name, f"请填写{self.fields[name].label}。")
        if self.errors.get("password"):
            wrong = {"aria-invalid": "true", "aria-describedby": "id_password-error"}
            self.fields["password"].widget.attrs |= wrong | {"class": "form-control is-invalid"}
        return cleaned


def code_field() -> forms.CharField:
    """Six digits that came to the phone; browsers and phones offer to fill them in."""
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
    return forms.CharField(
        label="手机验证码", max_length=12, widget=forms.TextInput(attrs=attrs), help_text="短信里的 6 位数字",
        error_messages={"required": "请填写短信里的 6 位验证码。"},
    )  # fmt: skip


class PasswordPair(forms.Form):
    """New password, typed twice, measured by the rules for this account."""

    new = forms.CharField(
        label="新密码", max_length=200, strip=False, widget=password_input("new-password"), help_text=RULE_TEXT,
        error_messages={"required": "请填写新密码。"},
    )  # fmt: skip
    confirm = forms.CharField(
        label="确认新密码", max_length=200, strip=False, widget=password_input("new-password"),
        error_messages={"required": "请再填一次新密码。"},
    )  # fmt: skip

    def __init__(self, *args: Any, user: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        new, confirm = cleaned.get("new", ""), cleaned.get("confirm", "")
        if new:
            faults = password_faults(new, old=cleaned.get("old", ""), **self.secrets(cleaned))
            if faults:
                self.add_error("new", "".join(faults))
        if new and confirm and new != confirm:
            self.add_error("confirm", "两次填写的新密码不一样。")
        return cleaned

    def secrets(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """What a password of this account must not contain; nothing while it is not known whose it is."""
        if self.user is None:
            return {}
        user, chosen = self.user, cleaned.get("sign_in_name") or self.user.sign_in_name or ""
        given = {"initial": initial_credentials_of(user)}
        if user.person is not None:
            return given | {"id_number": user.person.id_number, "phone": user.person.phone, "names": [chosen]}
        organization = user.organization
        return given | ({"names": [organization.name, organization.code]} if organization else {})


class ChangePasswordForm(PasswordPair):
    """当前密码, 新密码, 确认新密码; the second factor too, where it was not given lately."""

    old = forms.CharField(
        label="当前密码", max_length=128, strip=False, widget=password_input("current-password"),
        error_messages={"required": "请填写当前密码。"},
    )  # fmt: skip
    code = factor_field()
    field_order = ("old", "code", "new", "confirm")

    def __init__(self, *args: Any, asks_code: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_code:
            del self.fields["code"]


class FirstPasswordForm(PasswordPair):
    """The confined page: also the imported mobile number, and the user name that staff choose."""

    old = forms.CharField(
        label="当前密码（初始密码）", max_length=128, strip=False, widget=password_input("current-password"),
        error_messages={"required": "请填写初始密码。"},
    )  # fmt: skip
    phone = forms.CharField(
        label="登记的手机号", max_length=20, error_messages={"required": "请填写登记的手机号。"},
        help_text="完整的 11 位号码，须与开通账号时登记的一致",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    code = code_field()
    sign_in_name = forms.CharField(
        label="用户名", max_length=32, help_text="以后用它登录业务管理系统，如 linzhixia",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "请给自己起一个用户名。"},
    )  # fmt: skip
    field_order = ("old", "phone", "code", "sign_in_name", "new", "confirm")

    def __init__(
        self,
        *args: Any,
        asks_phone: bool,
        asks_name: bool,
        asks_code: bool = False,
        asks_old: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if not asks_old:
            del self.fields["old"]
        if not asks_phone or asks_code:
            del self.fields["phone"]
        if not asks_code:
            del self.fields["code"]
        if not asks_name:
            del self.fields["sign_in_name"]

    def clean_phone(self) -> str:
        try:
            return phones.clean_mobile(self.cleaned_data["phone"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_sign_in_name(self) -> str:
        try:
            name = clean_sign_in_name(self.cleaned_data["sign_in_name"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if is_name_taken(name):
            raise forms.ValidationError("这个用户名已有人用，请换一个。")
        return name


class ForgottenForm(forms.Form):
    """忘记密码: the account as it is typed at the sign-in, and one of the two puzzles."""

    entrance = forms.ChoiceField(choices=[(e.value, e.label) for e in NAME_LABELS], widget=forms.HiddenInput)
    name = forms.CharField(max_length=100)
    id_type = forms.ChoiceField(label="证件类型", required=False)
    answer = forms.CharField(label="验证码", max_length=12, required=False)
    picture_token = forms.CharField(max_length=400, required=False)
    work_token = forms.CharField(max_length=400, required=False)
    work = forms.CharField(max_length=20, required=False)

    def __init__(self, *args: Any, entrance: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.label, name.help_text = NAME_LABELS[Entrance(entrance)], FORGOTTEN_HELPS[Entrance(entrance)]
        name.error_messages["required"] = f"请填写{name.label}。"
        name.widget.attrs |= {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        self.fields["id_type"].choices = list(choices("id_type"))  # type: ignore[attr-defined]
        if entrance == Entrance.RESIDENT:
            self.fields["id_type"].initial = RESIDENT_IDENTITY_CARD
        else:
            del self.fields["id_type"]


class RecoverForm(PasswordPair):
    """The code that came to the phone, and the new password."""

    code = code_field()
    field_order = ("code", "new", "confirm")


class PhoneForm(forms.Form):
    """The contact phone of an organisation, typed in full."""

    phone = forms.CharField(
        label="联系电话", max_length=20, help_text="完整的 11 位号码，须与登记的联系电话一致",
        error_messages={"required": "请填写登记的联系电话。"},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip

    def clean_phone(self) -> str:
        try:
            return phones.clean_mobile(self.cleaned_data["phone"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class PhoneCodeForm(forms.Form):
    """The code that proves a phone."""

    code = code_field()
