"""Scans read comfortably on the record and at the review desk: veiled, opened by a recorded POST, enlarged beside the
fields, and back to the place (P-18, P-19, P-22, R-06, R-21)."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.doors import sign_in
from tests.browser.pages import axe, no_sideways_scroll, picture
from xinglin.accounts.models import User
from xinglin.files.actions import store_image
from xinglin.files.tests.pictures import drawing, saved
from xinglin.history.models import HistoryEntry
from xinglin.residents.actions.personal import save_personal
from xinglin.residents.models import Enrollment
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.tests import factories
from xinglin.reviews import actions as reviews

pytestmark = [pytest.mark.req("P-19", "R-06", "R-21", "Q-15"), pytest.mark.same_everywhere]
SCANS = {
    "basic_info": {"id_front": "id_front", "id_back": "id_back"},
    "education": {"bachelor.diploma_scan": "diploma_scan", "bachelor.degree_scan": "degree_scan"},
}


def enter(page: Page, viewer: Any) -> None:
    sign_in(page, str(User.unscoped.get(pk=viewer.user_id).sign_in_name))


@pytest.fixture
def world() -> Any:
    return factories.make_world()


@pytest.fixture
def record(world: Any) -> Enrollment:
    """A reported record with real pictures."""
    (row,) = factories.make_enrollments(world, 1)
    own = factories.complete(row, world)
    for section, fields in SCANS.items():
        values = {}
        for name, purpose in fields.items():
            stored = store_image(
                saved(drawing((1600, 1000))), purpose=purpose, person_key=row.person.key, person_id=row.person_id,
                by=own, organization_path=world.tree.base.path,
            )  # fmt: skip
            values[f"{section}.{name}"] = stored.id
        save_personal(section, values, by=own)
    assert reviews.report(RECRUITMENT, [row.pk], by=world.base).done
    return row


def looks() -> int:
    return HistoryEntry.unscoped.filter(verb="file.view").count()


def test_on_the_record_it_opens_enlarged_beside_the_fields_and_leads_back(
    world: Any, record: Enrollment, page_pc: Page
) -> None:
    page = page_pc
    page.watch.allow(r"404.*/files/")  # type: ignore[attr-defined]  # the photo is another test's matter
    enter(page, world.base)
    page.goto(f"/residents/{record.pk}/?tab=education")
    veil = page.get_by_role("button", name="查看（将留下记录）")
    expect(veil).to_have_count(2)
    assert looks() == 0, "looking at the page reveals nothing"
    veil.nth(1).click()
    viewer = page.get_by_role("dialog")
    expect(viewer.get_by_text("这次查看已记录")).to_be_visible()
    assert looks() == 1
    expect(viewer.get_by_text("毕业院校名称")).to_be_visible()
    sizes = [viewer.locator("canvas").evaluate("c => c.getBoundingClientRect().width")]
    for name in ("放大", "放大", "向右转", "适合窗口"):
        viewer.get_by_role("button", name=name).click()
        sizes.append(viewer.locator("canvas").evaluate("c => c.getBoundingClientRect().width"))
    assert sizes[1] > sizes[0] and sizes[2] > sizes[1]
    assert sizes[3] < sizes[2], "turned, a landscape picture is narrower"
    picture(page, "scan-record-pc")
    axe(page)
    viewer.get_by_role("button", name="上一张（将留下记录）").click()
    expect(viewer.get_by_text("这次查看已记录")).to_be_visible()
    assert looks() == 2
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(veil.nth(0)).to_be_focused()
    expect(veil).to_have_count(2), "the veil stays"


def test_at_the_desk_a_remark_is_one_step_from_the_scan(world: Any, record: Enrollment, page_pc: Page) -> None:
    page = page_pc
    page.watch.allow(r"404.*/files/")  # type: ignore[attr-defined]
    enter(page, world.province)
    page.goto(f"/review/{record.pk}")
    head = page.locator(".xl-desk-body > .xl-head")
    assert head.evaluate("(head) => head.scrollHeight <= head.clientHeight"), "name and number are not cut off"
    page.locator("[data-scan]").last.click()
    viewer = page.get_by_role("dialog")
    expect(viewer.get_by_text("这次查看已记录")).to_be_visible()
    expect(viewer.get_by_role("heading", name="填写的内容")).to_contain_text("本科")
    page.keyboard.press("a")
    expect(viewer).to_be_visible(), "the desk's keys rest while a scan is open"
    viewer.get_by_role("button", name="写意见").click()
    expect(viewer).to_be_hidden()
    box = page.locator("textarea:focus")
    box.fill("扫描件看不清")
    expect(page.get_by_text("有 1 条意见，不能通过")).to_be_visible()
    page.get_by_role("button", name="看完整号码").click()
    expect(page.locator("#numbers")).to_contain_text(record.person.id_number)
    with page.expect_event("dialog") as asked:  # what is written is not left without a question
        page.once("dialog", lambda dialog: dialog.dismiss())
        page.get_by_role("link", name="完整记录").click(no_wait_after=True)
    assert asked.value.type == "beforeunload"
    expect(page.locator("textarea:visible").first).to_have_value("扫描件看不清")


def test_on_a_phone_the_viewer_fills_the_window(world: Any, record: Enrollment, page_phone: Page) -> None:
    page = page_phone
    page.watch.allow(r"404.*/files/")  # type: ignore[attr-defined]
    enter(page, world.base)
    page.goto(f"/residents/{record.pk}/?tab=education")
    page.locator("[data-scan]").first.click()
    expect(page.get_by_text("这次查看已记录")).to_be_visible()
    picture(page, "scan-record-phone")
    axe(page)
    no_sideways_scroll(page)
    page.get_by_role("button", name="关闭").click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_scan_that_cannot_be_opened_says_so(world: Any, record: Enrollment, page_pc: Page) -> None:
    page = page_pc
    page.watch.allow(r"404")  # type: ignore[attr-defined]
    enter(page, world.base)
    page.goto(f"/residents/{record.pk}/?tab=education")
    page.route("**/reveal", lambda route: route.fulfill(status=404))
    page.locator("[data-scan]").first.click()
    expect(page.get_by_role("dialog").get_by_text("没有打开，请刷新页面后重试")).to_be_visible()


def test_the_association_reads_that_others_see_scans(world: Any, record: Enrollment, page_pc: Page) -> None:
    page = page_pc
    page.watch.allow(r"404.*/files/")  # type: ignore[attr-defined]
    enter(page, world.association)
    page.goto(f"/residents/{record.pk}/?tab=education")
    expect(page.get_by_text("当前身份不能查看")).to_have_count(2)
    expect(page.locator("[data-scan]")).to_have_count(0)


def test_the_desk_is_read_on_a_phone_field_by_field(world: Any, record: Enrollment, page_phone: Page) -> None:
    page = page_phone
    page.watch.allow(r"404.*/files/")  # type: ignore[attr-defined]
    enter(page, world.province)
    page.goto(f"/review/{record.pk}")
    value = page.locator(".xl-diff td.new ins").first
    expect(value).to_be_visible()
    assert value.bounding_box()["height"] < 60, "no column of single characters"  # type: ignore[index]
    page.get_by_role("button", name="写意见").first.click()
    expect(page.locator("textarea:focus")).to_be_visible()
    axe(page)
    no_sideways_scroll(page)
