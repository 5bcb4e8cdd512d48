"""Forms of accounts: 开通工作人员账号, 授予, 到期日, reasons."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from xinglin.accounts.actions.identities import REASON_AT_MOST
from xinglin.accounts.rules import last_day
from xinglin.kernel import clock, id_numbers
from xinglin.kernel.declarations import declarations_of
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind, Track
from xinglin.organizations.models import Organization
from xinglin.people.models import Person
from xinglin.ui.forms import form_field

from ..selectors import accounts as selectors

REQUIRED = {"required": "没有填写"}
PERSONAL = ("name", "id_type", "id_number", "phone")


def end_of(day: date | None) -> datetime | None:
    """The end of a day in Asia/Shanghai, 24:00; None for none."""
    return datetime.combine(day + timedelta(days=1), time(), clock.SHANGHAI) if day else None


def day_of(instant: datetime | None) -> date | None:
    """The last day before an end."""
    return last_day(instant) if instant else None


def _ends_on() -> forms.DateField:
    return forms.DateField(
        label="到期日", required=False, help_text="到当天 24:00 为止；不填为长期",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期不对，请按 2026-11-20 填写。"},
    )  # fmt: skip


class IdentityForm(forms.Form):
    """身份, 单位, 体系, 到期日: what the viewer may give, and where."""

    use_required_attribute = False

    def __init__(self, *args: Any, viewer: Viewer, **options: Any) -> None:
        super().__init__(*args, **options)
        self.viewer = viewer
        roles, self.places = selectors.givable(viewer), selectors.givable_places(viewer)
        self.fields["role"] = forms.ChoiceField(
            label="身份", choices=roles if len(roles) == 1 else [("", "请选择"), *roles], error_messages=REQUIRED
        )
        if viewer.organization_kind != Kind.HOSPITAL:
            self.fields["organization"] = forms.ChoiceField(
                label="所在单位", choices=[("", "请选择"), *_grouped(self.places)], error_messages=REQUIRED,
                help_text=_place_help(self.places),
            )  # fmt: skip
        tracks = [("", "西医、中医"), *Track.choices]
        if viewer.track:
            tracks = [(viewer.track, Track(viewer.track).label)]
        self.fields["track"] = forms.ChoiceField(label="体系", choices=tracks, required=False)
        self.fields["ends_on"] = _ends_on()

    @property
    def place(self) -> Organization:
        """The chosen organisation; a base's own where there is nothing to choose."""
        wanted = self.cleaned_data.get("organization") or str(self.viewer.organization_id)
        return next(node for node in self.places if str(node.pk) == wanted)

    @property
    def ends_at(self) -> datetime | None:
        return end_of(self.cleaned_data["ends_on"])

    def clean(self) -> dict[str, Any]:
        """A viewer whose own hospital is no training base any more has nothing to choose."""
        cleaned = super().clean() or {}
        if not self.places:
            raise forms.ValidationError("本单位现在不是培训基地，不能开通账号。请联系省级管理部门。")
        return cleaned


def _place_help(places: list[Organization]) -> str:
    top = "主管部门身份选国家主管部门，" if any(node.kind == Kind.MINISTRY for node in places) else ""
    return f"单位须与身份相符：{top}省级身份选省级单位，基地身份选培训基地"


def _grouped(places: list[Organization]) -> list[Any]:
    """Authorities first, then bases by province."""
    above = [(str(node.pk), node.name) for node in places if node.kind != Kind.HOSPITAL]
    below: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for node in places:
        if node.kind == Kind.HOSPITAL:
            below[node.province.name if node.province else "--"].append((str(node.pk), f"{node.name}（{node.code}）"))
    return [("管理部门", above), *((f"培训基地 · {name}", nodes) for name, nodes in below.items())]


class StaffForm(IdentityForm):
    """A person by ID type and number, with what is told of him, and the identity."""

    confirmed = forms.BooleanField(label="已核对，仍然开通", required=False)
    field_order = (*PERSONAL, "role", "organization", "track", "ends_on")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        declared = declarations_of(Person)
        for name in PERSONAL:
            self.fields[name] = form_field(declared[name], required=True)
            self.fields[name].error_messages.update(REQUIRED)
        self.fields["id_type"].initial = id_numbers.RESIDENT_ID
        self.fields["id_number"].label, self.fields["id_number"].help_text = (
            "证件号码",
            "用它找到本人；已有账号的不会再开第二个",
        )
        self.fields["phone"].label = "手机号"
        self.fields["phone"].help_text = "第一次登录时核对"
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("id_type") and cleaned.get("id_number"):
            try:
                cleaned["id_number"] = id_numbers.check_for(cleaned["id_type"], cleaned["id_number"]).value
            except ValueError as reason:
                self.add_error("id_number", str(reason))
        return cleaned


class ReasonForm(forms.Form):
    """Why: kept in the history."""

    use_required_attribute = False
    reason = forms.CharField(
        label="理由", max_length=REASON_AT_MOST, help_text="写入更新记录", widget=forms.Textarea({"rows": "2"}),
        error_messages={"required": "请填写理由，会写入更新记录。", "max_length": f"理由最多 {REASON_AT_MOST} 个字。"},
    )  # fmt: skip


class ExpiryForm(forms.Form):
    """The last day of an identity."""

    ends_on = _ends_on()


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, also when that is nothing; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None
