"""培训信息 as a form (R-05): fields from their declarations, values read by the readers of the import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from xinglin.dictionaries import selectors as dictionaries
from xinglin.imports.cells.reader import RowReader
from xinglin.imports.columns import Column
from xinglin.imports.rows import ParsedRow
from xinglin.kernel.issues import Issue
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import SpecialtyBase
from xinglin.organizations.selectors import affiliates
from xinglin.reviews.content import digest
from xinglin.ui.forms import DeclaredForm

from ..fields import TRAINING, training_declarations
from ..models import Enrollment
from ..rules import TRAINING_MANDATORY, as_date, missing_training, planned_end
from ..selectors.subjects import training_content
from .offered import OfferedInput

EMPLOYED = "personnel_type=own_employee|sponsored"
SHOW_WHEN = {"other_personnel": "personnel_type=other", "employer_name": EMPLOYED, "employer_uscc": EMPLOYED}
_BOOLS = {"1": "是", "0": "否"}


def token_of(enrollment: Enrollment) -> str:
    """What 培训信息 said when the form was opened; another token means that somebody saved meanwhile."""
    return digest(training_content(enrollment))


class TrainingForm(DeclaredForm):
    """All fields of 培训信息 but the fixed ones; missing values are accepted, malformed ones refused."""

    def __init__(
        self,
        enrollment: Enrollment,
        specialties: list[SpecialtyBase],
        viewer: Viewer,
        data: Mapping[str, Any] | None = None,
        *,
        locked: bool = False,
    ) -> None:
        declarations = {name: d for name, d in training_declarations().items() if not d.fixed}
        self.viewer, self.enrollment = viewer, enrollment
        self.declarations = declarations
        usable = dictionaries.usable("specialty")
        self.specialties = [
            (row.specialty, dictionaries.label("specialty", row.specialty))
            for row in specialties
            if row.specialty in usable
        ]
        super().__init__(
            declarations,
            data,
            initial={name: getattr(enrollment, name) for name in declarations},
            mandatory={rule.field for rule in TRAINING_MANDATORY},
            readonly=declarations if locked else (),
            choices={"specialty": self._offered()},
            show_when=SHOW_WHEN,
        )
        self._choose_years()
        self._offer_affiliates()

    def _offer_affiliates(self) -> None:
        """协同单位 of the base today are offered (P-03); a unit that is none yet may be typed."""
        names = [unit.name for unit in affiliates(self.enrollment.organization)]
        if names and not self.fields["affiliate_name"].disabled:
            self.fields["affiliate_name"].widget = OfferedInput(names)

    def _choose_years(self) -> None:
        """Three possible numbers are chosen, not typed."""
        typed = self.fields["approved_years"]
        years = [("", "请选择"), *dictionaries.choices("approved_years")]
        chosen = forms.ChoiceField(choices=years, label=typed.label, help_text=typed.help_text, required=False)
        chosen.disabled = typed.disabled
        self.fields["approved_years"] = chosen

    def _offered(self) -> list[tuple[str, str]]:
        """The base's own specialties, and the one that the record already has."""
        present = self.enrollment.specialty
        if present and present not in dict(self.specialties):
            return [*self.specialties, (present, dictionaries.label("specialty", present))]
        return self.specialties

    def _clean_fields(self) -> None:
        """Every value goes through the same readers as a cell of the workbook."""
        names = [name for name in self.fields if not self.fields[name].disabled]
        row = ParsedRow(0, {name: self._sent(name) for name in names})
        RowReader([self._column(name) for name in names], names, self.viewer).read(row)
        self.cleaned_data |= {name: row.values.get(name) for name in names}
        self.add_issues(row.issues)
        self._derive_end(row)

    def _sent(self, name: str) -> str:
        sent = str(self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name)) or "")
        return _BOOLS.get(sent, sent) if self.declarations[name].kind == "bool" else sent

    def _column(self, name: str) -> Column:
        column = Column.from_declaration(self.declarations[name])
        if name == "specialty":
            return Column(name, column.label, "choice", choices=lambda _viewer: self._offered())
        if name == "approved_years":
            return Column(name, column.label, "int", minimum=1, maximum=3, units=("年",))
        return column

    def _derive_end(self, row: ParsedRow) -> None:
        start, years = row.values.get("starts_on"), row.values.get("approved_years")
        if start and years and not row.cells.get("ends_on"):
            self.cleaned_data["ends_on"] = planned_end(start, years)
            self.cleaned_data["ends_on_reason"] = ""

    def missing(self) -> list[Issue]:
        """What the saved values still lack before a report."""
        return missing_training({f"{TRAINING}.{name}": value for name, value in self._values().items()})

    def _values(self) -> dict[str, Any]:
        fixed = {d.name: getattr(self.enrollment, d.name) for d in training_declarations().values() if d.fixed}
        return {**fixed, **self.cleaned_data}

    @property
    def derived_end(self) -> str:
        """The end that start and years give, as ISO text for the script of the form."""
        start, years = self["starts_on"].value(), self["approved_years"].value()
        try:
            return planned_end(as_date(start), int(years)).isoformat()
        except (TypeError, ValueError):
            return ""
