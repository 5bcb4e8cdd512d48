"""换新版本: the workbook of a new edition goes into its draft; what it changes is looked at before it is published (P-10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xinglin.dictionaries import actions, amendments, selectors
from xinglin.dictionaries.amendments import Present, Wanted
from xinglin.dictionaries.models import CodeEdition
from xinglin.imports.columns import Column
from xinglin.imports.enums import Verdict
from xinglin.imports.rows import ParsedRow
from xinglin.imports.spec import Context, ImportSpec, Question
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

NO_DRAFT = "还没有准备中的新版本。请先在“代码表”里打开一张表，点“新版本”，填好版本、来源和实施日期。"
FIELDS = ("code", "label", "short_label", "parent_code", "like")


class CodeTableImport(ImportSpec):
    """Rows of one draft edition; nothing of the table itself changes before it is published."""

    kind = "code-table"
    title = "代码表新版本导入"
    template_title = "代码表模板"
    permission = "codes.edit"
    sheet_name = "代码"
    subject_word = "条"
    back_url = "administration:codes"
    crumbs = (("系统管理", ""), ("代码表", "administration:codes"))
    nav_key = "administration.codes"
    key = ("code",)
    columns = (
        Column("code", "代码", mandatory=True, text_format=True, max_length=20, example="0100", note="设为文本格式，开头的 0 才不会丢"),
        Column("label", "名称", mandatory=True, max_length=amendments.LONGEST_LABEL, example="内科", width=30),
        Column("short_label", "简称", max_length=amendments.LONGEST_SHORT, note="空着保持原来的"),
        Column("parent_code", "上级代码", text_format=True, max_length=20, note="没有上级的空着"),
        Column("like", "属性参照", text_format=True, max_length=20,
               note="只有新增的代码要填：体系、年限等属性与哪一个代码相同"),
    )  # fmt: skip
    notes = (
        "导入后先看变化（新增、改名、停用），再发布；发布前代码表不变。",
        "代码只停用，不删除；停用的代码在原来的记录上照常显示。",
    )

    def needs(self, viewer: Viewer) -> None:
        viewer.require(self.permission)
        if not selectors.drafts().exists():
            raise Refused(NO_DRAFT)

    def subtitle(self, viewer: Viewer) -> str:
        found = list(selectors.drafts()[:2])
        return _title(found[0]) if len(found) == 1 else ""

    def questions(self, viewer: Viewer) -> Sequence[Question]:
        found = list(selectors.drafts())
        if len(found) < 2:
            return ()
        return (Question("edition", "导入到哪个新版本", tuple((str(row.pk), _title(row)) for row in found)),)

    def prepare(self, viewer: Viewer, params: dict[str, str], mode: str) -> Context:
        found = list(selectors.drafts())
        wanted = [row for row in found if str(row.pk) == params.get("edition")] if len(found) > 1 else found
        if not wanted:
            raise Refused(NO_DRAFT if not found else "请选择导入到哪个新版本。", field="edition")
        edition = wanted[0]
        collected = {row.code: row for row in selectors.draft_rows(edition)}
        data = {"edition": edition, "collected": collected, "ids": selectors.draft_ids(edition)}
        return Context(viewer, params, mode, data | {"present": selectors.present_entries(edition.table)})

    def check(self, rows: list[ParsedRow], context: Context) -> None:
        present: dict[str, Present] = context.data["present"]
        collected: dict[str, Wanted] = context.data["collected"]
        spelt = {code.upper(): code for code in (*collected, *present)}
        mine = {row.number: _wanted(row, spelt) for row in rows if row.read("code", "label")}
        parents = {wanted.code: Present(wanted.label, usable=False) for wanted in (*collected.values(), *mine.values())}
        for row in rows:
            wanted = mine.get(row.number)
            if wanted is None:
                continue
            for field, sentence in amendments.faults(wanted, parents | present):
                row.error(field, sentence.rstrip("。"), rule="code")
            row.memo = wanted
            row.subject_id = context.data["ids"].get(wanted.code)
            if wanted.code in collected:
                row.verdict = Verdict.UNCHANGED if collected[wanted.code] == wanted else Verdict.UPDATE

    def apply(self, rows: list[ParsedRow], context: Context, *, by: Viewer) -> None:
        ids = actions.collect(context.data["edition"].pk, [row.memo for row in rows], by=by)
        for row in rows:
            row.subject_id = ids[row.memo.code]


def _title(edition: CodeEdition) -> str:
    return f"{edition.table.title} {edition.name}"


def _wanted(row: ParsedRow, spelt: Mapping[str, str]) -> Wanted:
    """The row as an entry; codes come in capitals from the reader and go back to how the table spells them."""
    given = {name: str(row.values.get(name) or "") for name in FIELDS}
    for name in ("code", "parent_code", "like"):
        given[name] = spelt.get(given[name], given[name])
    return amendments.cleaned(Wanted(**given))
