"""培训信息导入, keyed by ID number; intake year and base are fixed (R-05)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from xinglin.dictionaries import selectors as dictionaries
from xinglin.imports.checking import DUPLICATE
from xinglin.imports.columns import Column
from xinglin.imports.enums import Mode, Verdict
from xinglin.imports.rows import ParsedRow
from xinglin.imports.spec import Context, ImportSpec
from xinglin.kernel.declarations import Declaration
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.selectors import base_of, specialty_bases
from xinglin.people.models import Person

from ..actions.locking import read_only_reasons
from ..actions.training import save_many, with_derived_end
from ..fields import TRAINING, training_declarations
from ..models import Enrollment
from ..rules import TRAINING_MANDATORY, missing_training
from ..selectors.subjects import Subject, subjects, training_content
from .accounts import CRUMBS, home_of
from .people_known import NAME_DIFFERS, known_people

ALWAYS = {rule.field for rule in TRAINING_MANDATORY if not rule.why} - {"ends_on", "intake_year"}
DERIVED_END = "不填时按开始日期和年限推算"


def specialty_choices(viewer: Viewer) -> Sequence[tuple[str, str]]:
    """The base's own specialty bases, as (code, label)."""
    base = base_of(viewer)
    if base is None:
        return ()
    rows = specialty_bases(base, viewer.track)
    usable = dictionaries.usable("specialty")
    return tuple(
        (row.specialty, dictionaries.label("specialty", row.specialty)) for row in rows if row.specialty in usable
    )


def duplicated(row: ParsedRow) -> bool:
    """The row repeats another row of the file and was refused for it."""
    return any(issue.rule == DUPLICATE for issue in row.issues)


def _column(declaration: Declaration) -> Column:
    extra: dict[str, Any] = {"mandatory": declaration.name in ALWAYS}
    if declaration.name == "specialty":
        extra |= {"kind": "choice", "choices": specialty_choices, "not_ours": "本基地没有这个专业"}
    if declaration.name == "approved_years":
        extra |= {"minimum": 1, "maximum": 3, "units": ("年",)}
    if declaration.name == "ends_on":
        extra |= {"note": DERIVED_END}
    return Column.of(Enrollment, declaration.name, **extra)


class TrainingImport(ImportSpec):
    """Updates 培训信息 of residents whose accounts the base has imported."""

    kind = "resident-training"
    title = "培训信息导入"
    template_title = "培训信息模板"
    permission = "residents.import_training"
    sheet_name = "培训信息"
    subject_word = "人"
    back_url = "residents:intake"
    crumbs = CRUMBS
    nav_key = "residents.intake"
    key = ("id_type", "id_number")
    modes = (Mode.UPDATE,)
    columns = (
        Column.of(Person, "name", note="只用来核对，不会改姓名"),
        Column.of(Person, "id_type", mandatory=True, example="居民身份证", default="01"),
        Column.of(Person, "id_number", label="证件号码", mandatory=True, type_column="id_type", aliases=("证件号",),
                  note="用来找到住院医师，不会改号码", example="110199199805160025"),
        *(_column(d) for d in training_declarations().values() if not d.fixed),
    )  # fmt: skip
    notes = (
        "按证件号码找到住院医师；招收年份和培训基地不能在这里改。",
        "选填的空格保持原来的内容，不会清空。",
        "已上报的记录导入后会撤回上报，需要重新上报。",
    )

    def needs(self, viewer: Viewer) -> None:
        home_of(viewer)

    def prepare(self, viewer: Viewer, params: dict[str, str], mode: str) -> Context:
        base = home_of(viewer)
        capacity = {row.specialty: row.capacity for row in specialty_bases(base, viewer.track)}
        return Context(viewer, params, mode, {"base": base, "capacity": capacity})

    def check(self, rows: list[ParsedRow], context: Context) -> None:
        readable = [row for row in rows if row.read("id_type", "id_number") and not duplicated(row)]
        known = known_people([(row.values["id_type"], row.values["id_number"]) for row in readable])
        mine: dict[int, ParsedRow] = {}
        for row in readable:
            person = known.get((row.values["id_type"], row.values["id_number"]))
            holding = person.holding if person else None
            if person is None or holding is None or holding.organization_id != context.data["base"].pk:
                row.error("id_number", "本基地没有这位住院医师，请先导入账号，或核对证件号码", rule="unknown")
                continue
            if row.values.get("name") and row.values["name"] != person.person.name:
                row.error("name", NAME_DIFFERS, rule="name")
            mine[holding.pk] = row
        found = subjects(mine)
        reasons = read_only_reasons(list(found.values()))
        for pk, subject in found.items():
            _check_row(mine[pk], subject, reasons.get(pk))
        _warn_capacity(mine, found, context)

    def apply(self, rows: list[ParsedRow], context: Context, *, by: Viewer) -> None:
        save_many({int(row.subject_id or 0): row.memo for row in rows}, by=by)


def _check_row(row: ParsedRow, subject: Subject, locked: str | None) -> None:
    row.subject_id = subject.id
    if locked:
        row.error("", locked, rule="locked")
        return
    given = {name: value for name, value in row.values.items() if name in training_declarations() and value is not None}
    before = training_content(subject.enrollment)
    planned = with_derived_end({key[len(TRAINING) + 1 :]: value for key, value in before.items()}, given)
    after = before | {f"{TRAINING}.{name}": _plain(value) for name, value in planned.items()}
    named = {issue.field for issue in row.issues if issue.is_error}
    if named & {"starts_on", "approved_years"}:
        named.add("ends_on")  # it follows from these two: no second remark for one fault
    for issue in missing_training(after):
        name = issue.field.removeprefix(f"{TRAINING}.")
        if name not in named:
            row.error(name, "没有填写", rule="mandatory")
    row.memo = planned
    row.verdict = Verdict.UNCHANGED if after == before else Verdict.UPDATE


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _warn_capacity(mine: dict[int, ParsedRow], found: dict[int, Subject], context: Context) -> None:
    """More residents of a specialty than the base's yearly capacity: allowed, but said.

    The sentence is the same for all of a specialty, so that one tick confirms them together.
    """
    years = {s.enrollment.intake_year for s in found.values()}
    present = Counter(
        Enrollment.objects.visible_to(context.viewer)
        .filter(intake_year__in=years, lapsed_at__isnull=True)
        .exclude(pk__in=list(mine))
        .exclude(specialty="")
        .values_list("intake_year", "specialty")
    )
    for pk, row in sorted(mine.items(), key=lambda item: item[1].number):
        specialty = row.values.get("specialty") or found[pk].enrollment.specialty
        if not specialty:
            continue
        slot = (found[pk].enrollment.intake_year, specialty)
        present[slot] += 1
        capacity = context.data["capacity"].get(specialty)
        if capacity is not None and present[slot] > capacity:
            label = dictionaries.label("specialty", specialty)
            row.warn("specialty", f"{label}今年的人数超过核定容量（{capacity} 人）", rule="capacity")
