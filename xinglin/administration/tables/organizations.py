"""Lists: 机构管理, 专业基地, 科室 (P-01, P-02)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from xinglin.dictionaries import selectors as dictionaries
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import selectors
from xinglin.organizations.actions import EDIT
from xinglin.organizations.enums import Accreditation, CapabilityKind, Kind, Track
from xinglin.organizations.models import Department, Organization, SpecialtyBase
from xinglin.ui.lists.declared import column, filter_by
from xinglin.ui.lists.parts import Choices, Column, Empty, Filter, RowAction, Tool
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.templatetags.xl import tag

from ..selectors.organizations import rows as reads
from ..selectors.organizations.rights import rights_of

VIEW = "organizations.view"
CRUMBS = (("系统管理", ""),)
_LEAD = "由省级管理员或中国医师协会维护。"
_TONES = {Accreditation.ACCREDITED: "ok", Accreditation.RECTIFYING: "wait", Accreditation.WITHDRAWN: "idle"}


def _provinces(viewer: Viewer) -> Choices:
    return [(str(row.pk), row.short_name or row.name) for row in selectors.provinces(viewer)]


def _capabilities(_viewer: Viewer) -> Choices:
    base = CapabilityKind.TRAINING_BASE
    in_tracks = [(f"{base.value}:{track.value}", reads.told(base, track)) for track in Track]
    return [*in_tracks, *((kind.value, kind.label) for kind in CapabilityKind)]


def _place(row: Organization) -> str:
    return dictionaries.label("division", row.division) if row.division else ""


def _held(row: Any, _viewer: Viewer) -> SafeString | str:
    lines = [(tag("ok", label),) for label in row.standing.labels]
    return format_html_join(mark_safe(" "), "{}", lines) if lines else "--"


def _state(row: Any, _viewer: Viewer) -> SafeString | str:
    found = reads.STATES.get(row.standing.state)
    return tag(*found) if found else "--"


def _count(name: str) -> Callable[[Any], int | None]:
    """A number that only hospitals have."""
    return lambda row: getattr(row.standing, name) if row.kind == Kind.HOSPITAL else None


def _importing(viewer: Viewer, kind: str, label: str, permission: str, who: str) -> tuple[Tool, Tool] | Tool:
    if not viewer.may(permission):
        return Tool(label, icon="upload", reason=who)
    return (
        Tool(label, reverse("imports:start", args=[kind]), "upload"),
        Tool("下载模板", reverse("imports:template", args=[kind]), "download"),
    )


def _in_use(rows: Any, value: str, _viewer: Viewer) -> Any:
    return rows.filter(disabled_at__isnull=value == "on")


class OrganizationList(ListSpec):
    """The subtree of the viewer, with what each node is today."""

    name = "administration.organizations"
    title, noun = "机构管理", "机构"
    permission = export_permission = VIEW
    nav_key = "administration.organizations"
    crumbs = CRUMBS
    order_by = ("province_id", "parent_id", "division", "code", "name")
    first = 4
    columns = (
        column(Organization, "name", sort="name", sticky=True, always=True, link=True, width=32),
        Column("kind", "类别", value=lambda row: Kind(row.kind).label, sort="kind"),
        column(Organization, "code", sort="code", mono=True),
        Column("held", "现有资质", value=lambda row: "、".join(row.standing.labels), cell=_held, width=30),
        Column("state", "状态", value=lambda row: reads.STATES.get(row.standing.state, ("", ""))[1], cell=_state),
        Column("specialties", "专业基地", value=_count("specialties"), numeric=True, unit="个", width=8),
        Column("affiliates", "协同单位", value=_count("affiliates"), numeric=True, unit="家", width=8),
        Column(
            "province", "省份", value=lambda row: (row.province.short_name or row.province.name) if row.province else ""
        ),
        Column("division", "所在地", value=_place, width=24),
        column(Organization, "short_name", default_on=False),
        column(Organization, "uscc", default_on=False),
        Column("parent", "上级", value="parent.name", default_on=False, width=24),
        column(Organization, "contact_name", default_on=False),
        Column("contact_phone", "联系电话", value="contact_phone_masked", default_on=False, mono=True),
        Column("departments", "科室", value=_count("departments"), default_on=False, numeric=True, unit="个", width=8),
    )
    filters = (
        Filter("words", "名称、代码或信用代码", lookup=reads.searched, placeholder="全称、简称、代码、统一社会信用代码"),
        Filter("province", "省份", kind="choice", lookup="province", choices=_provinces),
        Filter("capability", "现有资质", kind="choice", lookup=reads.holding, choices=_capabilities),
        Filter("state", "状态", kind="choice", lookup=reads.in_state,
               choices=[(key, words) for key, (_, words) in reads.STATES.items()]),
        Filter("kind", "类别", kind="choice", choices=Kind.choices),
        Filter("track", "体系", kind="choice", lookup=reads.in_track, choices=Track.choices),
    )  # fmt: skip

    def queryset(self, viewer: Viewer) -> Any:
        return reads.organization_rows(viewer)

    def prepare(self, rows: list[Any], viewer: Viewer) -> None:
        found = reads.standings(rows)
        for row in rows:
            row.standing = found[row.pk]

    def row_url(self, row: Any, viewer: Viewer) -> str:
        return reverse("administration:organization", args=[row.pk])

    def row_actions(self, row: Any, viewer: Viewer) -> Sequence[RowAction]:
        edit = reverse("administration:organization-edit", args=[row.pk])
        found = [RowAction("编辑", edit, reason=rights_of(viewer, row).own)]
        if row.kind != Kind.HOSPITAL:
            found.append(RowAction("看下级", f"{reverse('administration:organization', args=[row.pk])}?tab=below"))
        return found

    def head_tools(self, viewer: Viewer) -> Sequence[Tool]:
        return (Tool("机构树", reverse("administration:organization-tree"), "sitemap"),)

    def toolbar(self, viewer: Viewer) -> Sequence[Tool | tuple[Tool, Tool]]:
        importing = _importing(viewer, "training-bases", "导入培训基地", EDIT, f"培训基地{_LEAD}")
        if not viewer.may(EDIT):
            return (importing,)
        new = reverse("administration:organization-new", args=[viewer.organization_id])
        return (Tool("新增机构", new, "plus", "primary"), importing)


class SpecialtyBaseList(ListSpec):
    """专业基地 of all bases in scope."""

    name = "administration.specialty-bases"
    title, noun = "专业基地", "专业基地"
    permission = export_permission = VIEW
    nav_key = "administration.specialty-bases"
    crumbs = CRUMBS
    order_by = ("organization__path", "track", "specialty")
    columns = (
        Column("organization", "培训基地", value="organization.name", sort="organization__name", sticky=True, always=True,
               link=True, width=32),
        Column("code", "基地代码", value="organization.code", sort="organization__code", mono=True),
        Column("track", "体系", value=lambda row: Track(row.track).label, width=8),
        column(SpecialtyBase, "specialty", sort="specialty"),
        Column("capacity", "年度招收容量", numeric=True, unit="人", sort="capacity"),
        Column("accreditation", "认定状态", value=lambda row: Accreditation(row.accreditation).label,
               cell=lambda row, _: tag(_TONES[Accreditation(row.accreditation)], Accreditation(row.accreditation).label)),
        Column("province", "省份", default_on=False,
               value=lambda row: row.organization.province.short_name or row.organization.province.name),
    )  # fmt: skip
    filters = (
        Filter("organization", "培训基地", lookup="organization__name"),
        filter_by(SpecialtyBase, "specialty"),
        Filter("accreditation", "认定状态", kind="choice", choices=Accreditation.choices),
        Filter("province", "省份", kind="choice", lookup="organization__province", choices=_provinces),
        Filter("track", "体系", kind="choice", choices=Track.choices),
    )

    def queryset(self, viewer: Viewer) -> Any:
        return reads.specialty_rows(viewer)

    def row_label(self, row: Any) -> str:
        return f"{row.organization.name}{dictionaries.label('specialty', row.specialty)}"

    def row_url(self, row: Any, viewer: Viewer) -> str:
        return f"{reverse('administration:organization', args=[row.organization_id])}?tab=specialties"

    def row_actions(self, row: Any, viewer: Viewer) -> Sequence[RowAction]:
        reason = rights_of(viewer, row.organization).for_track(row.track)
        return (RowAction("改容量或状态", reverse("administration:specialty-change", args=[row.pk]), reason=reason),)

    def toolbar(self, viewer: Viewer) -> Sequence[Tool | tuple[Tool, Tool]]:
        return (_importing(viewer, "specialty-bases", "导入专业基地", EDIT, f"专业基地{_LEAD}"),)

    def empty(self, viewer: Viewer) -> Empty:
        return Empty("还没有专业基地", "在培训基地的页面里逐个新增，或用工作簿一次导入。")


class DepartmentList(ListSpec):
    """科室 of all units in scope."""

    name = "administration.departments"
    title, noun = "科室", "科室"
    permission = export_permission = VIEW
    nav_key = "administration.departments"
    crumbs = CRUMBS
    order_by = ("organization__path", "name")
    columns = (
        column(Department, "name", sort="name", sticky=True, always=True, link=True, width=24),
        Column("organization", "单位", value="organization.name", sort="organization__name", width=32),
        Column("subjects", "诊疗科目", width=40,
               value=lambda row: "、".join(dictionaries.label("medical_subject", code) for code in row.medical_subjects)),
        Column("state", "状态", value=lambda row: "停用" if row.disabled_at else "启用",
               cell=lambda row, _: tag("idle", "停用") if row.disabled_at else tag("ok", "启用")),
    )  # fmt: skip
    filters = (
        Filter("name", "科室名称"),
        Filter("organization", "单位", lookup="organization__name"),
        Filter("state", "状态", kind="choice", lookup=_in_use, choices=[("on", "启用"), ("off", "停用")]),
    )

    def queryset(self, viewer: Viewer) -> Any:
        return reads.department_rows(viewer)

    def row_url(self, row: Any, viewer: Viewer) -> str:
        return f"{reverse('administration:organization', args=[row.organization_id])}?tab=departments"

    def row_label(self, row: Any) -> str:
        return str(row.name)

    def row_actions(self, row: Any, viewer: Viewer) -> Sequence[RowAction]:
        edit = reverse("administration:department-edit", args=[row.pk])
        return (RowAction("编辑", edit, reason=rights_of(viewer, row.organization).own),)

    def toolbar(self, viewer: Viewer) -> Sequence[Tool | tuple[Tool, Tool]]:
        who = "科室由各培训基地自己导入；省级管理员可以在该单位的页面里逐个新增。"
        own = "organizations.edit_own"
        importing = _importing(viewer, "departments", "导入科室", own, who)
        if not viewer.may(own):
            return (importing,)
        new = reverse("administration:department-new", args=[viewer.organization_id])
        return (Tool("新增科室", new, "plus", "primary"), importing)

    def empty(self, viewer: Viewer) -> Empty:
        return Empty("还没有科室", "科室与诊疗科目对应，轮转和出科时要选用。可以逐个新增，或用工作簿一次导入。")


LISTS: tuple[type[ListSpec], ...] = (OrganizationList, SpecialtyBaseList, DepartmentList)
