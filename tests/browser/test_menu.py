"""The side navigation on the smallest desk: every entry within reach, groups that stay as their reader left them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.doors import sign_in
from tests.browser.pages import axe
from xinglin.accounts.models import User
from xinglin.residents.tests import factories

pytestmark = [pytest.mark.req("P-07", "Q-15"), pytest.mark.same_everywhere]
CODES, ACCOUNTS = "/administration/codes/", "/administration/accounts/"


@pytest.fixture
def association(page_pc: Page) -> Page:
    world: Any = factories.make_world()
    sign_in(page_pc, str(User.unscoped.get(pk=world.association.user_id).sign_in_name))
    page_pc.goto(CODES)
    return page_pc


def group(page: Page, words: str) -> Locator:
    return page.locator(".xl-nav details", has=page.get_by_text(words, exact=True))


def test_the_longest_menu_fits_768_px_and_hides_nothing(association: Page) -> None:
    page = association
    page.goto("/todo/")
    nav = page.locator(".xl-nav")
    assert nav.evaluate("n => n.scrollHeight <= n.clientHeight"), "at rest it needs no scrolling"
    shut = page.locator(".xl-nav details:not([open]) > summary")
    while shut.count():
        shut.first.click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for link in nav.get_by_role("link").all():
        link.scroll_into_view_if_needed()
        expect(link).to_be_in_viewport()
    expect(page.locator(".xl-side-foot")).to_be_in_viewport()
    axe(page)


def test_the_group_of_the_page_is_open_and_others_stay_as_they_were_left(association: Page) -> None:
    page = association
    expect(group(page, "平台")).to_have_attribute("open", "")
    expect(group(page, "账号与角色")).not_to_have_attribute("open", "")
    group(page, "机构与科室").locator("summary").press("Enter")
    expect(page.get_by_role("link", name="机构管理")).to_be_visible()
    group(page, "招收信息管理").locator("summary").click()
    page.goto(ACCOUNTS)
    expect(group(page, "账号与角色")).to_have_attribute("open", "")
    expect(group(page, "平台"), "opened by its page, not by hand").not_to_have_attribute("open", "")
    expect(group(page, "机构与科室")).to_have_attribute("open", "")
    expect(group(page, "招收信息管理")).not_to_have_attribute("open", "")
    page.goto("/residents/intake/")
    expect(page.locator(".xl-nav [aria-current=page]"), "its own page opens it all the same").to_be_visible()


def test_the_current_entry_is_scrolled_to_in_a_low_window(association: Page) -> None:
    page = association
    page.set_viewport_size({"width": 1366, "height": 420})
    page.goto("/administration/people/erased/")
    expect(page.locator(".xl-nav [aria-current=page]")).to_be_in_viewport()
    assert page.locator(".xl-nav").evaluate("n => n.scrollTop > 0")
    assert page.evaluate("scrollY") == 0, "the menu scrolls, not the page"


def test_the_narrow_menu_marks_the_group_one_is_in(association: Page) -> None:
    page = association
    page.get_by_role("button", name="收起或展开导航").click()
    here = page.locator(".xl-nav details[data-here] > summary")
    expect(here).to_have_count(1)
    expect(here).to_have_attribute("title", "平台")
    axe(page)
