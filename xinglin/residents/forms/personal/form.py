"""One step of the personal record: fields from their declarations, values read by the readers of the import (R-20)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import QueryDict

from xinglin.dictionaries import selectors as dictionaries
from xinglin.files.selectors import belongs
from xinglin.imports.cells.reader import RowReader
from xinglin.imports.columns import Column
from xinglin.imports.rows import ParsedRow
from xinglin.kernel.declarations import Declaration
from xinglin.kernel.viewer import Viewer
from xinglin.people.enums import EducationLevel, Section
from xinglin.people.fields import PersonalField, in_words, section_fields
from xinglin.people.rules import MANDATORY, RESIDENT_ID_CARD, missing_in_section, unchangeable
from xinglin.people.selectors import PersonalRecord, plain
from xinglin.ui.forms import DeclaredForm

from ...actions.personal import FOREIGN_PICTURE
from ...fields import shown_value
from .conditions import as_sent, condition_of, holds
from .items import Item, Picture
from .search import SearchInput
from .since import SEEN, marks_of, since

_BOOLS = {"1": "是", "0": "否"}
_NULLABLE = {"date", "bool", "int", "image"}
NAME = "basic_info.name"
WHOLE_DIVISION = "请选到区、县一级。"
CHANGED_PICTURE = "在别的窗口换过这张图。再保存，就用现在这张。"


class PersonalForm(DeclaredForm):
    """Missing values are accepted, malformed ones refused at their field; what does not count is emptied by the server.

    data: what was sent, or None. raw: the draft, shown in place of the saved values. refused: pictures that came with
    the form and were refused, by key. comments, answered, replies: the base's words by key, and what became of them.
    """

    def __init__(
        self,
        section: str,
        record: PersonalRecord,
        viewer: Viewer,
        data: Mapping[str, Any] | None = None,
        *,
        raw: Mapping[str, str] | None = None,
        refused: Mapping[str, str] | None = None,
        comments: Mapping[str, str] | None = None,
        answered: Sequence[str] = (),
        replies: Mapping[str, str] | None = None,
    ) -> None:
        self.section, self.record, self.viewer = section, record, viewer
        self.content = record.content
        self.picture_errors = dict(refused or {})
        self.answered, self.replies = set(answered), dict(replies or {})
        self.members = {field.key: field for field in _members(section, record.person.id_type)}
        self.unanswered = self._unanswered()
        self.draft = dict(raw or {})
        data = self._with_newer(data)
        known = {key: self.content.get(key) for key in self.members}
        super().__init__(
            {key: field.declaration for key, field in self.members.items()},
            data,
            initial={**known, **{key: value for key, value in self.draft.items() if key in known}},
            mandatory={key for key, field in self.members.items() if _is_mandatory(field)} | self.unanswered,
            readonly={key for key, field in self.members.items() if field.declaration.fixed},
            comments=comments,
            choices=self._with_retired(),
            show_when={key: condition_of(field) for key, field in self.members.items()},
        )
        self._adapt()
        for key in self.since.conflicts:
            self._tell_saved(key)

    def _unanswered(self) -> set[str]:
        """The question that counts as missing while no level of education is there."""
        asked = {issue.field for issue in missing_in_section(self.content, self.section)}
        return {key for key in asked if key in self.members and self.members[key].declaration.name == "applies"}

    def _with_newer(self, data: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """What was saved elsewhere since the form was opened, or the draft written, and not touched here, stands."""
        conditions = {key: condition_of(field) for key, field in self.members.items() if not field.declaration.fixed}
        self.seen = marks_of(conditions, self.content)
        sent = self.draft if data is None else data
        self.since = since(str(sent.get(SEEN, "")), sent, self.content, conditions)
        if data is None:
            self.draft |= self.since.newer
            return None
        newer = QueryDict(mutable=True)
        newer.update({key: data[key] for key in data} | self.since.newer | {SEEN: self.seen})
        return newer

    def _tell_saved(self, key: str) -> None:
        if self.members[key].declaration.kind == "image":
            said = CHANGED_PICTURE
        else:
            said = f"现在保存的是：{shown_value(key, self.content.get(key))}"
        self.warnings.setdefault(key, []).append(said)

    def overtaken(self) -> list[str]:
        """Labels of what was changed here and elsewhere, each told at its field; asked after a validation."""
        emptied = [
            key
            for key, value in (self.values() if self.is_bound else {}).items()
            if key in self.since.moved
            and key not in self.data
            and (plain(value) or None) != (self.content.get(key) or None)
        ]
        for key in emptied:
            self._tell_saved(key)
        return [in_words(self.members[key].label) for key in [*self.since.conflicts, *emptied]]

    def _adapt(self) -> None:
        """Sex and birth date are typed where the document does not tell them; nationality is searched."""
        closed = unchangeable(self.record.person.id_type)
        for key, field in self.fields.items():
            if self.members[key].declaration.derived and key not in closed:
                field.disabled = False
        found = self.fields.get("basic_info.nationality")
        if found is not None:
            found.widget = SearchInput("nationality")
        for key, field in self.fields.items():
            if self.members[key].declaration.name == "applies":
                field.label = self.members[key].label
                if key in self.unanswered:
                    field.help_text = "学习经历至少填一个学历。"
                elif self.content.get(key):
                    field.help_text = "改为“否”保存后，这一层填的内容会清空。"
            limit = self.members[key].declaration.max_length
            if limit and hasattr(field.widget, "attrs") and self.members[key].declaration.kind == "text":
                field.widget.attrs.setdefault("maxlength", str(limit))

    def _with_retired(self) -> dict[str, list[tuple[str, str]]]:
        """A retired code that the record still has stays in its list."""
        offered = {}
        for key, field in self.members.items():
            table, present = field.declaration.code_table, self.content.get(key)
            if table and present and not field.declaration.fixed:
                codes = dictionaries.choices(table)
                if present not in dict(codes) and present in dictionaries.codes(table):
                    offered[key] = [*codes, (present, dictionaries.label(table, present))]
        return offered

    def sent(self, key: str) -> str:
        """The raw value of a field as it was sent, or as the screen shows it now."""
        if not self.is_bound:
            return as_sent(self.initial.get(key))
        if key not in self.fields:
            return str(self.data.get(key, "")).strip()
        return str(self.fields[key].widget.value_from_datadict(self.data, self.files, key) or "")

    def counts(self, key: str) -> bool:
        """Whether the field matters, given the others."""
        return holds(self.show_when.get(key, ""), self.sent)

    def _clean_fields(self) -> None:
        """Every value goes through the same readers as a cell of a workbook; what was not sent or changed stays."""
        editable = [
            key for key in self.fields if not self.fields[key].disabled and (key in self.data or not self.counts(key))
        ]
        asked = [key for key in editable if self.counts(key) and not self._unchanged(key)]
        row = ParsedRow(0, {key: self._raw(key) for key in asked})
        RowReader([_column(key, self.members[key].declaration) for key in asked], asked, self.viewer).read(row)
        for key in editable:
            kind = self.members[key].declaration.kind
            if not self.counts(key):
                self.cleaned_data[key] = None if kind in _NULLABLE else ""
            elif key not in asked:
                self.cleaned_data[key] = getattr(self._row_of(key), self.members[key].declaration.name)
            elif key in row.values:
                value = row.values[key]
                self.cleaned_data[key] = ("" if kind not in _NULLABLE else None) if value is None else value
        self.add_issues(row.issues)
        if self.cleaned_data.get(NAME) == "":
            self.add_error(NAME, "姓名不能空着。")
        self._whole_division()
        self._clean_pictures()

    def _raw(self, key: str) -> str:
        sent = self.sent(key)
        return _BOOLS.get(sent, sent) if self.members[key].declaration.kind == "bool" else sent

    def _unchanged(self, key: str) -> bool:
        """A code, retired or not, that stands in the record already."""
        present = self.content.get(key)
        table = self.members[key].declaration.code_table
        return bool(table and present and self.sent(key) in (present, dictionaries.label(table, present)))

    def _row_of(self, key: str) -> Any:
        field = self.members[key]
        if field.section == Section.EDUCATION:
            return self.record.education[field.level]
        return self.record.qualification if field.section == Section.QUALIFICATIONS else self.record.person

    def _whole_division(self) -> None:
        for key, field in self.members.items():
            code = self.cleaned_data.get(key)
            if field.declaration.code_table == "division" and code and dictionaries.children("division", code):
                self.add_error(key, WHOLE_DIVISION)

    def _clean_pictures(self) -> None:
        for key, field in self.members.items():
            if field.declaration.kind != "image":
                continue
            sent, present = self.sent(key), self.content.get(key) or ""
            if not self.counts(key):
                self.cleaned_data[key] = None
            elif not sent or sent == present:
                self.cleaned_data[key] = uuid.UUID(present) if present else None
            elif self._own(sent, field.declaration.name):
                self.cleaned_data[key] = uuid.UUID(sent)
            else:
                self.picture_errors.setdefault(key, FOREIGN_PICTURE)

    def _own(self, file_id: str, purpose: str) -> bool:
        try:
            found = uuid.UUID(file_id)
        except ValueError:
            return False
        return belongs(found, person_id=self.record.person.pk, purpose=purpose)

    def is_valid(self) -> bool:
        """Nothing malformed is left, in a field or a picture."""
        return super().is_valid() and not self.picture_errors

    def values(self) -> dict[str, Any]:
        """What to save, by key. A level of education that was never answered for stays unwritten."""
        found = {
            key: value
            for key, value in self.cleaned_data.items()
            if key not in self.fields or not self.fields[key].disabled
        }
        for level in EducationLevel:
            prefix = f"education.{level.value}."
            if found.get(f"{prefix}applies") is None and level.value not in self.record.education:
                found = {key: value for key, value in found.items() if not key.startswith(prefix)}
        return found

    @property
    def items(self) -> list[Item]:
        """All lines of the step in the order of the declarations."""
        return [self._item(key, field) for key, field in self.members.items()]

    def _item(self, key: str, field: PersonalField) -> Item:
        item = Item(
            key, field.declaration.label, show_when=self.show_when.get(key, ""), comment=self.comments.get(key, ""),
            answered=key in self.answered, reply_name=f"reply.{key}",
        )  # fmt: skip
        item.reply = str((self.data if self.is_bound else self.draft).get(item.reply_name) or self.replies.get(key, ""))
        if field.declaration.kind == "image":
            item.picture = self._picture(key, field.declaration)
        else:
            item.bound = self[key]
        return item

    def _picture(self, key: str, declaration: Declaration) -> Picture:
        value = self.sent(key)
        if value != (self.content.get(key) or "") and not (value and self._own(value, declaration.name)):
            value = self.content.get(key) or ""
        picture = Picture(
            declaration.name, declaration.label, value, key in self.mandatory, error=self.picture_errors.get(key, "")
        )
        if declaration.help:
            picture.help = declaration.help
        if key in self.warnings:
            picture.help = self.warnings[key][0]
        if key == "basic_info.id_front" and self.record.person.id_type != RESIDENT_ID_CARD:
            picture.label = "证件个人信息页"
        return picture

    @property
    def summary(self) -> list[tuple[str, str, str]]:
        """Everything that is wrong, in the order of the screen: label with its level, message, anchor."""
        lines = []
        for key, field in self.members.items():
            if key in self.picture_errors:
                lines.append((in_words(field.label), self.picture_errors[key], f"upload-{key}"))
            elif self.errors.get(key):
                lines.append((in_words(field.label), str(self.errors[key][0]), str(self[key].auto_id)))
        return lines


def _members(section: str, id_type: str) -> list[PersonalField]:
    """The fields of a step; only the identity card has a back."""
    hidden = () if id_type == RESIDENT_ID_CARD else ("basic_info.id_back",)
    return [field for field in section_fields(section) if field.key not in hidden]


def _is_mandatory(field: PersonalField) -> bool:
    if field.declaration.name == "applies":
        return False
    return field.declaration.name in {rule.field for rule in MANDATORY[field.section]}


def _column(key: str, declaration: Declaration) -> Column:
    return replace(Column.from_declaration(declaration), name=key)
