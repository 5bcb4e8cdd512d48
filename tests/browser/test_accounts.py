"""账号管理 in the browser: a colleague from the form to the first sign-in by the sheet's QR, and every page, PC and phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.doors import sign_in
from tests.browser.pages import axe, good_page, no_sideways_scroll
from xinglin.accounts.models import Grant, InitialCredential, User
from xinglin.accounts.tests.factories import make_staff
from xinglin.administration.tests.accounts_world import World, make_world, waiting
from xinglin.kernel import clock

NUMBER = "E12345678"
PAGES = {
    "accounts": "/administration/accounts/?more=1",
    "staff-new": "/administration/staff/new/",
    "base-accounts": "/administration/base-accounts/",
    "roles": "/administration/roles/",
    "sees": "/administration/roles/sees/",
}


@pytest.fixture
def world() -> World:
    world = make_world()
    for name in ("province_admin", "base_organization", "base_admin"):
        world.user(name)
    waiting(world.tree.base, 2, state="lapsed")
    ended = make_staff("base_admin", world.tree.base)
    Grant.unscoped.filter(user=ended).update(ends_at=clock.now(), ended_reason="调离")
    return world


def look_at_every_page(page: Page, world: World, size: str) -> None:
    sign_in(page, str(world.user("province_admin").sign_in_name))
    places = dict(PAGES)
    for name in ("base_admin", "base_organization"):
        places[f"account-{name}"] = f"/administration/accounts/{world.user(name).pk}/"
    admin = world.user("base_admin")
    places["give"] = f"/administration/accounts/{admin.pk}/give/"
    places["reset"] = f"/administration/accounts/{admin.pk}/reset/"
    if size == "phone":  # forms share their layout; the wide things are looked at in both sizes
        places = {
            name: url for name, url in places.items() if name not in {"give", "account-base_organization", "sees"}
        }
    for name, address in places.items():
        page.goto(address)
        expect(page.locator("h1").first).to_be_visible()
        good_page(page, f"accounts-{name}-{size}")
    page.goto("/administration/roles/sees/")
    page.get_by_label("身份").select_option("base_admin")
    page.get_by_label("单位").select_option(str(world.tree.base.pk))
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("heading", name="数据范围")).to_be_visible()
    good_page(page, f"accounts-sees-role-{size}")


@pytest.mark.same_everywhere
@pytest.mark.req("P-07", "R-23", "Q-15")
def test_every_page_is_good_on_a_pc(world: World, page_pc: Page) -> None:
    look_at_every_page(page_pc, world, "pc")


@pytest.mark.same_everywhere
@pytest.mark.req("P-07", "Q-15")
def test_every_page_is_good_at_360_px(world: World, page_phone: Page) -> None:
    look_at_every_page(page_phone, world, "phone")


def open_colleague(page: Page) -> None:
    page.goto("/administration/accounts/")
    page.get_by_role("link", name="开通工作人员账号").click()
    answers = {"姓名": "程望禾", "证件号码": NUMBER, "手机号": "19012340001"}
    page.get_by_label("证件类型").select_option("05")
    for label, value in answers.items():
        page.get_by_label(label, exact=False).first.fill(value)
    page.get_by_role("button", name="开通", exact=True).click()
    expect(page.get_by_role("cell", name="000000")).to_be_visible()


@pytest.mark.req("P-04", "P-05")
def test_a_colleague_comes_in_by_the_sheet(world: World, page_pc: Page, new_window: Any) -> None:
    """The address that the QR holds is opened on a phone: the code is filled in, leaves the address, and works once."""
    sign_in(page_pc, world.tree.base.name)
    open_colleague(page_pc)
    good_page(page_pc, "accounts-handout-pc")
    page_pc.get_by_role("button", name="打印激活单").click()
    expect(page_pc.get_by_role("heading", name="激活单")).to_be_visible()
    good_page(page_pc, "accounts-sheets-pc")
    expect(page_pc.locator("svg.xl-qr")).to_be_visible()
    secret = page_pc.locator(".xl-sheet-facts dd.xl-b.xl-mono").inner_text()
    address = page_pc.locator(".xl-sheet-how li").last.inner_text().split()[1].rstrip("，输入激活码。")
    page_pc.emulate_media(media="print")
    expect(page_pc.locator(".xl-side")).to_be_hidden()
    expect(page_pc.locator(".xl-sheet")).to_be_visible()

    phone = new_window(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    phone.goto(f"{address}#{secret}")
    expect(phone.get_by_label("激活码")).to_have_value(secret)
    assert secret not in phone.url
    axe(phone)
    no_sideways_scroll(phone)
    phone.get_by_role("button", name="开始激活").click()
    expect(phone.get_by_role("heading", name="设置新密码")).to_be_visible()
    assert phone.locator("input[name=old]").count() == 0
    for name, value in {"phone": "19012340001", "sign_in_name": "chengwanghe"}.items():
        phone.locator(f"input[name={name}]").fill(value)
    for name in ("new", "confirm"):
        phone.locator(f"input[name={name}]").fill("Kapok-Lane-77")
    phone.get_by_role("button", name="保存并进入").click()
    phone.wait_for_url(lambda url: "initial-password" not in url)
    assert User.unscoped.get(sign_in_name="chengwanghe").check_password("Kapok-Lane-77")

    again = new_window(viewport={"width": 1366, "height": 768})
    again.watch.allow(r"422")
    again.goto(f"{address}#{secret}")
    again.get_by_role("button", name="开始激活").click()
    expect(again.get_by_text("已经用过").first).to_be_visible()


@pytest.mark.req("P-05", "P-06")
def test_lapsed_ones_are_renewed_together_and_one_is_reset_in_the_dialog(world: World, page_pc: Page) -> None:
    page = page_pc
    sign_in(page, world.tree.base.name)
    page.goto("/administration/accounts/?standing=lapsed")
    page.locator("thead input[type=checkbox]").check()
    page.get_by_role("button", name="重新发放初始密码").click()
    confirm = page.locator("dialog[open]")
    if confirm.count():
        confirm.get_by_role("button").last.click()
    expect(page.get_by_role("heading", name="已发放 2 个账号")).to_be_visible()
    assert InitialCredential.objects.filter(revoked_at=None, expires_at__gt=clock.now()).count() == 2

    page.goto(f"/administration/accounts/{world.user('base_admin').pk}/")
    page.get_by_role("button", name="重置密码").first.click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    axe(page)
    dialog.get_by_label("理由").fill("本人忘记密码")
    dialog.get_by_role("button", name="重置密码").click()
    expect(page.get_by_role("heading", name="重置密码结果")).to_be_visible()
    assert not User.unscoped.get(pk=world.user("base_admin").pk).has_usable_password()
