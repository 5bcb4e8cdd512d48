"""What the scripts of a list add, and that it works without them (P-15, P-17, P-19, P-21, Q-15)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PC, PHONE
from tests.browser.doors import sign_in
from tests.browser.pages import good_page
from xinglin.accounts.models import User
from xinglin.residents.tests import factories

pytestmark = pytest.mark.req("P-15", "Q-15")
LIST = "/residents/intake/"


@pytest.fixture
def world() -> Any:
    world = factories.make_world()
    factories.make_enrollments(world, 45)
    return world


def name_of(viewer: Any) -> str:
    return str(User.unscoped.get(pk=viewer.user_id).sign_in_name)


@pytest.fixture
def intake(page_pc: Page, world: Any) -> Page:
    sign_in(page_pc, name_of(world.base))
    page_pc.goto(LIST)
    return page_pc


def bar(page: Page) -> Any:
    return page.get_by_role("search", name="筛选")


def rows(page: Page) -> Any:
    return page.locator("#xl-batch tbody tr")


@pytest.mark.same_everywhere
def test_the_list_is_a_good_page_in_every_window(new_window, world):
    for window, scheme in ((PC, "light"), (PC, "dark"), (PHONE, "light")):
        page = new_window(**window, color_scheme=scheme)
        sign_in(page, name_of(world.base))
        page.goto(LIST)
        good_page(page, f"list-{window['viewport']['width']}-{scheme}")
        if window is PHONE:
            page.locator("#xl-filter-open").click()
        page.locator("#xl-fold").click()
        page.locator("#xl-columns").click()
        good_page(page, f"list-open-{window['viewport']['width']}-{scheme}")
        page.goto(f"{LIST}?name=没有这样的人")
        good_page(page, f"list-empty-{window['viewport']['width']}-{scheme}")


def test_on_a_phone_the_filters_wait_behind_a_button(new_window, world):
    page = new_window(**PHONE)
    sign_in(page, name_of(world.base))
    page.goto(f"{LIST}?report_status=unreported&more=1")
    expect(bar(page).get_by_label("姓名", exact=True)).to_be_hidden()
    assert page.locator("#xl-batch").bounding_box()["y"] < 740
    page.locator("#xl-filter-open").click()
    bar(page).get_by_label("姓名", exact=True).fill("没有这样的人")
    page.locator("#xl-find").click()
    expect(page.locator(".xl-bar-shut")).to_contain_text("姓名：没有这样的人")
    expect(bar(page).get_by_label("姓名", exact=True)).to_be_hidden()
    page.locator(".xl-bar-shut").get_by_role("link", name="去掉“姓名”").click()
    expect(rows(page).first).to_be_visible()


@pytest.mark.parametrize("number", [8, 45])
def test_on_a_phone_the_pager_stays_inside_the_card(new_window, number):
    world = factories.make_world()
    factories.make_enrollments(world, number)
    page = new_window(**PHONE)
    sign_in(page, name_of(world.base))
    page.goto(LIST)
    card, pager = page.locator("#xl-list").bounding_box(), page.locator(".xl-pager form").last.bounding_box()
    assert pager["y"] + pager["height"] <= card["y"] + card["height"]


def test_selecting_shows_the_bar_and_counts(intake: Page):
    batch = intake.get_by_role("region", name="批量操作")
    expect(batch).to_be_hidden()
    boxes = intake.locator("input[name=pick]")
    boxes.nth(1).check()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(batch).to_contain_text("已选 4 项")
    intake.get_by_label("选择本页").check()
    expect(batch).to_contain_text("已选 20 项")
    intake.get_by_label("选择全部符合条件的 45 项").check()
    expect(batch).to_contain_text("已选 45 项")
    good_page(intake, "list-selected")
    batch.get_by_role("button", name="清空").click()
    expect(batch).to_be_hidden()
    expect(intake.locator("[aria-selected=true]")).to_have_count(0)


def test_conditions_change_the_list_only_and_the_address_says_all(intake: Page):
    intake.evaluate("window.sameDocument = true")
    bar(intake).get_by_label("姓名").fill("没有这样的人")
    intake.keyboard.press("Enter")
    expect(intake.get_by_text("没有符合条件的")).to_be_visible()
    intake.get_by_role("link", name="去掉“姓名”").click()
    expect(rows(intake)).to_have_count(20)
    intake.locator("#xl-p-next").click()
    expect(intake.get_by_text("第 21 ～ 40 条")).to_be_visible()
    assert "page=2" in intake.url
    intake.get_by_label("每页条数").select_option("50")
    expect(rows(intake)).to_have_count(45)
    assert "size=50" in intake.url
    assert intake.evaluate("window.sameDocument") is True
    intake.go_back()
    expect(intake.get_by_text("第 21 ～ 40 条")).to_be_visible()


@pytest.mark.req("P-19")
def test_a_typed_number_leaves_no_trace_in_address_or_history(intake: Page):
    seen: list[str] = []
    intake.on("request", lambda request: seen.append(request.url))
    bar(intake).get_by_label("证件号码").fill("110199199901012345")
    intake.keyboard.press("Enter")
    expect(intake.locator(".xl-cond", has_text="证件号码：已按号码筛选")).to_be_visible()
    assert not [url for url in [*seen, intake.url] if "110199199901012345" in url]
    intake.locator(".xl-cond").get_by_role("link").click()
    expect(rows(intake)).to_have_count(20)


def test_columns_are_chosen_ordered_and_remembered(intake: Page):
    intake.locator("#xl-columns").click()
    line = intake.locator("[data-columns] li", has_text="性别")
    for _ in range(4):
        line.get_by_role("button", name="上移").click()
    intake.locator("[data-columns] li", has_text="手机").locator("input[name=show]").first.uncheck()
    intake.get_by_role("button", name="保存列设置").click()
    heads = intake.locator("#xl-batch thead th")
    expect(heads.filter(has_text="手机")).to_have_count(0)
    intake.reload()
    expect(heads.filter(has_text="手机")).to_have_count(0)
    intake.locator("#xl-columns").click()
    intake.get_by_role("button", name="恢复默认").click()
    expect(heads.filter(has_text="手机")).to_have_count(1)


def test_the_visited_row_is_marked_on_the_way_back(intake: Page):
    third = rows(intake).nth(2)
    third.locator("a[data-open]").first.click()
    intake.wait_for_url(lambda url: LIST not in url)
    intake.go_back()
    expect(rows(intake).nth(2)).to_have_class("xl-seen")
    expect(intake.locator("tr.xl-seen")).to_have_count(1)


def test_the_way_back_leads_to_the_place_in_the_list(intake: Page):
    intake.goto(f"{LIST}?page=2")
    rows(intake).nth(16).locator("a[data-open]").first.click()
    intake.wait_for_url(lambda url: LIST not in url)
    intake.get_by_role("link", name="返回名单").click()
    expect(rows(intake).nth(16)).to_have_class("xl-seen")
    expect(rows(intake).nth(16)).to_be_in_viewport()
    intake.goto(f"{LIST}?page=2")
    expect(rows(intake).nth(0)).to_be_in_viewport()


def test_keyboard_reaches_everything(intake: Page):
    intake.locator("#xl-fold").focus()
    intake.keyboard.press("Space")
    expect(intake.locator("#xl-fold")).to_have_attribute("aria-expanded", "true")
    intake.locator("#sort-intake_year").or_(intake.locator(".xl-sort").first).first.focus()
    intake.keyboard.press("Enter")
    expect(intake.locator("th[aria-sort]")).to_have_count(1)
    assert intake.evaluate("document.activeElement.id").startswith("sort-")


@pytest.mark.req("P-17")
def test_export_gives_the_rows_on_the_screen(intake: Page):
    shown = rows(intake).locator("a[data-open]").first.inner_text()
    intake.get_by_role("link", name="导出").click()
    good_page(intake, "export-start")
    intake.get_by_role("button", name="生成文件").click()
    expect(intake.get_by_text("45 条")).to_be_visible()
    good_page(intake, "export-done")
    with intake.expect_download() as found:
        intake.get_by_role("button", name="下载").click()
    expect(intake.get_by_role("button", name="下载")).to_be_visible()
    sheet = openpyxl.load_workbook(io.BytesIO(Path(found.value.path()).read_bytes())).active
    lines = list(sheet.values)
    assert len(lines) == 46
    assert lines[1][lines[0].index("姓名")] == shown
    intake.goto("/exports/")
    good_page(intake, "export-history")


def test_without_scripts_the_list_still_serves(new_window, world):
    page = new_window(**PC, java_script_enabled=False)
    sign_in(page, name_of(world.base))
    page.goto(f"{LIST}?more=1")
    bar(page).get_by_label("姓名").fill("没有这样的人")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text("没有符合条件的")).to_be_visible()
    page.get_by_role("link", name="去掉“姓名”").click()
    page.get_by_label("每页条数").select_option("50")
    page.get_by_role("button", name="换", exact=True).click()
    expect(rows(page)).to_have_count(45)
    expect(page.get_by_role("region", name="批量操作")).to_be_visible()
