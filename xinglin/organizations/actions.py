"""Writes to the tree: nodes, capabilities, affiliations, specialty bases, departments, each with its history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from xinglin.dictionaries import selectors as dictionaries
from xinglin.history.actions import Entry, record
from xinglin.history.enums import UpdateType
from xinglin.kernel import clock, masks, phones
from xinglin.kernel.bulk import allocate_ids
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer
from xinglin.vault.hashing import keyed_hash

from . import references, rules
from .enums import Accreditation, CapabilityKind, Kind, Track
from .models import Affiliation, Capability, Department, Organization, SpecialtyBase

EDIT = "organizations.edit"
EDIT_OWN = "organizations.edit_own"


@transaction.atomic
def create_organization(
    parent: Organization | None,
    *,
    kind: str,
    name: str,
    short_name: str = "",
    code: str = "",
    uscc: str = "",
    division: str = "",
    contact_name: str = "",
    contact_phone: str = "",
    by: Viewer,
) -> Organization:
    """Add a node; its path and province follow from the parent. Raises NotAllowed or Refused."""
    _require(by, parent.path if parent else "/", EDIT)
    if not rules.may_hang(kind, parent.kind if parent else None):
        raise Refused(f"{Kind(kind).label}不能设在{parent.name if parent else '最上级'}之下。", field="kind")
    name = _clean(lambda: rules.clean_title(name, "名称", 100), "name")
    known = Organization.objects.for_system("names and codes are unique in the country")
    if known.filter(name=name).exists():
        raise Refused(f"已经有名为“{name}”的单位，一家医院只建一个。", field="name")
    if code and known.filter(code=code).exists():
        raise Refused(f"代码 {code} 已被使用。", field="code")
    (pk,) = allocate_ids(Organization, 1)
    phone = _clean(lambda: phones.clean_mobile(contact_phone), "contact_phone") if contact_phone else ""
    node = Organization(
        pk=pk,
        parent=parent,
        path=rules.path_under(parent.path if parent else "", pk),
        kind=kind,
        province_id=pk if kind == Kind.PROVINCE else parent.province_id if parent else None,
        name=name,
        short_name=short_name,
        code=code,
        uscc=_clean(lambda: rules.clean_uscc(uscc), "uscc"),
        division=division,
        contact_name=contact_name,
        contact_phone_hash=keyed_hash("phone", phone) if phone else "",
        contact_phone_masked=masks.phone(phone) if phone else "",
        created_at=clock.now(),
    )
    node.save(force_insert=True)
    facts = {"名称": ["", name], "类别": ["", Kind(kind).label], "统一社会信用代码": ["", node.uscc]}
    _record(by, node, "organization.create", UpdateType.CREATED, "organization", pk, facts)
    return node


@transaction.atomic
def add_capability(
    organization: Organization,
    kind: str,
    *,
    starts_on: date,
    track: str = "",
    ends_on: date | None = None,
    by: Viewer,
) -> Capability:
    """Allow an organisation to be something from a day on. Raises NotAllowed or Refused for overlapping spans."""
    _require(by, organization.path, EDIT)
    if ends_on is not None and ends_on <= starts_on:
        raise Refused("结束日期要在开始日期之后。", field="ends_on")
    same = Capability.objects.for_system("spans of one capability do not overlap").filter(
        organization=organization, kind=kind, track=track
    )
    if _overlaps(same, starts_on, ends_on):
        raise Refused(f"{organization.name}在这段时间已经是{CapabilityKind(kind).label}。", field="starts_on")
    made = Capability(organization=organization, kind=kind, track=track, starts_on=starts_on, ends_on=ends_on)
    made.save(force_insert=True)
    label = CapabilityKind(kind).label + (f"（{Track(track).label}）" if track else "")
    what = {label: ["", _span_text(starts_on, ends_on)]}
    _record(by, organization, "capability.add", UpdateType.CREATED, "capability", made.pk, what)
    return made


@transaction.atomic
def affiliate(
    base: Organization, unit: Organization, *, starts_on: date, ends_on: date | None = None, by: Viewer
) -> Affiliation:
    """Attach a unit to a base from a day on. Raises NotAllowed or Refused."""
    _require(by, base.path, EDIT)
    if base.pk == unit.pk:
        raise Refused("协同单位不能是基地自己。", field="affiliate")
    same = Affiliation.objects.for_system("spans of one affiliation do not overlap").filter(base=base, affiliate=unit)
    if _overlaps(same, starts_on, ends_on):
        raise Refused(f"{unit.name}在这段时间已经是{base.name}的协同单位。", field="starts_on")
    made = Affiliation(base=base, affiliate=unit, starts_on=starts_on, ends_on=ends_on)
    made.save(force_insert=True)
    what = {"协同单位": ["", f"{unit.name} {_span_text(starts_on, ends_on)}"]}
    _record(by, base, "affiliation.add", UpdateType.CREATED, "affiliation", made.pk, what)
    return made


@transaction.atomic
def add_specialty_base(
    organization: Organization,
    track: str,
    specialty: str,
    capacity: int,
    *,
    accreditation: str = Accreditation.ACCREDITED,
    by: Viewer,
) -> SpecialtyBase:
    """Accredit a base for one specialty, ``capacity`` persons a year. Raises NotAllowed or Refused."""
    _require(by, organization.path, EDIT)
    entry = dictionaries.entry("specialty", specialty)
    if entry is None:
        raise Refused(f"没有代码为 {specialty} 的培训专业。", field="specialty")
    label = entry.label
    known = SpecialtyBase.objects.for_system("one a base, track and specialty")
    if known.filter(organization=organization, track=track, specialty=specialty).exists():
        raise Refused(f"{organization.name}已经有{label}专业基地。", field="specialty")
    made = SpecialtyBase(
        organization=organization, track=track, specialty=specialty, capacity=capacity, accreditation=accreditation
    )
    made.save(force_insert=True)
    what = {label: ["", f"{Accreditation(accreditation).label}，年度容量 {capacity} 人"]}
    _record(by, organization, "specialty_base.add", UpdateType.CREATED, "specialty_base", made.pk, what, track)
    return made


@transaction.atomic
def save_department(
    organization: Organization,
    name: str,
    medical_subjects: Sequence[str],
    *,
    department: Department | None = None,
    by: Viewer,
) -> Department:
    """Create a department or edit one; it is linked to one or more 诊疗科目. Raises NotAllowed or Refused."""
    _require_own(by, organization)
    name = _clean(lambda: rules.clean_title(name, "科室名称", 50), "name")
    subjects = list(dict.fromkeys(medical_subjects))
    labels = dictionaries.labels("medical_subject")
    if not subjects or any(code not in labels for code in subjects):
        raise Refused("请至少选择一个诊疗科目。", field="medical_subjects")
    known = Department.objects.for_system("names are unique in a base").filter(organization=organization, name=name)
    if known.exclude(pk=department.pk if department else None).exists():
        raise Refused(f"已经有科室“{name}”。", field="name")
    told = "、".join(labels[code] for code in subjects)
    before = ["", ""]
    if department is not None:
        before = [department.name, "、".join(labels.get(code, code) for code in department.medical_subjects)]
        if department.name == name and department.medical_subjects == subjects:
            return department
    made = department or Department(organization=organization)
    made.name, made.medical_subjects = name, subjects
    made.save()
    update = UpdateType.CHANGED if department else UpdateType.CREATED
    pairs = {"科室名称": [before[0], name], "诊疗科目": [before[1], told]}
    what = {label: pair for label, pair in pairs.items() if pair[0] != pair[1]}
    _record(by, organization, "department.save", update, "department", made.pk, what)
    return made


@transaction.atomic
def set_department_in_use(department: Department, in_use: bool, *, by: Viewer) -> None:
    """Enable or disable; a disabled department stays on old records and cannot be chosen anew."""
    _require_own(by, department.organization)
    if (department.disabled_at is None) == in_use:
        return
    department.disabled_at = None if in_use else clock.now()
    department.save(update_fields=["disabled_at"])
    words = ["停用", "启用"] if in_use else ["启用", "停用"]
    verb = "department.enable" if in_use else "department.disable"
    what = {f"科室“{department.name}”": words}
    _record(by, department.organization, verb, UpdateType.CHANGED, "department", department.pk, what)


@transaction.atomic
def delete_department(department: Department, *, by: Viewer) -> None:
    """Delete a department that nothing refers to. Raises Refused naming what does."""
    _require_own(by, department.organization)
    held = references.references_to(department)
    if held:
        raise Refused(f"科室“{department.name}”还有{'、'.join(held)}，不能删除；不再使用可以停用。")
    pk, organization, what = department.pk, department.organization, {"科室名称": [department.name, ""]}
    department.delete()
    _record(by, organization, "department.delete", UpdateType.DELETED, "department", pk, what)


def _require(by: Viewer, path: str, permission: str) -> None:
    if by.organization_path == "/" and by.role == "system":
        return
    by.require(permission)
    if not by.covers(path):
        raise NotAllowed("这个单位不在您的管理范围内。")


def _require_own(by: Viewer, organization: Organization) -> None:
    _require(by, organization.path, EDIT if by.may(EDIT) else EDIT_OWN)


def _overlaps(rows: Any, starts_on: date, ends_on: date | None) -> bool:
    later = rows.exclude(ends_on__lte=starts_on)
    return (later.filter(starts_on__lt=ends_on) if ends_on else later).exists()


def _span_text(starts_on: date, ends_on: date | None) -> str:
    return f"{starts_on} 起" if ends_on is None else f"{starts_on} 起至 {ends_on} 前"


def _clean(make: Callable[[], str], field: str) -> str:
    try:
        return make()
    except ValueError as error:
        raise Refused(f"{error}。".replace("。。", "。"), field=field) from error


def _record(
    by: Viewer,
    organization: Organization,
    verb: str,
    update_type: str,
    subject_type: str,
    subject_id: int,
    what: dict[str, list[Any]],
    track: str = "",
) -> None:
    entry = Entry(
        verb=verb,
        update_type=update_type,
        subject_type=subject_type,
        subject_id=subject_id,
        parent_type="organization",
        parent_id=organization.pk,
        organization_path=organization.path,
        organization_name=organization.name,
        province_id=organization.province_id,
        track=track,
        changes={label: pair for label, pair in what.items() if pair[0] != pair[1]},
    )
    record([entry], by=by)
