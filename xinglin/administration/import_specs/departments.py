"""科室导入 of a base: name and 诊疗科目 (P-02, P-16)."""

from __future__ import annotations

import re

from xinglin.dictionaries import selectors as dictionaries
from xinglin.imports.columns import Column
from xinglin.imports.enums import Verdict
from xinglin.imports.rows import ParsedRow
from xinglin.imports.spec import Context, ImportSpec
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import actions
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Department

from ..selectors.organizations.known import departments_at
from ..selectors.organizations.page import organization_of

SUBJECTS = "medical_subject"
_BETWEEN = re.compile(r"[、，,；;/\n]+")


class DepartmentImport(ImportSpec):
    """Creates departments of one's own unit, or changes their 诊疗科目; a name is not changed by import."""

    kind = "departments"
    title = "科室导入"
    template_title = "科室模板"
    permission = actions.EDIT_OWN
    sheet_name = "科室"
    subject_word = "个"
    back_url = "administration:departments"
    crumbs = (("系统管理", ""), ("科室", "administration:departments"))
    nav_key = "administration.departments"
    key = ("name",)
    max_rows = 1_000
    columns = (
        Column.of(Department, "name", mandatory=True, aliases=("科室",)),
        Column("medical_subjects", "诊疗科目", mandatory=True, max_length=500, width=40, example="心血管内科专业、重症医学科",
               note="几个科目用顿号隔开"),
    )  # fmt: skip
    notes = (
        "按科室名称认出已有的科室，只改它的诊疗科目；改名请在科室页面里改。",
        "文件里没有的科室不会被停用或删除；停用的科室导入后仍是停用。",
    )

    def needs(self, viewer: Viewer) -> None:
        if viewer.organization_kind != Kind.HOSPITAL:
            raise Refused("科室由培训基地自己导入；其他单位可以在机构的页面里逐个新增。")

    def prepare(self, viewer: Viewer, params: dict[str, str], mode: str) -> Context:
        home = organization_of(viewer)
        return Context(viewer, params, mode, {"home": home, "present": departments_at(home)})

    def check(self, rows: list[ParsedRow], context: Context) -> None:
        present: dict[str, Department] = context.data["present"]
        for row in rows:
            codes = _read_subjects(row) if row.read("medical_subjects") else None
            if codes is None or not row.read("name"):
                continue
            known = present.get(row.values["name"])
            row.memo = (known, codes)
            if known is not None:
                row.subject_id = known.pk
                row.verdict = Verdict.UNCHANGED if known.medical_subjects == codes else Verdict.UPDATE

    def apply(self, rows: list[ParsedRow], context: Context, *, by: Viewer) -> None:
        for row in rows:
            known, codes = row.memo
            name = row.values["name"]
            row.subject_id = actions.save_department(context.data["home"], name, codes, department=known, by=by).pk


def _read_subjects(row: ParsedRow) -> list[str] | None:
    """Codes of the 诊疗科目 that the cell names, in its order; None with the reason and the whole cell mended."""
    words = [word for word in (part.strip() for part in _BETWEEN.split(row.values["medical_subjects"])) if word]
    codes, wrong, mended = [], [], []
    for word in words:
        code = dictionaries.code_for(SUBJECTS, word)
        if code is None:
            wrong.append(word)
        near = dictionaries.label(SUBJECTS, code) if code else dictionaries.nearest(SUBJECTS, word)
        mended.append(near or "")
        codes.append(code or "")
    if wrong:
        suggestion = "、".join(dict.fromkeys(mended)) if all(mended) else None
        row.error("medical_subjects", f"没有这个诊疗科目：{'、'.join(wrong)}", suggestion=suggestion, rule="subject")
        return None
    if not codes:
        row.error("medical_subjects", "没有写诊疗科目", rule="subject")
        return None
    return list(dict.fromkeys(codes))
