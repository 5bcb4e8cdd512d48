"""A secretary imports 300 accounts from a messy workbook, mends what failed, and imports the rest (R-03, P-16)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import workbooks
from tests.browser.doors import sign_in
from tests.browser.pages import good_page
from xinglin.accounts.models import User
from xinglin.dictionaries.actions import add_entries
from xinglin.residents.models import Enrollment
from xinglin.residents.tests import factories

pytestmark = pytest.mark.req("R-03", "P-16", "P-21", "Q-11")


@pytest.fixture
def world() -> Any:
    add_entries("division", [{"code": workbooks.AREA, "label": "示例县"}], "测试")
    return factories.make_world(year=workbooks.YEAR)


def staff(viewer: Any) -> str:
    return str(User.unscoped.get(pk=viewer.user_id).sign_in_name)


def upload(page: Page, data: bytes, name: str = "2026级住院医师账号.xlsx") -> None:
    page.goto("/imports/resident-accounts/")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": kind, "buffer": data})
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("可以导入").first).to_be_visible()


def download(page: Page, button: str) -> bytes:
    with page.expect_download() as found:
        page.get_by_role("button", name=button).or_(page.get_by_role("link", name=button)).first.click()
    return Path(found.value.path()).read_bytes()


def test_three_hundred_rows_from_template_to_result(page_pc: Page, world: Any) -> None:
    sign_in(page_pc, staff(world.base))
    page_pc.goto("/imports/resident-accounts/")
    good_page(page_pc, "import-start")
    template = download(page_pc, "住院医师账号模板")
    upload(page_pc, workbooks.saved_by_libreoffice(workbooks.messy(template)))
    expect(page_pc.locator(".xl-totals")).to_contain_text("300")
    page = page_pc.content()
    assert "校验位不对" in page and "行重复" in page and "应为 11 位" in page
    good_page(page_pc, "import-check")
    assert Enrollment.unscoped.count() == 0
    page_pc.get_by_role("button", name="同样的 5 处都改").first.click()
    expect(page_pc.get_by_role("link", name="错误 4 行")).to_be_visible()
    failed = download(page_pc, "下载错误行")
    confirm_warnings(page_pc)
    press(page_pc, "导入 296 行有效数据")
    finish(page_pc)
    assert Enrollment.unscoped.count() == 296
    good_page(page_pc, "import-done")
    upload(page_pc, workbooks.mended(failed), "错误行.xlsx")
    confirm_warnings(page_pc)
    press(page_pc, "导入 4 行有效数据")
    finish(page_pc)
    assert Enrollment.unscoped.filter(organization=world.tree.base).count() == workbooks.SIZE


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first.click()


def confirm_warnings(page: Page) -> None:
    """Tick every remark that wants to be seen."""
    while page.locator("input[name=group]:not(:checked)").count():
        page.locator("input[name=group]:not(:checked)").first.check()
        page.wait_for_load_state("networkidle")


def finish(page: Page) -> None:
    """The confirmation page, where there is one, and the result."""
    again = page.get_by_role("button", name="确认导入")
    if again.count():
        again.first.click()
    expect(page.get_by_text("导入完成")).to_be_visible(timeout=60_000)
