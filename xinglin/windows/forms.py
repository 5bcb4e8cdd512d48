"""Forms of 时间安排: times of a phase, a new batch, an extension (P-09)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms

from xinglin.kernel import clock
from xinglin.organizations.enums import Track

from . import rules
from .enums import PhaseKind
from .models import CollectionWindow

START_HELP = "不填时刻为当天 00:00"
END_HELP = "不填时刻为当天 24:00"


def _day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **options)


def _time(label: str, help_text: str) -> forms.TimeField:
    widget = forms.TimeInput({"type": "time", "step": "1"}, format="%H:%M:%S")
    return forms.TimeField(label=label, required=False, help_text=help_text, widget=widget)


def _together(day: date, hour: time | None) -> date | datetime:
    """A day alone, or an instant in Shanghai."""
    return datetime.combine(day, hour, clock.SHANGHAI) if hour is not None else day


class TimesForm(forms.Form):
    """Start and end of one phase."""

    starts_on = _day("开始日期")
    starts_at = _time("开始时刻", START_HELP)
    ends_on = _day("结束日期")
    ends_at = _time("结束时刻", END_HELP)

    @staticmethod
    def initial_of(span: rules.Span | None) -> dict[str, Any]:
        """Present times; midnights are shown as days."""
        if span is None:
            return {}
        start, end = clock.local(span.starts_at), clock.local(span.planned_end)
        return {
            "starts_on": start.date(),
            "starts_at": start.time() if start.time() != time() else None,
            "ends_on": rules.last_day(end),
            "ends_at": end.time() if end.time() != time() else None,
        }

    @property
    def times(self) -> tuple[date | datetime, date | datetime]:
        given = self.cleaned_data
        return _together(given["starts_on"], given["starts_at"]), _together(given["ends_on"], given["ends_at"])


class BatchForm(forms.Form):
    """A new batch of the association, with both phases by day."""

    year = forms.IntegerField(label="招收年份", min_value=2014, max_value=2100)
    batch = forms.IntegerField(label="批次", min_value=1, max_value=20, initial=1)
    track = forms.ChoiceField(label="体系", choices=Track.choices)
    filling_first = _day("填报开始日期")
    filling_last = _day("填报结束日期", help_text="到当天 24:00")
    review_first = _day("省级审核开始日期", help_text="可以与填报同时进行")
    review_last = _day("省级审核结束日期", help_text="到当天 24:00")

    @property
    def phases(self) -> dict[str, tuple[date, date]]:
        given = self.cleaned_data
        return {
            PhaseKind.FILLING.value: (given["filling_first"], given["filling_last"]),
            PhaseKind.REVIEW.value: (given["review_first"], given["review_last"]),
        }


class ExtensionForm(forms.Form):
    """A later end for one organisation and what is below it."""

    organization = forms.TypedChoiceField(label="给谁延长", coerce=int, help_text="选省份时，本省全部培训基地都延长")
    ends_on = _day("延长至")
    ends_at = _time("时刻", END_HELP)
    reason = forms.CharField(label="理由", max_length=200, help_text="写入更新记录，基地在时间安排里能看到")

    def __init__(self, *args: Any, organizations: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["organization"].choices = [("", "请选择"), *organizations]  # type: ignore[attr-defined]

    @property
    def end(self) -> date | datetime:
        return _together(self.cleaned_data["ends_on"], self.cleaned_data["ends_at"])


class TakeBackForm(forms.Form):
    """Why an extension is taken back."""

    reason = forms.CharField(
        label="撤销的理由", max_length=200, widget=forms.Textarea({"rows": 2, "maxlength": 200}),
        help_text="写入更新记录，基地在时间安排里能看到",
    )  # fmt: skip


def title_of(window: CollectionWindow, kind: str) -> str:
    """2026 年第 1 批（西医）填报、上报."""
    return f"{window}（{Track(window.track).label}）{PhaseKind(kind).label}"
