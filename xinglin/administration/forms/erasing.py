"""Forms around the erasure of a person."""

from django import forms


class FindPerson(forms.Form):
    """Whom to erase: the whole ID number, posted, never in an address."""

    id_number = forms.CharField(
        label="证件号", max_length=40, help_text="输入完整的证件号",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "form-control"}),
        error_messages={"required": "请输入要删除的人员的证件号。"},
    )  # fmt: skip


class ErasePerson(forms.Form):
    """Why, and the name typed as confirmation."""

    reason = forms.CharField(
        label="理由", max_length=200, help_text="永久保留，请不要写姓名、证件号或电话",
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={"required": "请写明删除的理由。"},
    )  # fmt: skip
    confirmation = forms.CharField(
        label="输入姓名确认", max_length=50, help_text="与上面显示的姓名一字不差",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "form-control"}),
        error_messages={"required": "请输入该人员的姓名。"},
    )  # fmt: skip
