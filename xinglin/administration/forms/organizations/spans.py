"""Dated things: a capability, an affiliation, an end. People give the last day that counts, both days included."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from xinglin.kernel import clock
from xinglin.organizations import rules
from xinglin.organizations.enums import CapabilityKind, Track
from xinglin.organizations.models import Organization
from xinglin.organizations.selectors import hospitals_called
from xinglin.ui.forms.fields import CleanedField

OPEN = "不填就是长期有效"
REASON = "文号或说明，写入变更记录"


def day_field(label: str, **options: Any) -> forms.DateField:
    """A day, by the browser's own picker."""
    field = forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **options)
    field.error_messages["invalid"] = "日期不对，请按 2026-11-20 填写。"
    return field


def reason_field(help_text: str = REASON) -> forms.Field:
    """依据 of a change."""
    return CleanedField(label="依据", required=False, max_length=200, help_text=help_text)


class SpanForm(forms.Form):
    """Start, last day, 依据."""

    starts_on = day_field("开始日期")
    ends_on = day_field("最后一天", required=False, help_text=f"含当天；{OPEN}")
    reason = reason_field()

    @property
    def span(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "starts_on": given["starts_on"],
            "ends_on": rules.end_after(given["ends_on"]),
            "reason": given["reason"],
        }


class CapabilityForm(SpanForm):
    """新增资质."""

    kind = forms.ChoiceField(label="资质", choices=CapabilityKind.choices)
    track = forms.ChoiceField(
        label="体系", required=False, choices=[("", "不分体系"), *Track.choices], help_text="培训基地必须选择西医或中医"
    )
    field_order = ("kind", "track", "starts_on", "ends_on", "reason")

    def __init__(self, data: Any = None, *, track: str = "") -> None:
        super().__init__(data, initial={"starts_on": clock.today(), "track": track})


class AffiliationForm(SpanForm):
    """新增协同单位: the unit by its full name, code or USCC; others that it could be are named."""

    unit = CleanedField(
        label="协同单位", max_length=100, help_text="填全称、代码或统一社会信用代码；可以是外省的单位",
        widget=forms.TextInput({"autocomplete": "off", "list": "known-units"}),
    )  # fmt: skip
    field_order = ("unit", "starts_on", "ends_on", "reason")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"starts_on": clock.today()})
        self.found: Organization | None = None

    def clean_unit(self) -> str:
        words = str(self.cleaned_data["unit"])
        found = hospitals_called(words)
        exact = [row for row in found if words in (row.name, row.code, row.uscc)]
        if len(found) == 1 or exact:
            self.found = (exact or found)[0]
            return words
        if found:
            raise forms.ValidationError(
                f"有 {len(found)} 个相近的单位，请填全称：{'、'.join(row.name for row in found)}"
            )
        raise forms.ValidationError(f"没有找到“{words}”。请核对名称；还没有建立的，请先在“机构管理”里新增。")


class EndForm(forms.Form):
    """结束, or another end: empty is open again."""

    ends_on = day_field(
        "最后一天", required=False, help_text="含当天，最早可以填昨天（今天起不再有效）；不填就是长期有效"
    )
    reason = reason_field()

    def __init__(self, data: Any = None, *, ends_on: date | None = None) -> None:
        super().__init__(data, initial={"ends_on": rules.last_day(ends_on) if ends_on else None})

    @property
    def end(self) -> date | None:
        return rules.end_after(self.cleaned_data["ends_on"])
