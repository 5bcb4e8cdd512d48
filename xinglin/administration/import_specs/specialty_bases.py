"""专业基地导入: base, specialty, yearly capacity, accreditation (P-02, P-16)."""

from __future__ import annotations

from xinglin.dictionaries import selectors as dictionaries
from xinglin.imports.cells.options import nearest_label
from xinglin.imports.columns import Column
from xinglin.imports.enums import Verdict
from xinglin.imports.rows import ParsedRow
from xinglin.imports.spec import Context, ImportSpec
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import actions, rules
from xinglin.organizations.enums import Accreditation, Track
from xinglin.organizations.models import SpecialtyBase

from ..selectors.organizations.known import bases_called, hospital_names, specialties_at, tracks_of

WITHDRAWN = Accreditation.WITHDRAWN


class SpecialtyBaseImport(ImportSpec):
    """Creates or updates; withdrawing and its reverse are done one by one, with their 依据."""

    kind = "specialty-bases"
    title = "专业基地导入"
    template_title = "专业基地模板"
    permission = actions.EDIT
    sheet_name = "专业基地"
    subject_word = "个"
    back_url = "administration:specialty-bases"
    crumbs = (("系统管理", ""), ("专业基地", "administration:specialty-bases"))
    nav_key = "administration.specialty-bases"
    key = ("base", "track", "specialty")
    max_rows = 20_000
    columns = (
        Column("base", "培训基地", mandatory=True, max_length=100, aliases=("基地代码", "基地名称"), example="LJ003", width=30,
               note="基地代码或全称"),
        Column("track", "体系", "choice", mandatory=True, choices=lambda viewer: Track.choices, example="西医"),
        Column.of(SpecialtyBase, "specialty", mandatory=True),
        Column("capacity", "年度招收容量", "int", mandatory=True, minimum=0, maximum=2000, units=("人",), example="30",
               note="一年最多招收多少人"),
        Column("accreditation", "认定状态", "choice", choices=lambda viewer: Accreditation.choices, example="已认定",
               note="不填：新增的为已认定，已有的不变"),
    )  # fmt: skip
    notes = (
        "按培训基地、体系、专业认出已有的专业基地，只改容量和认定状态。",
        "撤销和恢复认定要写依据，请在培训基地的页面里逐个办理。",
    )

    def prepare(self, viewer: Viewer, params: dict[str, str], mode: str) -> Context:
        return Context(viewer, params, mode)

    def check(self, rows: list[ParsedRow], context: Context) -> None:
        viewer = context.viewer
        bases = bases_called((row.values["base"] for row in rows if row.read("base")), viewer)
        nodes = list({node.pk: node for node in bases.values()}.values())
        tracks, present = tracks_of(nodes), specialties_at(nodes)
        names: list[str] | None = None
        first: dict[tuple[int, str, str], int] = {}
        for row in rows:
            if not row.read("base"):
                continue
            node = bases.get(row.values["base"])
            if node is None:
                names = hospital_names(viewer) if names is None else names
                near = nearest_label(row.values["base"], names)
                row.error("base", "您的管理范围内没有这个培训基地，请填代码或全称", suggestion=near, rule="base")
                continue
            if not row.read("track", "specialty"):
                continue
            key = (node.pk, row.values["track"], row.values["specialty"])
            number = first.setdefault(key, row.number)
            if number != row.number:
                if not row.failed:
                    row.error(
                        "specialty", f"与第 {number} 行是同一个专业基地", suggestion=f"只留第 {number} 行", rule="twice"
                    )
                continue
            row.memo = (node, present.get(key))
            _check_row(row, key, tracks, viewer)

    def apply(self, rows: list[ParsedRow], context: Context, *, by: Viewer) -> None:
        for row in rows:
            node, present = row.memo
            values = row.values
            state = values.get("accreditation") or (present.accreditation if present else Accreditation.ACCREDITED)
            if present is None:
                made = actions.add_specialty_base(
                    node, values["track"], values["specialty"], values["capacity"], accreditation=state, by=by
                )
                row.subject_id = made.pk
            else:
                actions.change_specialty_base(present, capacity=values["capacity"], accreditation=state, by=by)


def _check_row(row: ParsedRow, key: tuple[int, str, str], tracks: set[tuple[int, str]], viewer: Viewer) -> None:
    pk, track, specialty = key
    node, present = row.memo
    if viewer.track and track != viewer.track:
        row.error("track", f"当前身份只管理{Track(viewer.track).label}", rule="scope")
        return
    entry = dictionaries.entry("specialty", specialty)
    said = rules.Specialty(entry.label, str(entry.extra.get("track", "")), True) if entry else None
    if reason := rules.why_no_specialty(said, track):
        row.error("specialty", reason.rstrip("。"), rule="track")
    elif (pk, track) not in tracks:
        row.error("base", f"{node.name}没有{Track(track).label}培训基地资质，请先新增资质", rule="capability")
    wanted = row.values.get("accreditation")
    if present is None:
        if wanted == WITHDRAWN:
            row.error("accreditation", "还没有这个专业基地，不能撤销", rule="withdrawn")
        return
    row.subject_id = present.pk
    if wanted and (wanted == WITHDRAWN) != (present.accreditation == WITHDRAWN):
        row.error("accreditation", "撤销和恢复认定要写依据，请在培训基地的页面里办理", rule="withdrawn")
    same = row.values.get("capacity") == present.capacity and wanted in (None, "", present.accreditation)
    row.verdict = Verdict.UNCHANGED if same else Verdict.UPDATE
