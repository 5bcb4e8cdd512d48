"""Specialty bases and departments (P-02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from xinglin.dictionaries import selectors as dictionaries
from xinglin.kernel.declarations import declarations_of
from xinglin.organizations.enums import Accreditation, Track
from xinglin.organizations.models import Department, SpecialtyBase
from xinglin.ui.forms import form_field

from .spans import reason_field

SUBJECTS = "medical_subject"
STANDING = [(state.value, state.label) for state in Accreditation]


def _capacity() -> forms.IntegerField:
    return forms.IntegerField(
        label="年度招收容量（人）", min_value=0, max_value=2000, help_text="一年最多招收多少人；0 表示暂停招收",
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )  # fmt: skip


class SpecialtyForm(forms.Form):
    """新增专业基地; ``tracks``: those in which the base is one and the viewer may act."""

    def __init__(self, data: Any = None, *, tracks: Sequence[str], taken: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["track"] = forms.ChoiceField(label="体系", choices=[(t, Track(t).label) for t in tracks])
        self.fields["specialty"] = forms.ChoiceField(
            label="培训专业", choices=[("", "请选择"), *_offered(tracks, taken)]
        )
        self.fields["capacity"] = _capacity()
        states = [pair for pair in STANDING if pair[0] != Accreditation.WITHDRAWN]
        self.fields["accreditation"] = forms.ChoiceField(label="认定状态", choices=states)
        self.fields["reason"] = reason_field()


def _offered(tracks: Sequence[str], taken: Sequence[tuple[str, str]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Choosable specialties that the base does not have yet, grouped by track."""
    groups = []
    for track in tracks:
        held = {specialty for of, specialty in taken if of == track}
        rows = []
        for code, label in dictionaries.choices("specialty"):
            entry = dictionaries.entry("specialty", code)
            if entry is not None and code not in held and entry.extra.get("track", track) == track:
                rows.append((code, label))
        groups.append((str(Track(track).label), rows))
    return groups


class SpecialtyChangeForm(forms.Form):
    """容量 and 状态 of one."""

    def __init__(self, data: Any = None, *, row: SpecialtyBase) -> None:
        super().__init__(data, initial={"capacity": row.capacity, "accreditation": row.accreditation})
        self.fields["capacity"] = _capacity()
        self.fields["accreditation"] = forms.ChoiceField(
            label="认定状态", choices=STANDING, help_text="撤销后不能再招收；已有的住院医师不受影响"
        )
        self.fields["reason"] = reason_field("文号或说明；撤销和恢复认定必须写")


@dataclass(frozen=True, slots=True)
class SubjectGroup:
    """A first-level 诊疗科目 with those under it. ``open``: something of it is chosen."""

    label: str
    items: list[tuple[str, str, bool]]
    open: bool

    @property
    def chosen(self) -> int:
        return sum(picked for _, _, picked in self.items)


class DepartmentForm(forms.Form):
    """名称 and 诊疗科目; the latter are drawn in groups, since there are 176."""

    def __init__(self, data: Any = None, *, department: Department | None = None) -> None:
        super().__init__(data)
        self.fields["name"] = form_field(declarations_of(Department)["name"], required=True)
        self.fields["medical_subjects"] = forms.MultipleChoiceField(
            label="诊疗科目", choices=dictionaries.choices(SUBJECTS, include_retired=True),
            widget=forms.CheckboxSelectMultiple, help_text="按执业许可证选择，可以选几个",
        )  # fmt: skip
        self.fields["medical_subjects"].error_messages["required"] = "请至少选择一个诊疗科目。"
        self.fields["name"].error_messages["required"] = "没有填写"
        if department is not None:
            self.initial = {"name": department.name, "medical_subjects": list(department.medical_subjects)}

    def groups(self) -> list[SubjectGroup]:
        """First-level 诊疗科目 that have others under them."""
        return [group for group in self._grouped() if len(group.items) > 1]

    def singles(self) -> list[tuple[str, str, bool]]:
        """Those that stand alone."""
        return [group.items[0] for group in self._grouped() if len(group.items) == 1]

    def _grouped(self) -> list[SubjectGroup]:
        """Every choosable one, and the retired ones that are chosen already."""
        picked = set(self["medical_subjects"].value() or ())
        offered = dict(dictionaries.choices(SUBJECTS))
        below: dict[str, list[tuple[str, str, bool]]] = {}
        for code, label in dictionaries.labels(SUBJECTS).items():
            if code in offered or code in picked:
                entry = dictionaries.entry(SUBJECTS, code)
                top = entry.parent_code if entry and entry.parent_code else code
                below.setdefault(top, []).append((code, label, code in picked))
        return [
            SubjectGroup(dictionaries.label(SUBJECTS, top), rows, any(p for _, _, p in rows))
            for top, rows in below.items()
        ]
