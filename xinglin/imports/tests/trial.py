"""A small import for the tests of the machine: departments named by an ID number, the rest kept in their JSON."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from xinglin.accounts.tests import factories
from xinglin.imports import registry
from xinglin.imports.columns import Column
from xinglin.imports.enums import Verdict
from xinglin.imports.rows import ParsedRow
from xinglin.imports.spec import Context, ImportSpec
from xinglin.kernel import id_numbers
from xinglin.kernel.bulk import insert_rows
from xinglin.kernel.errors import WindowClosed
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Department, Organization

HOME = "试医院"
KEPT = ("year", "name", "mobile", "ethnic", "day", "local")


def number(serial: int) -> str:
    """An ID number of a county that does not exist; 500 a day of birth."""
    return id_numbers.synthetic("110199", date(1960, 1, 1) + timedelta(days=serial // 500), 2 * (serial % 500))


class TrialSpec(ImportSpec):
    kind = "trial"
    title = "试导入"
    permission = "residents.import_accounts"
    sheet_name = "账号"
    columns = (
        Column(
            "year", "招收年份", "int", mandatory=True, example="2026", units=("年", "级"), minimum=2000, maximum=2100
        ),
        Column("name", "姓名", "name", mandatory=True, example="林示例"),
        Column("id_type", "证件类型", "code", mandatory=True, code_table="id_type", example="居民身份证"),
        Column("id_number", "证件号码", "id_number", mandatory=True, type_column="id_type", example=number(499)),
        Column("mobile", "手机号", "mobile", mandatory=True, example="13900000000"),
        Column("ethnic", "民族", "code", code_table="ethnic_group", example="汉族"),
        Column("day", "开始日期", "date", example="2026-10-13"),
        Column("local", "是否本地", "bool", example="是"),
    )
    key = ("id_type", "id_number")
    refuse: str = ""

    def needs(self, viewer: Viewer) -> None:
        if self.refuse:
            raise WindowClosed(self.refuse)

    def check(self, rows: list[ParsedRow], context: Context) -> None:
        path = context.viewer.organization_id
        numbers = [row.values["id_number"] for row in rows if row.read(*self.key)]
        there = Department.objects.for_system("trial").filter(organization=path, name__in=numbers)
        known = {d.name: d for d in there}
        for row in rows:
            if row.values.get("mobile") == "13811111111":
                row.warn("mobile", "手机号已被另一位住院医师使用", rule="phone")
            if not row.read(*self.key) or row.values["id_number"] not in known:
                continue
            old = known[row.values["id_number"]]
            row.subject_id = old.pk
            same = old.medical_subjects == kept(row.values)
            row.verdict = Verdict.UNCHANGED if same else Verdict.UPDATE

    def apply(self, rows: list[ParsedRow], context: Context, *, by: Viewer) -> None:
        new = [row for row in rows if row.verdict == Verdict.CREATE]
        columns = ("organization_id", "name", "medical_subjects")
        insert_rows(Department, columns, [(by.organization_id, r.values["id_number"], kept(r.values)) for r in new])
        for row in rows:
            if row.verdict == Verdict.UPDATE:
                mine = Department.objects.for_system("trial").filter(pk=row.subject_id)
                mine.update(medical_subjects=kept(row.values))


def kept(values: dict[str, Any]) -> list[str]:
    return [str(values.get(name)) for name in KEPT]


def good(serial: int) -> dict[str, str]:
    return {
        "招收年份": "2026",
        "姓名": "林" + "甲乙丙丁戊"[serial % 5] + "一二三四五"[serial // 5 % 5],
        "证件类型": "居民身份证",
        "证件号码": number(serial),
        "手机号": f"139{serial:08d}",
        "民族": "汉族",
        "开始日期": "2026-10-13",
        "是否本地": "是",
    }


def secretary(organization: Organization | None = None) -> Viewer:
    """Somebody of a hospital (always the same one when none is given) who may import."""
    known = Organization.objects.for_system("trial").filter(name=HOME).first()
    place = organization or known or factories.make_organization(factories.make_tree().province, Kind.HOSPITAL, HOME)
    return replace(
        Viewer.system("试秘书", source="web"),
        role="base_admin",
        organization_id=place.pk,
        organization_name=place.name,
        organization_path=place.path,
        permissions=frozenset({"residents.import_accounts"}),
    )


def state() -> list[Any]:
    """Everything that the trial import can change."""
    rows = Department.objects.for_system("trial").order_by("name")
    return list(rows.values_list("organization_id", "name", "medical_subjects"))


spec = registry.register(TrialSpec())
