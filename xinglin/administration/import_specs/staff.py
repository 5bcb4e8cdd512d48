"""工作人员账号导入: 姓名, 证件类型, 证件号码, 手机号, 身份, 所在单位, 体系, 到期日 (P-04)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from xinglin.accounts.actions import NewStaff, open_staff, set_expiry
from xinglin.accounts.actions.staff import NAME_DIFFERS
from xinglin.accounts.models import Grant, User
from xinglin.accounts.roles import OPENS, role
from xinglin.accounts.rules import opening_refusal
from xinglin.accounts.selectors import accounts_of_persons, grants_of_users, known_persons
from xinglin.imports.columns import Column
from xinglin.imports.enums import Verdict
from xinglin.imports.rows import ParsedRow
from xinglin.imports.spec import Context, ImportSpec
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind, Track
from xinglin.organizations.models import Organization
from xinglin.people.actions import NewPerson
from xinglin.people.models import Person
from xinglin.people.selectors import phone_hash

from ..forms.accounts import end_of
from ..selectors import accounts as selectors

NO_BASE = "本单位现在不是培训基地，不能开通账号。请联系省级管理部门。"
PHONE = "与系统里登记的手机号不同，导入不会改本人登记的手机号"


def _roles(viewer: Viewer) -> Sequence[tuple[str, str]]:
    return selectors.givable(viewer)


def _tracks(_viewer: Viewer) -> Sequence[tuple[str, str]]:
    return (*Track.choices, ("both", "西医、中医"))


class StaffImport(ImportSpec):
    """Opens accounts, gives identities on existing ones, and changes the last day of identities; never a person."""

    kind = "staff-accounts"
    title = "工作人员账号导入"
    template_title = "工作人员账号模板"
    permission = "accounts.open_staff"
    sheet_name = "工作人员"
    subject_word = "人"
    back_url = "administration:accounts"
    nav_key = "administration.accounts"
    crumbs = (("系统管理", ""), ("账号管理", "administration:accounts"))
    key = ("id_type", "id_number", "role", "place", "track")
    return_columns = ("初始密码",)
    columns = (
        Column.of(Person, "name", mandatory=True, example="林知夏"),
        Column.of(Person, "id_type", mandatory=True, example="居民身份证"),
        Column.of(Person, "id_number", label="证件号码", mandatory=True, type_column="id_type", aliases=("证件号",),
                  note="18 位，设为文本格式；用它找到本人", example="110199198805160028"),
        Column.of(Person, "phone", label="手机号", mandatory=True, aliases=("手机", "手机号码"), example="13900000000"),
        Column("role", "身份", kind="choice", mandatory=True, choices=_roles, example="基地管理员"),
        Column("place", "所在单位", aliases=("单位代码", "单位"), max_length=100,
               note="填单位全称或基地代码；不填为本单位。培训基地不用填"),
        Column("track", "体系", kind="choice", choices=_tracks, default="both", example="西医", note="不填为西医、中医"),
        Column("ends_on", "到期日", kind="date", note="到当天 24:00 为止；不填为长期，已有身份的不改"),
    )  # fmt: skip
    notes = (
        "按证件类型和号码找人：已有账号的只增加身份，姓名和手机号不变。",
        "新开通的账号发初始密码，本人第一次登录时自己起用户名。",
        "同一文件重复导入不会产生变化，也不会重置密码。",
    )

    def needs(self, viewer: Viewer) -> None:
        if not OPENS.get(viewer.role):
            raise Refused(f"“{viewer.role_label}”不能开通工作人员账号。")
        if not selectors.givable_places(viewer):
            raise Refused(NO_BASE)

    def prepare(self, viewer: Viewer, params: dict[str, str], mode: str) -> Context:
        places = selectors.givable_places(viewer)
        named = {node.name: node for node in places} | {node.code: node for node in places if node.code}
        return Context(viewer, params, mode, {"places": named, "own": {node.pk: node for node in places}})

    def check(self, rows: list[ParsedRow], context: Context) -> None:
        readable = [row for row in rows if row.read("id_type", "id_number")]
        known = known_persons((row.values["id_type"], row.values["id_number"]) for row in readable)
        users = accounts_of_persons(person.pk for person in known.values())
        held = _held(users.values())
        for row in rows:
            _check_place(row, context)
            _check_day(row)
        for row in readable:
            person = known.get((row.values["id_type"], row.values["id_number"]))
            if person is not None:
                _check_known(row, person, users.get(person.pk), held)
        _check_twice(readable)

    def apply(self, rows: list[ParsedRow], context: Context, *, by: Viewer) -> None:
        fresh = [row for row in rows if row.verdict == Verdict.CREATE]
        if fresh:
            opened = open_staff([_wanted(row) for row in fresh], by=by)
            for row, user_id in zip(fresh, opened.user_ids, strict=True):
                row.subject_id = user_id
                if password := opened.passwords.get(user_id):
                    row.returns["初始密码"] = password
        for row in rows:
            if row.verdict == Verdict.UPDATE:
                set_expiry(row.memo["grant"], end_of(row.values["ends_on"]), by=by)


def _wanted(row: ParsedRow) -> NewStaff:
    v = row.values
    person = NewPerson(v["name"], v["id_type"], v["id_number"], v["phone"])
    return NewStaff(person, v["role"], row.memo["place"], _track(row), end_of(v.get("ends_on")))


def _track(row: ParsedRow) -> str:
    """Both tracks are the empty track of a grant."""
    value = row.values.get("track") or "both"
    return "" if value == "both" else str(value)


def _check_place(row: ParsedRow, context: Context) -> None:
    """Where, and whether this viewer may give this role there."""
    row.memo = {"place": None, "grant": None}
    typed = row.values.get("place") or ""
    places: dict[str, Organization] = context.data["places"]
    node = (
        places.get(typed) or places.get(typed.upper())
        if typed
        else context.data["own"].get(context.viewer.organization_id)
    )
    if node is None:
        row.error("place", f"没有“{typed}”这个单位，或不归您管理。请填全称或基地代码", rule="place")
        return
    row.memo["place"] = node
    if not row.read("role"):
        return
    code, track = row.values["role"], _track(row)
    if role(code).kind != node.kind:
        where = "所在单位要填培训基地" if role(code).kind == Kind.HOSPITAL else f"所在单位要填{role(code).kind.label}"
        row.error("place", f"“{node.name}”不能有“{role(code).label}”身份，{where}", rule="kind")
        return
    reason = opening_refusal(context.viewer, code, kind=node.kind, path=node.path, name=node.name, track=track)
    if reason:
        row.error("track" if context.viewer.track else "role", reason.rstrip("。"), rule="right")


def _check_day(row: ParsedRow) -> None:
    day: dt.date | None = row.values.get("ends_on")
    if day is not None and day < clock.today():
        row.error("ends_on", "到期日已经过去，请填今天或以后的日期", rule="past")


def _check_twice(rows: list[ParsedRow]) -> None:
    """The same identity in two rows, also where one names the organisation and the other leaves it out."""
    first: dict[tuple[Any, ...], int] = {}
    for row in rows:
        place = row.memo["place"]
        if place is None or not row.read("role") or any(issue.rule == "duplicate" for issue in row.issues):
            continue
        key = (row.values["id_type"], row.values["id_number"], row.values["role"], place.pk, _track(row))
        number = first.setdefault(key, row.number)
        if number != row.number:
            row.error("id_number", f"与第 {number} 行重复：同一个人的同一个身份只写一行", rule="duplicate")


def _held(users: Iterable[User]) -> dict[tuple[Any, ...], Grant]:
    """Identities in force by account, role, organisation and track."""
    return {(g.user_id, g.role, g.organization_id, g.track): g for g in grants_of_users(users)}


def _check_known(row: ParsedRow, person: Person, user: User | None, held: dict[tuple[Any, ...], Grant]) -> None:
    """A person of the system: name must agree, phone need not; the same identity again is no change."""
    if row.read("name") and row.values["name"] != person.name:
        row.error("name", NAME_DIFFERS.rstrip("。"), rule="name")
    if row.read("phone") and person.phone_hash and phone_hash(row.values["phone"]) != person.phone_hash:
        row.warn("phone", PHONE, rule="phone")
    place = row.memo["place"]
    if user is None or place is None or not row.read("role"):
        return
    grant = held.get((user.pk, row.values["role"], place.pk, _track(row)))
    if grant is None:
        return
    row.subject_id, row.memo["grant"] = user.pk, grant
    day = row.values.get("ends_on")
    row.verdict = Verdict.UNCHANGED if day is None or end_of(day) == grant.ends_at else Verdict.UPDATE
