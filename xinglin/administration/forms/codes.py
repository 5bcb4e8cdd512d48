"""Forms of 代码表 (P-10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from xinglin.dictionaries import amendments
from xinglin.dictionaries.actions import Ground
from xinglin.dictionaries.amendments import Wanted
from xinglin.kernel import clock

SOURCE_HELP = "标准号、文件号或通知，如 GB/T 3304-1991"


def _day(label: str, help_text: str) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget, initial=clock.today)


def _note(required: bool, label: str = "说明") -> forms.CharField:
    widget = forms.Textarea({"rows": 2, "maxlength": amendments.LONGEST_NOTE})
    return forms.CharField(label=label, required=required, max_length=amendments.LONGEST_NOTE, widget=widget)


class GroundForm(forms.Form):
    """What every change names: the day, the source, a word on why."""

    effective_from = _day("从哪一天起", "今天或以后；以前的记录保持当时的样子")
    source = forms.CharField(label="来源", max_length=amendments.LONGEST_SOURCE, help_text=SOURCE_HELP)
    note = _note(required=False)

    field_order: Sequence[str] | None = None

    @property
    def ground(self) -> Ground:
        given = self.cleaned_data
        return Ground(given["effective_from"], given["source"], given["note"])


class RetireForm(GroundForm):
    """停用, with its reason."""

    note = _note(required=True, label="停用的理由")


class RestoreForm(GroundForm):
    """恢复使用, at once."""

    note = _note(required=True, label="恢复的理由")
    effective_from = forms.DateField(initial=clock.today, widget=forms.HiddenInput)


class EntryForm(GroundForm):
    """新增代码."""

    code = forms.CharField(label="代码", max_length=20, help_text="1 至 20 位字母、数字、点和横线；以后不能改")
    label = forms.CharField(label="名称", max_length=amendments.LONGEST_LABEL)
    short_label = forms.CharField(
        label="简称", max_length=amendments.LONGEST_SHORT, required=False, help_text="列表里显示"
    )
    parent_code = forms.CharField(label="上级代码", max_length=20, required=False)
    like = forms.ChoiceField(label="属性与哪一个相同", required=False, help_text="体系、年限等属性照它的样")
    field_order = ("code", "label", "short_label", "parent_code", "like", "effective_from", "source", "note")

    def __init__(self, *args: Any, likes: list[tuple[str, str]], grouped: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if likes:
            self.fields["like"].choices = [("", "请选择"), *likes]  # type: ignore[attr-defined]
            self.fields["like"].required = True
        else:
            del self.fields["like"]
        if not grouped:
            del self.fields["parent_code"]

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            *(self.cleaned_data.get(name, "") for name in ("code", "label", "short_label", "parent_code", "like"))
        )


class RenameForm(GroundForm):
    """更正名称."""

    label = forms.CharField(label="新名称", max_length=amendments.LONGEST_LABEL)
    short_label = forms.CharField(label="新简称", max_length=amendments.LONGEST_SHORT, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ("label", "short_label", "effective_from", "source", "note", "seen")


class EditionForm(GroundForm):
    """新版本, to be filled by a workbook."""

    name = forms.CharField(label="新版本", max_length=60, help_text="如标准的年份，或“2027 年修订”")
    retire_missing = forms.BooleanField(
        label="工作簿里没有的代码停用",
        required=False,
        initial=True,
        help_text="工作簿是完整的新表时勾选；只有增补的内容时不勾",
    )
    field_order = ("name", "effective_from", "source", "note", "retire_missing")
