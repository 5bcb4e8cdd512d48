"""The base's pages of 招收信息管理, each on a PC and at 360 px; editing and deleting over the list (R-02 to R-09)."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.doors import sign_in
from tests.browser.pages import axe, good_page
from xinglin.accounts.models import User
from xinglin.residents.actions.correcting import return_personal
from xinglin.residents.actions.personal import save_personal
from xinglin.residents.models import Enrollment
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.tests import factories
from xinglin.reviews import actions as reviews


@pytest.fixture
def world() -> Any:
    return factories.make_world()


def told(world: Any) -> dict[str, Enrollment]:
    """One record a state. Pictures are left out: their files are another test's matter."""
    raw, filling, corrected, reported, approved, returned = factories.make_enrollments(world, 6)
    bare = {"basic_info.photo": None, "basic_info.id_front": None, "basic_info.id_back": None}
    save_personal("basic_info", {**factories.basic_info(), **bare}, by=factories.resident_viewer(filling))
    for enrollment in (reported, approved, returned):
        factories.complete(enrollment, world)
    save_personal("qualifications", {"qualifications.status": "not_taken"}, by=factories.resident_viewer(corrected))
    return_personal([corrected.pk], comment="请核对邮箱", field_comments={"basic_info.email": "请填写"}, by=world.base)
    save_personal("basic_info", {"basic_info.email": "a@example.com"}, by=factories.resident_viewer(corrected))
    reviews.report(RECRUITMENT, [reported.pk, approved.pk, returned.pk], by=world.base)
    reviews.approve(RECRUITMENT, [approved.pk], by=world.province)
    reviews.return_(RECRUITMENT, [returned.pk], comment="国徽面照片反光，请重拍", by=world.province)
    return {"raw": raw, "filling": filling, "corrected": corrected, "reported": reported, "approved": approved}


def enter(page: Page, viewer: Any) -> None:
    sign_in(page, str(User.unscoped.get(pk=viewer.user_id).sign_in_name))


def look_at_everything(page: Page, found: dict[str, Enrollment], size: str) -> None:
    ids = {name: enrollment.pk for name, enrollment in found.items()}
    places = {
        "intake": "/residents/intake/?more=1",
        "record": f"/residents/{ids['filling']}/",
        "record-status": f"/residents/{ids['corrected']}/?tab=training_status&log=all",
        "training": f"/residents/{ids['filling']}/training/",
        "training-locked": f"/residents/{ids['approved']}/training/",
        "return": f"/residents/{ids['raw']}/return/?missing=1",
        "difference": f"/residents/{ids['corrected']}/difference/",
        "delete": f"/residents/{ids['raw']}/delete/",
        "past": "/residents/past/",
        "snapshot": f"/residents/past/{ids['approved']}/?",
        "changes": "/residents/changes/",
    }
    for name, address in places.items():
        page.goto(address)
        expect(page.locator("h1").first).to_be_visible()
        good_page(page, f"base-{name}-{size}")


@pytest.mark.same_everywhere
@pytest.mark.req("R-02", "R-06", "R-09", "R-16", "Q-15")
def test_every_page_of_the_base_is_good_on_a_pc(world: Any, page_pc: Page) -> None:
    found = told(world)
    page_pc.watch.allow(r"404.*/files/")  # type: ignore[attr-defined]
    enter(page_pc, world.base)
    look_at_everything(page_pc, found, "pc")
    page_pc.goto("/residents/changes/")
    page_pc.get_by_role("link", name="查看").first.click()
    expect(page_pc.get_by_role("heading", name="更新字段详情")).to_be_visible()
    good_page(page_pc, "base-change-pc")


@pytest.mark.same_everywhere
@pytest.mark.req("R-02", "R-06", "Q-15")
def test_every_page_of_the_base_is_good_at_360_px(world: Any, page_phone: Page) -> None:
    found = told(world)
    page_phone.watch.allow(r"404.*/files/")  # type: ignore[attr-defined]
    enter(page_phone, world.base)
    look_at_everything(page_phone, found, "phone")


@pytest.mark.req("R-07", "R-16")
def test_before_and_after_are_both_in_sight_at_360_px(world: Any, page_phone: Page) -> None:
    corrected = told(world)["corrected"]
    enter(page_phone, world.base)
    for address in (f"/residents/{corrected.pk}/difference/", "/residents/changes/"):
        page_phone.goto(address)
        if page_phone.locator("[data-open]").count():
            page_phone.locator("[data-open]").first.click()
        new = page_phone.locator("td.new").first
        before, after = new.locator("xpath=preceding-sibling::td").bounding_box(), new.bounding_box()
        assert before and after
        assert after["y"] >= before["y"] + before["height"] - 1
        assert after["x"] >= 0 and after["x"] + after["width"] <= 360


@pytest.mark.req("R-05", "P-23")
def test_editing_over_the_list_keeps_what_was_typed(world: Any, page_pc: Page) -> None:
    enrollment = factories.make_enrollments(world)[0]
    page_pc.watch.allow(r"422")  # type: ignore[attr-defined]
    enter(page_pc, world.base)
    page_pc.goto("/residents/intake/?sort=specialty")
    page_pc.get_by_role("link", name=f"编辑 {enrollment.person.name}").click()
    dialog = page_pc.get_by_role("dialog")
    dialog.get_by_label("核定培训年限").select_option("3")
    dialog.get_by_label("培训开始日期").fill("2026-09-01")
    dialog.get_by_label("培训开始日期").press("Tab")
    expect(dialog.get_by_label("计划结束日期", exact=False).first).to_have_value("2029-08-31")
    page_pc.keyboard.press("Escape")
    expect(dialog.get_by_text("改动还没有保存。")).to_be_visible()
    dialog.get_by_label("人员类型").select_option("own_employee")
    dialog.get_by_label("工作单位统一社会信用代码", exact=False).last.fill("123")
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(dialog.get_by_text("还有 1 处要改")).to_be_visible()
    axe(page_pc)
    dialog.get_by_label("工作单位统一社会信用代码", exact=False).last.fill("")
    page_pc.context.clear_cookies()  # as after a sign-out in another tab
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(dialog.get_by_text("登录已结束")).to_be_visible()
    enter(page_pc.context.new_page(), world.base)
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(dialog.get_by_text("登录已结束")).to_have_count(0)
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(page_pc.get_by_text(f"已保存{enrollment.person.name}的培训信息")).to_be_visible()
    assert "sort=specialty" in page_pc.url
    assert Enrollment.unscoped.get(pk=enrollment.pk).approved_years == 3


@pytest.mark.req("R-04")
def test_deleting_over_the_list_asks_first(world: Any, page_pc: Page) -> None:
    enrollment = factories.make_enrollments(world)[0]
    enter(page_pc, world.base)
    page_pc.goto("/residents/intake/")
    page_pc.get_by_role("link", name=f"删除 {enrollment.person.name}").click()
    page_pc.get_by_role("dialog").get_by_role("button", name="取消").click()
    assert Enrollment.unscoped.filter(pk=enrollment.pk).exists()
    page_pc.get_by_role("link", name=f"删除 {enrollment.person.name}").click()
    page_pc.get_by_role("dialog").get_by_role("button", name="删除", exact=True).click()
    expect(page_pc.get_by_text(f"已删除{enrollment.person.name}的招收信息")).to_be_visible()


@pytest.mark.req("R-08")
def test_the_selection_says_who_is_skipped_and_leads_to_the_reasons(world: Any, page_pc: Page) -> None:
    ready, raw = factories.make_enrollments(world, 2)
    factories.complete(ready, world)
    enter(page_pc, world.base)
    page_pc.goto("/residents/intake/")
    page_pc.get_by_label("选择本页").check()
    bar = page_pc.get_by_role("region", name="批量操作")
    expect(bar.get_by_text("1 项资料不全，上报时会跳过")).to_be_visible()
    expect(bar.get_by_role("button", name="上报 1 项")).to_be_visible()
    bar.get_by_role("button", name="看缺什么").click()
    expect(page_pc.get_by_role("heading", name="上报前看缺什么")).to_be_visible()
    good_page(page_pc, "base-report-look")
    page_pc.get_by_role("link", name="返回列表").click()
    page_pc.wait_for_url("**/residents/intake/**")
    page_pc.wait_for_load_state("networkidle")  # a box ticked before the scripts are there selects no rows
    page_pc.get_by_label("选择本页").check()
    bar.get_by_role("button", name="上报 1 项").click()
    expect(page_pc.get_by_text("已上报 1 人")).to_be_visible()
    expect(page_pc.get_by_role("link", name=raw.person.name, exact=True)).to_be_visible()
    good_page(page_pc, "base-report-result")


@pytest.mark.req("R-07", "Q-11")
@pytest.mark.same_everywhere
def test_back_after_a_refused_and_mended_form_shows_the_form(world: Any, page_pc: Page) -> None:
    """Where the browser kept the refused send, Back was its own page of an error."""
    filling = told(world)["filling"]
    page_pc.watch.allow(r"422")  # type: ignore[attr-defined]
    enter(page_pc, world.base)
    page_pc.goto(f"/residents/{filling.pk}/return/")
    page_pc.get_by_role("button", name="退回本人修改").click()
    expect(page_pc.get_by_text("没有退回")).to_be_visible()
    page_pc.locator("textarea").first.fill("请换照片")
    page_pc.get_by_role("button", name="退回本人修改").click()
    page_pc.wait_for_url(lambda url: "/return/" not in url)
    page_pc.go_back()
    expect(page_pc.get_by_role("heading", name="基本信息退回")).to_be_visible()
    expect(page_pc.get_by_text("现在不能退回")).to_be_visible()
