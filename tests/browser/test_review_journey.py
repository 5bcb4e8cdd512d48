"""From complete records to the province's approval and the history query, in the browser (R-05 to R-09, R-21)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import Page, expect

from tests.browser import workbooks
from tests.browser.doors import sign_in
from tests.browser.pages import good_page
from xinglin.accounts.models import User
from xinglin.demo import pictures
from xinglin.dictionaries.actions import add_entries
from xinglin.files.actions import store_image
from xinglin.imports.testing import xlsx_file
from xinglin.people.actions import save_section
from xinglin.people.fields import personal_fields
from xinglin.people.selectors import record_of
from xinglin.residents.actions.personal import save_personal
from xinglin.residents.models import ApprovedRecord, Enrollment, RecruitmentReview
from xinglin.residents.tests import factories

SIZE = 6
MAKERS = {"photo": pictures.portrait, "id_front": pictures.id_front, "id_back": pictures.id_back}


@pytest.fixture
def world() -> Any:
    add_entries("division", [{"code": "320199", "label": "示例县"}], "测试")
    return factories.make_world(year=workbooks.YEAR)


def staff(viewer: Any) -> str:
    return str(User.unscoped.get(pk=viewer.user_id).sign_in_name)


def state(enrollment: Enrollment) -> tuple[str, str]:
    row = RecruitmentReview.unscoped.get(pk=enrollment.pk)
    return row.report_status, row.review_status


def filled(enrollment: Enrollment) -> Any:
    """All personal parts with real pictures; returns the resident's viewer."""
    viewer = factories.fill_personal(enrollment)
    record = record_of(enrollment.person_id)
    values: dict[str, dict[str, Any]] = {}
    for key, value in record.content.items():
        field = personal_fields()[key]
        if value and field.declaration.kind == "image":
            name = field.declaration.name
            stored = store_image(
                ContentFile(MAKERS.get(name, pictures.certificate)(enrollment.pk), "a.jpg"), purpose=name,
                person_key=record.person.key, person_id=record.person.pk,
                organization_path=enrollment.organization.path, by=viewer,
            )  # fmt: skip
            values.setdefault(field.section, {})[key] = stored.id
    for section, changed in values.items():
        save_section(section, changed, by=viewer)
    return viewer


def training_file(residents: list[Enrollment]) -> bytes:
    """培训信息 with one specialty slightly misnamed."""
    heads = ["姓名", "证件类型", "证件号码", "培养类型", "人员类型", "是否军队医院", "应届/往届", "是否为农村订单定向免费医学毕业生",
             "是否为西部支援行动住院医师", "培训所在行政区划", "培训专业", "核定培训年限", "培训开始日期"]  # fmt: skip
    rows = [
        [r.person.name, "居民身份证", r.person.id_number, "国家计划培养", "面向社会招收住院医师", "否", "应届", "否", "否",
         "320199", "内科学" if number == 0 else "内科", "3", f"{workbooks.YEAR}-09-01"]
        for number, r in enumerate(residents)
    ]  # fmt: skip
    return xlsx_file([heads, *rows], "培训信息")


def import_training(page: Page, data: bytes) -> None:
    page.goto("/imports/resident-training/")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.locator("input[type=file]").set_input_files({"name": "培训信息.xlsx", "mimeType": kind, "buffer": data})
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("可以导入").first).to_be_visible()
    page.get_by_role("button", name="改为“内科”").click()
    button = f"导入 {SIZE} 行有效数据"
    page.get_by_role("button", name=button).or_(page.get_by_role("link", name=button)).first.click()
    again = page.get_by_role("button", name="确认导入")
    if again.count():
        again.first.click()
    expect(page.get_by_text("导入完成")).to_be_visible(timeout=60_000)


def pick(page: Page, *names: str) -> None:
    """Tick rows of the list by the name that they show."""
    page.goto("/residents/intake/")
    for name in names:
        page.get_by_role("row").filter(has_text=name).get_by_role("checkbox").check()


@pytest.mark.req("R-02", "R-05", "R-07", "R-08", "R-09", "R-21", "P-15", "P-17", "P-12")
def test_from_training_information_to_the_history(new_window: Any, world: Any) -> None:
    residents = factories.make_enrollments(world, SIZE)
    own = {r.pk: filled(r) for r in residents}
    first, second, third = residents[:3]
    base, province = new_window(), new_window()
    sign_in(base, staff(world.base))
    sign_in(province, staff(world.province))

    import_training(base, training_file(residents))
    base.goto("/residents/intake/")
    good_page(base, "intake-list")

    pick(base, first.person.name)
    base.get_by_role("button", name="基本信息退回").first.click()
    base.locator("textarea[name=comment]").fill("请补充电子邮箱")
    good_page(base, "return-many")
    base.locator("form:has(textarea[name=comment]) button[type=submit]").first.click()
    expect(base.locator(".xl-table .xl-tag", has_text="退回修改").first).to_be_visible()
    save_personal("basic_info", {"basic_info.email": "new@example.com"}, by=own[first.pk])
    base.goto(f"/residents/{first.pk}/difference/")
    expect(base.get_by_text("new@example.com").first).to_be_visible()
    good_page(base, "difference")

    base.goto("/residents/intake/")
    base.locator("thead input[type=checkbox]").check()
    base.get_by_role("button", name=f"上报 {SIZE} 项").click()
    base.wait_for_load_state("networkidle")
    give_reason(base)
    assert {state(r) for r in residents} == {("reported", "pending")}
    base.goto(f"/residents/{second.pk}/")
    good_page(base, "record-detail")

    province.goto("/review/")
    good_page(province, "review-desk")
    province.goto(f"/review/{first.pk}")
    province.locator("#comment").fill("学位证书编号与扫描件不一致")
    province.get_by_role("button", name="退回").last.click()
    expect(province.get_by_text("已退回培训基地").first).to_be_visible()
    assert state(first) == ("unreported", "returned")
    province.goto(f"/review/{second.pk}")
    province.keyboard.press("a")
    expect(province.get_by_text("已审核通过").first).to_be_visible()
    assert state(second) == ("reported", "approved")
    pick(province, third.person.name, residents[3].person.name)
    province.get_by_role("button", name="审核通过 2 项").click()
    province.get_by_role("button", name="通过 2 条").click()
    expect(province.get_by_text("审核通过 2 条")).to_be_visible()
    assert ApprovedRecord.unscoped.count() == 3

    base.goto("/residents/past/")
    expect(base.get_by_text(second.person.name).first).to_be_visible()
    good_page(base, "past-list")
    over = new_window()
    sign_in(over, staff(world.association))
    over.goto("/residents-home/")
    expect(over.locator(".xl-node").filter(has_text="审核通过").locator(".n")).to_contain_text("3")
    good_page(over, "association-home")
    exported(base, residents)


def give_reason(page: Page) -> None:
    """Soft contradictions are confirmed with one reason for all."""
    reason = page.locator("textarea[name=reason]")
    if reason.count():
        reason.fill("证书已核对原件，编号无误")
        page.get_by_role("button", name="说明理由并上报").click()
        page.wait_for_load_state("networkidle")


def exported(page: Page, residents: list[Enrollment]) -> None:
    """The export has the rows of the list."""
    page.goto("/residents/intake/")
    page.get_by_role("link", name="导出").or_(page.get_by_role("button", name="导出")).first.click()
    good_page(page, "export-start")
    page.get_by_role("button", name="生成文件").click()
    with page.expect_download() as found:
        page.get_by_role("button", name="下载", exact=True).first.click()
    data = Path(found.value.path()).read_bytes()
    cells = {cell for row in workbooks.rows_of(workbooks.saved_by_libreoffice(data)) for cell in row}
    assert {r.person.name for r in residents} <= cells
