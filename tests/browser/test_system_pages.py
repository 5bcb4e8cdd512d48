"""代码表, 平台设置, 概览 in the browser: each page good on a PC and at 360 px; a code added here is offered there."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.doors import sign_in
from tests.browser.pages import good_page
from xinglin.accounts.models import User
from xinglin.residents.tests import factories
from xinglin.windows.models import CollectionWindow


@pytest.fixture
def world() -> Any:
    return factories.make_world()


def enter(page: Page, viewer: Any) -> None:
    sign_in(page, str(User.unscoped.get(pk=viewer.user_id).sign_in_name))


def pages() -> dict[str, str]:
    window = CollectionWindow.objects.get()
    return {
        "overview": "/overview/", "progress": "/overview/bases/", "todo": "/todo/", "site": "/administration/site/",
        "codes": "/administration/codes/", "specialty": "/administration/codes/specialty/",
        "editions": "/administration/codes/specialty/editions/", "retire": "/administration/codes/specialty/of/1400/retire/",
        "edition-new": "/administration/codes/ethnic_group/editions/new/", "built-in": "/administration/codes/sex/",
        "extend": f"/windows/{window.pk}/filling/extend/",
    }  # fmt: skip


@pytest.mark.same_everywhere
@pytest.mark.req("P-10", "P-14", "R-23", "Q-15")
@pytest.mark.parametrize("size", ["page_pc", "page_phone"])
def test_every_page_is_good(size: str, request: pytest.FixtureRequest, world: Any) -> None:
    page = request.getfixturevalue(size)
    factories.make_enrollments(world, 2)
    enter(page, world.association)
    for name, address in pages().items():
        page.goto(address)
        expect(page.locator("h1").first).to_be_visible()
        good_page(page, f"system-{name}-{size}")


@pytest.mark.req("P-10")
def test_a_code_added_by_the_association_is_offered_to_a_resident(world: Any, page_pc: Page, new_window: Any) -> None:
    enter(page_pc, world.association)
    page_pc.goto("/administration/codes/ethnic_group/")
    page_pc.get_by_role("link", name="新增代码").click()
    page_pc.get_by_role("textbox", name="代码").first.fill("60")
    page_pc.get_by_role("textbox", name="名称").fill("示例族")
    page_pc.get_by_label("来源").fill("试验文件 1 号")
    page_pc.get_by_role("button", name="新增").click()
    expect(page_pc.get_by_text("已新增代码 60 示例族")).to_be_visible()
    page_pc.get_by_role("textbox", name="名称").fill("slz")
    page_pc.get_by_role("button", name="查询").click()
    row = page_pc.get_by_role("row").filter(has_text="示例族")
    expect(row).to_be_visible()
    reader = new_window()
    enter(reader, world.base)
    reader.goto("/administration/codes/ethnic_group/?code=60")
    expect(reader.get_by_role("row").filter(has_text="示例族")).to_be_visible()
    row.get_by_role("link", name="停用").click()
    page_pc.get_by_label("停用的理由").fill("试验完毕")
    page_pc.get_by_label("来源").fill("试验文件 2 号")
    page_pc.get_by_role("button", name="停用").click()
    expect(page_pc.get_by_text("起停用").first).to_be_visible()


@pytest.mark.req("P-14")
def test_a_colour_is_tried_before_it_is_saved(world: Any, page_pc: Page) -> None:
    page_pc.watch.allow("422")  # type: ignore[attr-defined]
    enter(page_pc, world.association)
    page_pc.goto("/administration/site/")
    page_pc.get_by_label("主题色").fill("#ffee00")
    page_pc.get_by_role("button", name="预览").click()
    expect(page_pc.get_by_text("对比度").first).to_be_visible()
    page_pc.get_by_label("主题色").fill("#7a1fa2")
    page_pc.get_by_label("客服电话").fill("16000000009")
    page_pc.get_by_role("button", name="预览").click()
    expect(page_pc.get_by_text("这是预览，还没有保存")).to_be_visible()
    button = page_pc.get_by_role("button", name="保存")
    assert button.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(122, 31, 162)"
    good_page(page_pc, "system-preview")
    button.click()
    expect(page_pc.get_by_text("平台设置已保存")).to_be_visible()
    expect(page_pc.get_by_text("16000000009").first).to_be_visible()
