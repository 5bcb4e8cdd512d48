"""The upload form of the wizard."""

from __future__ import annotations

from typing import Any

from django import forms

from xinglin.kernel.viewer import Viewer

from .enums import Mode
from .spec import ImportSpec
from .workbook.limits import Limits

ACCEPTED = ".xlsx,.xls,.csv"


class UploadForm(forms.Form):
    """A file, the mode, and what the spec asks beside them (the batch, when two are open)."""

    file = forms.FileField(
        label="文件",
        widget=forms.FileInput(attrs={"accept": ACCEPTED, "class": "form-control"}),
        error_messages={"required": "请选择要上传的文件", "empty": "文件是空的，里面没有内容"},
    )
    mode = forms.ChoiceField(label="导入方式", widget=forms.RadioSelect)

    def __init__(self, *args: Any, spec: ImportSpec, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mode = self.fields["mode"]
        mode.choices = [(code, Mode(code).label) for code in spec.modes]  # type: ignore[attr-defined]
        mode.initial = spec.modes[0]
        self.questions = [question.name for question in spec.questions(viewer)]
        for question in spec.questions(viewer):
            self.fields[question.name] = forms.ChoiceField(
                label=question.label,
                help_text=question.help,
                choices=question.choices,
                widget=forms.RadioSelect
                if len(question.choices) <= 4
                else forms.Select(attrs={"class": "form-select"}),
                error_messages={"required": f"请选择{question.label}"},
            )

    def clean_file(self) -> Any:
        """Refuse by size before a byte is read."""
        file = self.cleaned_data["file"]
        if file.size > Limits().file_size:
            raise forms.ValidationError(f"文件超过 {Limits().file_size // 1024 // 1024} MB，请拆成几个文件后再上传")
        return file

    def answers(self) -> dict[str, str]:
        """What was chosen beside file and mode."""
        return {name: self.cleaned_data[name] for name in self.questions}
