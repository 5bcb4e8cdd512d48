"""培训基地导入: hospitals with their training-base capability and the base's own account (P-01, P-05, P-16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from xinglin.accounts import actions as accounts
from xinglin.dictionaries import selectors as dictionaries
from xinglin.imports.columns import Column
from xinglin.imports.enums import Verdict
from xinglin.imports.rows import ParsedRow
from xinglin.imports.spec import Context, ImportSpec
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import actions, rules
from xinglin.organizations.enums import CapabilityKind, Kind, Track
from xinglin.organizations.models import Organization
from xinglin.vault.hashing import keyed_hash

from ..selectors.organizations.known import Known, home_for, known_bases, provinces_for

BOTH = ",".join((Track.WESTERN, Track.TCM))
FACTS = ("name", "short_name", "code", "uscc", "division", "contact_name")
TRACKS = ((Track.WESTERN.value, "西医"), (Track.TCM.value, "中医"), (BOTH, "西医、中医"))


def _tracks(viewer: Viewer) -> Sequence[tuple[str, str]]:
    """What the identity may administer."""
    return [pair for pair in TRACKS if viewer.track in (None, "", pair[0])]


@dataclass(slots=True)
class Plan:
    """What one row will do. ``node``: the hospital that is there; ``changes``: its facts that differ."""

    node: Organization | None
    parent: Organization | None = None
    changes: dict[str, str] = field(default_factory=dict)
    tracks: list[str] = field(default_factory=list)
    open_account: bool = False

    @property
    def empty(self) -> bool:
        return not (self.changes or self.tracks or self.open_account)


class TrainingBaseImport(ImportSpec):
    """Creates or updates bases of one's subtree; a base without an account gets its own."""

    kind = "training-bases"
    title = "培训基地导入"
    template_title = "培训基地模板"
    permission = actions.EDIT
    sheet_name = "培训基地"
    subject_word = "家"
    back_url = "administration:organizations"
    crumbs = (("系统管理", ""), ("机构管理", "administration:organizations"))
    nav_key = "administration.organizations"
    key = ("code",)
    max_rows = 5_000
    return_columns = ("初始密码",)
    columns = (
        Column.of(Organization, "name", label="基地名称", mandatory=True, aliases=("名称", "医院名称"), width=30,
                  note="全称，与执业许可证一致；基地用它登录"),
        Column.of(Organization, "short_name"),
        Column.of(Organization, "code", mandatory=True, text_format=True, note="基地也可以用代码登录；同一代码就是同一家"),
        Column.of(Organization, "uscc", mandatory=True, aliases=("信用代码", "USCC")),
        Column("division", "行政区划代码", text_format=True, max_length=12, example="320199", aliases=("行政区划",),
               note="GB/T 2260 六位代码，设为文本格式"),
        Column("tracks", "体系", "choice", mandatory=True, choices=_tracks, example="西医、中医"),
        Column.of(Organization, "contact_name"),
        Column("contact_phone", "联系人手机", "mobile", mandatory=True, aliases=("联系电话", "手机号"), example="13900000000",
               note="首次登录时核对"),
        Column("starts_on", "资质开始日期", "date", mandatory=True, example="2026-09-01"),
    )  # fmt: skip
    notes = (
        "按基地代码认出已有的基地：有改动的更新，没有的新增；选填的空格保持原来的内容。",
        "新增的基地同时得到培训基地资质和基地自己的账号；已有账号的不重置密码。",
        "一家医院只建一个：已经作为协同单位等建立过的，按信用代码或名称认出，补上代码和资质。",
    )

    def needs(self, viewer: Viewer) -> None:
        viewer.require(actions.EDIT)
        viewer.require("accounts.manage")

    def prepare(self, viewer: Viewer, params: dict[str, str], mode: str) -> Context:
        return Context(viewer, params, mode, {"provinces": provinces_for(viewer)})

    def check(self, rows: list[ParsedRow], context: Context) -> None:
        known = known_bases([row.values for row in rows], context.viewer)
        claimed: dict[tuple[str, str], int] = {}
        for row in rows:
            _check_twice(row, claimed)
            _check_division(row)
            if row.read("code", "name", "uscc"):
                row.memo = _plan(row, known, context)

    def apply(self, rows: list[ParsedRow], context: Context, *, by: Viewer) -> None:
        for row in rows:
            plan: Plan = row.memo
            node = plan.node
            if node is None:
                facts = {name: row.values.get(name) or "" for name in (*FACTS, "contact_phone")}
                node = actions.create_organization(plan.parent, kind=Kind.HOSPITAL, **facts, by=by)
            elif plan.changes:
                actions.edit_organization(node, plan.changes, by=by)
            for track in plan.tracks:
                kind = CapabilityKind.TRAINING_BASE
                actions.add_capability(node, kind, track=track, starts_on=row.values["starts_on"], by=by)
            if plan.open_account:
                issue = accounts.open_organization_account(node, by=by)
                row.returns["初始密码"] = next(iter(issue.passwords.values()), "")
            row.subject_id = node.pk


def _check_twice(row: ParsedRow, claimed: dict[tuple[str, str], int]) -> None:
    """Two rows with other codes but one name or USCC are one hospital."""
    for name, words in (("name", "名称"), ("uscc", "信用代码")):
        value = row.values.get(name)
        if not value or row.failed:
            continue
        first = claimed.setdefault((name, value), row.number)
        if first != row.number:
            row.error(name, f"与第 {first} 行的{words}相同，一家医院只写一行", rule="twice")


def _check_division(row: ParsedRow) -> None:
    value = row.values.get("division")
    if not value or dictionaries.entry("division", value) is not None:
        return
    found = dictionaries.code_for("division", value)
    row.error("division", "行政区划代码表里没有，应填六位代码", suggestion=found, rule="division")


def _plan(row: ParsedRow, known: Known, context: Context) -> Plan | None:
    """What is to be done, or None with the reason at its cell."""
    values, viewer = row.values, context.viewer
    node = known.match(values)
    if (clash := known.clash(values, node)) is not None:
        row.error(clash[0], clash[1], rule="taken")
        return None
    try:
        rules.clean_code(values["code"])
    except ValueError as error:
        row.error("code", str(error))
        return None
    if node is None:
        parent = home_for(values.get("division") or "", context.data["provinces"], viewer)
        if parent is None:
            row.error("division", "看不出属于哪个省：请填本省的行政区划代码", rule="home")
            return None
        return Plan(None, parent, tracks=_wanted(values), open_account=True)
    row.subject_id = node.pk
    if not viewer.covers(node.path):
        row.error("code", f"“{node.name}”属于{known.province_of(node)}，不在您的管理范围内", rule="scope")
        return None
    plan = Plan(node, changes=_changes(node, values), open_account=node.pk not in known.accounts)
    for track in _wanted(values):
        since = known.since(node, track)
        if since is None:
            plan.tracks.append(track)
        elif values.get("starts_on") and since != values["starts_on"]:
            row.warn(
                "starts_on", f"{Track(track).label}培训基地资质自 {since} 起已经有了，导入不改开始日期", rule="since"
            )
    if "name" in plan.changes:
        row.warn("name", f"将把“{node.name}”改名为“{values['name']}”，基地改用新名称登录", rule="rename")
    row.verdict = Verdict.UNCHANGED if plan.empty else Verdict.UPDATE
    return plan


def _wanted(values: dict[str, Any]) -> list[str]:
    return [track for track in str(values.get("tracks") or "").split(",") if track]


def _changes(node: Organization, values: dict[str, Any]) -> dict[str, str]:
    """Facts of the file that differ; an empty cell keeps what is there."""
    found = {name: values[name] for name in FACTS if values.get(name) and values[name] != getattr(node, name)}
    phone = values.get("contact_phone")
    if phone and (keyed_hash("phone", phone) != node.contact_phone_hash or node.lacks_full_phone):
        found["contact_phone"] = phone
    return found
