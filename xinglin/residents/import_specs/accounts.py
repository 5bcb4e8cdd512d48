"""住院医师账号导入: 招收年份, 姓名, 证件类型, 证件号码, 手机号 (R-03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xinglin.accounts import standing
from xinglin.accounts.actions.credentials import DEFAULT, installation_policy
from xinglin.accounts.enums import Entrance, Policy
from xinglin.dictionaries import selectors as dictionaries
from xinglin.imports.columns import Column
from xinglin.imports.enums import Verdict
from xinglin.imports.rows import ParsedRow
from xinglin.imports.spec import Context, ImportSpec, Question
from xinglin.kernel import id_numbers, numbers
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Track
from xinglin.organizations.models import Organization
from xinglin.organizations.selectors import base_of, is_base
from xinglin.people.actions import NewPerson, seal_people
from xinglin.people.models import Person
from xinglin.people.rules import RESIDENT_ID_CARD
from xinglin.windows.enums import PhaseKind, Purpose
from xinglin.windows.models import CollectionWindow
from xinglin.windows.selectors import batch_text, effective_end, open_windows

from ..actions.enrolling import Intake, correct_contacts, enroll
from .people_known import NAME_DIFFERS, Known, known_people, lookalikes, phone_owners

CRUMBS = (("住院医师管理", ""), ("招收信息管理", "residents:intake"))
NO_WINDOW = "现在没有进行中的招收填报时间，不能导入账号。请在“时间安排”里查看，需要延长请联系省级管理部门。"


def home_of(viewer: Viewer) -> Organization:
    """The base for which the viewer imports. Raises Refused for everybody else."""
    base = base_of(viewer)
    if base is None:
        raise Refused("账号由培训基地导入，请切换到基地管理员身份。")
    return base


def windows_of(viewer: Viewer) -> list[CollectionWindow]:
    """Windows of the base's tracks whose filling is open now."""
    base = home_of(viewer)
    open_now = open_windows(Purpose.RECRUITMENT, viewer.track, base)
    return [window for window in open_now if is_base(base, window.track)]


class AccountImport(ImportSpec):
    """Creates persons, accounts and enrollments, or corrects name and phone before the first sign-in."""

    kind = "resident-accounts"
    title = "住院医师账号导入"
    template_title = "住院医师账号模板"
    permission = "residents.import_accounts"
    sheet_name = "账号"
    subject_word = "人"
    back_url = "residents:intake"
    crumbs = CRUMBS
    nav_key = "residents.intake"
    key = ("id_type", "id_number")
    return_columns = ("初始密码",)
    columns = (
        Column("intake_year", "招收年份", kind="int", mandatory=True, minimum=2014, maximum=2100, units=("年", "级"),
               example="2026", note="正在招收的年份"),
        Column.of(Person, "name", mandatory=True, example="林知夏"),
        Column.of(Person, "id_type", mandatory=True, example="居民身份证"),
        Column.of(Person, "id_number", label="证件号码", mandatory=True, type_column="id_type", aliases=("证件号",),
                  note="18 位，设为文本格式", example="110199199805160025"),
        Column.of(Person, "phone", label="手机号", mandatory=True, aliases=("手机", "手机号码"), example="13900000000"),
    )  # fmt: skip
    notes = (
        "证件类型和证件号码导入后不能修改，请对照证件核对。",
        "证件号码、手机号请用文本格式，不要让表格软件改成科学计数。",
        "同一文件重复导入不会产生变化，也不会重置密码。",
    )

    def needs(self, viewer: Viewer) -> None:
        if not windows_of(viewer):
            raise Refused(NO_WINDOW)

    def subtitle(self, viewer: Viewer) -> str:
        windows = windows_of(viewer)
        tracks = len({window.track for window in windows}) > 1
        batches = "、".join(
            f"{Track(w.track).label if tracks else ''} {w.year} 年第 {w.batch} 批".strip() for w in windows
        )
        return f"{batches} · {viewer.organization_name}"

    def questions(self, viewer: Viewer) -> Sequence[Question]:
        windows = windows_of(viewer)
        if len(windows) < 2:
            return ()
        choices = tuple((str(w.pk), f"{Track(w.track).label} {w.year} 年第 {w.batch} 批") for w in windows)
        return (Question("window", "导入到哪一批", choices, "现在有几批同时在招收"),)

    def settled(self, viewer: Viewer, answers: dict[str, str]) -> dict[str, str]:
        windows = windows_of(viewer)
        return {"window": str(windows[0].pk)} if len(windows) == 1 else answers

    def place(self, params: Mapping[str, str]) -> str:
        window = _window(params)
        return batch_text(window) if window else ""

    def afterword(self, viewer: Viewer, params: Mapping[str, str]) -> str:
        window, base = _window(params), base_of(viewer)
        ends = effective_end(window, PhaseKind.FILLING, base) if window and base else None
        password = (
            f"初始密码为 {DEFAULT}" if installation_policy() == Policy.FIXED else "初始密码各不相同，见“下载导入结果”"
        )
        until = f"，{standing.until(ends)}前有效" if ends else ""
        return (
            f"请通知住院医师从“{Entrance.RESIDENT.label}”用证件号码登录，{password}{until}；"
            "第一次登录须核对登记的手机号并设新密码。已经设过密码的用自己的密码。"
        )

    def prepare(self, viewer: Viewer, params: dict[str, str], mode: str) -> Context:
        base = home_of(viewer)
        windows = windows_of(viewer)
        chosen = [w for w in windows if str(w.pk) == params.get("window")] if len(windows) > 1 else windows
        if not chosen:
            raise Refused(NO_WINDOW if not windows else "请选择导入到哪一批。", field="window")
        return Context(viewer, params, mode, {"base": base, "window": chosen[0]})

    def read(self, rows: list[ParsedRow]) -> None:
        for row in rows:
            if row.read("id_type", "id_number"):
                row.memo = Meant(_person(row))

    def foresee(self, rows: list[ParsedRow]) -> None:
        seal_people([row.memo.new for row in rows if row.memo is not None])

    def check(self, rows: list[ParsedRow], context: Context) -> None:
        window: CollectionWindow = context.data["window"]
        divisions = dictionaries.codes("division")
        readable = [row for row in rows if row.memo is not None]
        known = known_people(
            [(row.memo.new.id_type, row.memo.new.id_number) for row in readable],
            [row.memo.new.id_number_hash for row in readable],
        )
        for row in rows:
            _check_year(row, window)
        for row in readable:
            new = row.memo.new
            if new.id_type == RESIDENT_ID_CARD:
                warning = id_numbers.area_warning(new.id_number[:6], divisions)
                if warning:
                    row.warn("id_number", warning, rule="area")
            person = row.memo.known = known.get((new.id_type, new.id_number))
            if person is not None:
                _check_known(row, person, context)
        _warn_lookalikes([row for row in readable if row.memo.known is None], context)

    def apply(self, rows: list[ParsedRow], context: Context, *, by: Viewer) -> None:
        base, window = context.data["base"], context.data["window"]
        fresh = [row for row in rows if row.verdict == Verdict.CREATE]
        if fresh:
            enrolled = enroll(
                [_intake(row) for row in fresh],
                window=window, base=base, province=base.province, by=by,
            )  # fmt: skip
            for row, enrollment_id in zip(fresh, enrolled.ids, strict=True):
                row.subject_id = enrollment_id
                password = enrolled.passwords.get(enrollment_id)
                if password:
                    row.returns["初始密码"] = password
        changed = [row for row in rows if row.verdict == Verdict.UPDATE]
        if changed:
            contacts = [(row.memo.known.holding, row.values["name"], row.values["phone"]) for row in changed]
            correct_contacts(contacts, by=by)


def _window(params: Mapping[str, str]) -> CollectionWindow | None:
    pk = numbers.whole(params.get("window"))
    return CollectionWindow.objects.filter(pk=pk).first() if pk else None


@dataclass(slots=True)
class Meant:
    """Whom a row means: the person as written, and what the system knows of him."""

    new: NewPerson
    known: Known | None = None


def _person(row: ParsedRow) -> NewPerson:
    """The person as written; name and phone are empty where they could not be read (such a row is refused)."""
    v = row.values
    return NewPerson(
        v.get("name") or "", v["id_type"], v["id_number"], v.get("phone") or "", row.documents.get("id_number")
    )


def _intake(row: ParsedRow) -> Intake:
    known = row.memo.known
    return Intake(row.memo.new, known.person, known.activated) if known else Intake(row.memo.new)


def _check_year(row: ParsedRow, window: CollectionWindow) -> None:
    year = row.values.get("intake_year")
    if year is not None and year != window.year:
        row.error("intake_year", f"{year} 年不在填报时间内", suggestion=str(window.year), rule="window")


def _check_known(row: ParsedRow, known: Known, context: Context) -> None:
    """A person who is in the system: held elsewhere, here already, or free."""
    name, phone = row.values.get("name"), row.values.get("phone")
    holding = known.holding
    base: Organization = context.data["base"]
    window: CollectionWindow = context.data["window"]
    if known.activated and name and name != known.person.name:
        row.error("name", NAME_DIFFERS, rule="name")
    if known.activated and phone and phone != known.person.phone:
        row.warn("phone", "与本人登记的手机号不同，导入不会改本人的手机号", rule="phone")
    if holding is None:
        return
    row.subject_id = holding.pk
    if holding.organization_id != base.pk or holding.window_id != window.pk or holding.training_status:
        row.error("id_number", _held_by(holding.organization, holding.training_status, base), rule="held")
        return
    same = known.activated or (name == known.person.name and phone == known.person.phone)
    row.verdict = Verdict.UNCHANGED if same else Verdict.UPDATE


def _held_by(organization: Organization, status: str, base: Organization) -> str:
    own = organization.pk == base.pk
    where = "本基地" if own else organization.name
    if status:
        label = dictionaries.label("training_status", status)
        advice = "换专业须先办理退培" if own else "换基地请联系原基地，先办理退培"
        return f"正在{where}{label}，不能录入。{advice}"
    advice = "确需重新录入，请先删除原来那一条" if own else f"请联系{where}，由其删除后再录入"
    return f"已由{where}录入，正在招收，不能重复录入。{advice}"


def _warn_lookalikes(rows: list[ParsedRow], context: Context) -> None:
    """Same name and birth date, or the same phone, under another number: confirmed, not ignored."""
    cards = [row.memo.new for row in rows if row.memo.new.name and row.memo.new.id_type == RESIDENT_ID_CARD]
    same = lookalikes({(new.name, new.birth_date) for new in cards}, base=context.data["base"])
    owners = phone_owners(row.memo.new.phone_hash for row in rows if row.memo.new.phone)
    of_file: dict[str, str] = {}
    for row in rows:
        new = row.memo.new
        where = same.get((new.name, new.birth_date)) if same and new.id_type == RESIDENT_ID_CARD else None
        if where:
            row.warn("name", f"与{where}的住院医师同名同出生日期，证件号码不同，请确认不是同一人", rule="lookalike")
        if not new.phone:
            continue
        if new.phone_hash in owners or of_file.setdefault(new.phone_hash, new.id_number_hash) != new.id_number_hash:
            row.warn("phone", "手机号已被另一位住院医师使用，请确认", rule="phone_used")
