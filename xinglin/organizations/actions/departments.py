"""Departments of a base, each linked to one or more 诊疗科目 (P-02)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from xinglin.dictionaries import selectors as dictionaries
from xinglin.history.enums import UpdateType
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from .. import references, rules
from ..enums import Kind
from ..models import Department, Organization
from .guarding import clean, lock, note, require_own


@transaction.atomic
def save_department(
    organization: Organization,
    name: str,
    medical_subjects: Sequence[str],
    *,
    department: Department | None = None,
    by: Viewer,
) -> Department:
    """Create a department or edit one. Raises NotAllowed or Refused (field)."""
    require_own(by, organization)
    if organization.kind != Kind.HOSPITAL:
        raise Refused(f"{organization.name}是{Kind(organization.kind).label}，科室只设在医院（单位）。")
    name = clean(lambda: rules.clean_title(name, "科室名称", 50), "name")
    subjects = list(dict.fromkeys(medical_subjects))
    labels = dictionaries.labels("medical_subject")
    if not subjects or any(code not in labels for code in subjects):
        raise Refused("请至少选择一个诊疗科目。", field="medical_subjects")
    organization = lock(organization)
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
    what = {"科室名称": [before[0], name], "诊疗科目": [before[1], told]}
    if department is not None and before[0] == name:
        what = {f"科室“{name}”诊疗科目": [before[1], told]}
    note(by, organization, "department.save", update, ("department", made.pk), what)
    return made


@transaction.atomic
def set_department_in_use(department: Department, in_use: bool, *, by: Viewer) -> None:
    """Enable or disable; a disabled department stays on old records and cannot be chosen anew."""
    require_own(by, department.organization)
    if (department.disabled_at is None) == in_use:
        return
    department.disabled_at = None if in_use else clock.now()
    department.save(update_fields=["disabled_at"])
    words = ["停用", "启用"] if in_use else ["启用", "停用"]
    verb = "department.enable" if in_use else "department.disable"
    what = {f"科室“{department.name}”": words}
    note(by, department.organization, verb, UpdateType.CHANGED, ("department", department.pk), what)


@transaction.atomic
def delete_department(department: Department, *, by: Viewer) -> None:
    """Delete a department that nothing refers to. Raises Refused naming what does."""
    require_own(by, department.organization)
    held = references.references_to(department)
    if held:
        raise Refused(f"科室“{department.name}”还有{'、'.join(held)}，不能删除；不再使用可以停用。")
    pk, organization, what = department.pk, department.organization, {"科室名称": [department.name, ""]}
    department.delete()
    note(by, organization, "department.delete", UpdateType.DELETED, ("department", pk), what)
