"""The resident's own side on a phone and on a PC: filling, photo, drafts, return (R-07, R-19, R-20)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Page, expect

from tests.browser.doors import sign_in
from tests.browser.pages import good_page
from xinglin.accounts.models import User
from xinglin.accounts.selectors import person_account
from xinglin.accounts.tests.factories import PASSWORD
from xinglin.demo import pictures
from xinglin.people.selectors import record_of
from xinglin.residents.actions.correcting import return_personal
from xinglin.residents.models import Enrollment
from xinglin.residents.tests import factories

PAGES = {"home": "/my/", "record": "/my/record/", "training": "/my/training/", "me": "/my/me/"}
STEPS = ("basic_info", "education", "qualifications")


@pytest.fixture
def world() -> Any:
    return factories.make_world()


@pytest.fixture
def enrollment(world: Any) -> Enrollment:
    """A resident who has set a password."""
    row = factories.make_enrollments(world)[0]
    user = person_account(row.person_id)
    User.unscoped.filter(pk=user.pk).update(password=make_password(PASSWORD), activated_at=user.created_at)
    return row


def enter(page: Page, enrollment: Enrollment) -> None:
    sign_in(page, record_of(enrollment.person_id).person.id_number, entrance="resident")
    expect(page).to_have_url(re.compile("/my/$"))


def leave(page: Page) -> None:
    page.goto("/my/me/")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/sign-in/**")


def field(page: Page, key: str) -> Any:
    return page.locator(f"[id='id_{key}']")


def choose(page: Page, key: str, path: Path) -> Any:
    """Put a file into the place of a picture; gives the line that tells what became of it."""
    place = page.locator(f"[id='upload-{key}']")
    place.locator("[data-upload-pick] input").set_input_files(path)
    return place.locator("[data-upload-said]")


@pytest.mark.req("R-19", "R-20", "P-18", "P-23")
def test_newcomer_fills_the_first_step_on_a_phone(page_phone: Page, enrollment: Enrollment, tmp_path: Path) -> None:
    page = page_phone
    page.watch.allow("422")  # type: ignore[attr-defined]
    enter(page, enrollment)
    page.get_by_role("link", name="开始填写").click()
    field(page, "basic_info.ethnic_group").select_option(label="汉族")
    field(page, "basic_info.phone").fill("1390000271")
    expect(page.locator("[data-draft-state]")).to_contain_text("草稿已保存")
    page.get_by_label("省", exact=True).select_option(label="北京")
    page.get_by_label("市", exact=True).select_option(label="西城区")
    photo, scan, wrong = tmp_path / "photo.jpg", tmp_path / "scan.jpg", tmp_path / "wrong.jpg"
    photo.write_bytes(pictures.portrait(1))
    scan.write_bytes(pictures.id_front(1))
    wrong.write_bytes(b"%PDF-1.7 no picture")
    expect(choose(page, "basic_info.id_front", wrong)).to_contain_text("PDF")
    for key, path in (("photo", photo), ("id_front", scan), ("id_back", scan)):
        expect(choose(page, f"basic_info.{key}", path)).to_contain_text("已上传")
    page.get_by_role("button", name="保存，下一步").click()
    expect(page.get_by_role("alert")).to_contain_text("手机")
    field(page, "basic_info.phone").fill("19000002711")
    page.get_by_role("button", name="保存，下一步").click()
    expect(page.get_by_role("heading", name="学习经历")).to_be_visible()
    content = record_of(enrollment.person_id).content
    assert content["basic_info.phone"] == "19000002711"
    assert content["basic_info.household_division"] == "110102"
    assert content["basic_info.photo"]
    page.goto("/my/record/basic_info/")
    expect(page.get_by_text("上次填的内容")).to_have_count(0)


@pytest.mark.req("R-20")
def test_questions_open_what_depends_on_them(page_phone: Page, enrollment: Enrollment) -> None:
    page = page_phone
    enter(page, enrollment)
    page.goto("/my/record/education/")
    expect(field(page, "education.bachelor.school")).to_be_hidden()
    page.get_by_role("group", name="是否本科").get_by_label("是").check()
    expect(field(page, "education.bachelor.school")).to_be_visible()
    expect(field(page, "education.bachelor.degree_number")).to_be_hidden()
    field(page, "education.bachelor.degree").select_option("410")
    expect(field(page, "education.bachelor.degree_number")).to_be_visible()
    field(page, "education.bachelor.degree").select_option("999")
    expect(field(page, "education.bachelor.degree_number")).to_be_hidden()
    for _ in range(2):  # the second time nothing has changed, and nothing was lost
        page.get_by_role("button", name="保存", exact=True).last.click()
        expect(page.get_by_text("已保存，基地可见。")).to_be_visible()
        page.wait_for_load_state("load")
        expect(page.get_by_text("上次填的内容")).to_have_count(0)
        page.goto("/my/record/education/")


@pytest.mark.req("R-07", "P-19")
def test_return_is_answered_on_the_phone(page_phone: Page, enrollment: Enrollment, world: Any) -> None:
    page = page_phone
    factories.complete(enrollment, world)
    page.watch.allow("404")  # type: ignore[attr-defined]
    comments = {"basic_info.phone": "请核对手机号"}
    assert return_personal([enrollment.pk], comment="手机号打不通", by=world.base, field_comments=comments).done
    enter(page, enrollment)
    expect(page.get_by_text("“手机号打不通”")).to_be_visible()
    page.get_by_role("link", name="去修改").click()
    expect(page.get_by_text("基地：请核对手机号")).to_be_visible()
    page.get_by_role("button", name="看完整号码").click()
    expect(page.get_by_text(record_of(enrollment.person_id).person.id_number)).to_be_visible()
    page.get_by_text("不用改？写明原因").click()
    reply = page.get_by_label("对“手机”退回意见的说明")
    reply.fill("号码没有错，白天关机")
    height = reply.evaluate("text => text.parentElement.offsetHeight")
    reply.blur()
    assert reply.evaluate("text => text.parentElement.offsetHeight") == height, "what is below stays under the mouse"
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.get_by_text("基地会看到您改了什么")).to_be_visible()
    page.goto("/my/")
    expect(page.get_by_text("已修改")).to_be_visible()


@pytest.mark.same_everywhere
@pytest.mark.req("Q-15")
@pytest.mark.parametrize("window", ["page_phone", "page_pc"])
def test_every_own_page_is_good(
    window: str, request: pytest.FixtureRequest, enrollment: Enrollment, world: Any
) -> None:
    page = request.getfixturevalue(window)
    page.watch.allow("404")  # invented pictures of the factory
    factories.complete(enrollment, world)
    enter(page, enrollment)
    for name, path in PAGES.items() | {step: f"/my/record/{step}/" for step in STEPS}.items():
        page.goto(path)
        good_page(page, f"own-{name}-{window}")
        page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
        good_page(page, f"own-{name}-{window}-dark")


@pytest.mark.req("P-23")
def test_nothing_is_lost_while_the_net_is_away(page_phone: Page, enrollment: Enrollment) -> None:
    page = page_phone
    page.watch.allow("ERR_")  # type: ignore[attr-defined]
    enter(page, enrollment)
    page.goto("/my/record/basic_info/")
    page.route("**/draft", lambda route: route.abort())
    field(page, "basic_info.address").fill("信号不好的地方")
    expect(page.locator("[data-draft-state]")).to_contain_text("草稿没有传上去")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("上次填的内容没有存到服务器")).to_be_visible()
    page.get_by_role("button", name="恢复").click()
    expect(field(page, "basic_info.address")).to_have_value("信号不好的地方")


@pytest.mark.req("P-08", "P-23")
def test_what_was_typed_outlives_a_sign_out_in_another_tab(page_phone: Page, enrollment: Enrollment) -> None:
    page = page_phone
    enter(page, enrollment)
    page.goto("/my/record/education/")
    page.get_by_role("group", name="是否本科").get_by_label("是").check()
    field(page, "education.bachelor.school").fill("澜江大学")
    expect(page.locator("[data-draft-state]")).to_contain_text("草稿已保存")
    other = page.context.new_page()
    leave(other)
    page.bring_to_front()
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.get_by_role("alert")).to_contain_text("登录已结束")
    good_page(page, "ended-elsewhere")
    enter(other, enrollment)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_role("alert")).to_have_count(0)
    leave(other)  # and in again, before the page is looked at: its forms have the token of the sign-in before
    enter(other, enrollment)
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.get_by_text("已保存，基地可见。")).to_be_visible()
    assert record_of(enrollment.person_id).content["education.bachelor.school"] == "澜江大学"
