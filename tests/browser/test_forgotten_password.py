"""忘记密码 with the code read from the outbox of a trial, on a PC and on a phone; sign-ins that are listed and ended (P-06, P-08, P-13)."""

from __future__ import annotations

import re
import time

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.browser.doors import fill_sign_in, sign_in
from tests.browser.pages import good_page
from xinglin.accounts.actions import open_users
from xinglin.accounts.actions.phones import trust_phones
from xinglin.accounts.models import SignInSession, User
from xinglin.accounts.tests.factories import make_person, make_resident, make_staff, make_tree
from xinglin.kernel.viewer import Viewer
from xinglin.notifications.models import Message

NEW = "Kapok-Lane-77"
SYSTEM = Viewer.system("test")


def ask_for_code(page: Page, number: str, name: str) -> None:
    """From the sign-in page to the page for the code."""
    page.goto("/sign-in/?entrance=resident")
    page.get_by_role("link", name="忘记密码").first.click()
    expect(page.get_by_role("heading", name="忘记密码")).to_be_visible()
    good_page(page, f"forgotten-{name}")
    page.get_by_label("证件号码").fill(number)
    page.get_by_label("验证码", exact=True).fill(settings.XINGLIN_FIXED_CAPTCHA)
    page.get_by_role("button", name="发送短信验证码").click()
    expect(page.get_by_role("heading", name="设置新密码")).to_be_visible()


def digits_in_outbox(page: Page, name: str) -> str:
    """As a newcomer reads it: 系统管理 › 发件箱, once the worker has sent it."""
    deadline = time.monotonic() + 15
    while not Message.unscoped.filter(state="sent").exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    page.goto("/administration/messages/")
    expect(page.locator("td").get_by_text("已发送")).to_be_attached()
    good_page(page, f"outbox-{name}")
    found = re.search(r"验证码 (\d{6})", page.locator("main").inner_text())
    assert found
    return found[1]


def set_password(page: Page, digits: str) -> None:
    for field, value in (("code", digits), ("new", NEW), ("confirm", NEW)):
        page.locator(f"input[name={field}]").fill(value)
    page.get_by_role("button", name="保存新密码").click()


@pytest.mark.req("P-06", "P-13", "Q-15")
@pytest.mark.parametrize("where", ["pc", pytest.param("phone", marks=pytest.mark.same_everywhere)])
def test_a_resident_sets_a_new_password_by_code(page_pc: Page, page_phone: Page, where: str) -> None:
    tree = make_tree()
    user, association = make_resident(tree.base), make_staff("association_admin", tree.association)
    trust_phones([user.pk], by=SYSTEM)
    page, office = (page_pc, page_phone) if where == "pc" else (page_phone, page_pc)
    sign_in(office, association.sign_in_name)
    ask_for_code(page, user.person.id_number, where)
    good_page(page, f"recover-{where}")
    again = page.get_by_role("button", name="重新发送")
    expect(again).to_be_disabled()
    expect(page.get_by_text("秒后可以重新发送")).to_be_visible()
    page.watch.allow("422")  # type: ignore[attr-defined]
    set_password(page, "000000")
    expect(page.get_by_text("还可以试 4 次").first).to_be_visible()
    good_page(page, f"recover-refused-{where}")
    set_password(page, digits_in_outbox(office, where))
    expect(page.get_by_text("新密码已设好")).to_be_visible()
    good_page(page, f"recovered-{where}")
    sign_in(page, user.person.id_number, NEW, entrance="resident")
    assert User.unscoped.get(pk=user.pk).check_password(NEW)


@pytest.mark.req("P-04", "P-05", "Q-15")
def test_codes_instead_of_the_captcha_and_of_the_number(page_phone: Page, page_pc: Page) -> None:
    tree = make_tree()
    user, person = make_resident(tree.base), make_person()
    trust_phones([user.pk], by=SYSTEM)
    open_users([person.pk], organization=tree.base, track="western", by=SYSTEM)
    page_pc.goto("/sign-in/?entrance=resident")
    page_pc.get_by_label("证件号码").fill(user.person.id_number)
    page_pc.get_by_role("button", name="发验证码到手机").click()
    expect(page_pc.get_by_label("手机验证码")).to_be_visible()
    expect(page_pc.get_by_label("证件号码")).to_have_value(user.person.id_number)
    good_page(page_pc, "sign-in-by-code")
    page_pc.get_by_role("button", name="改用图片").click()
    expect(page_pc.get_by_label("验证码", exact=True)).to_be_visible()
    fill_sign_in(page_phone, person.id_number, "000000", entrance="resident")
    page_phone.get_by_role("button", name="发验证码到登记的手机").click()
    expect(page_phone.locator("input[name=code]")).to_be_visible()
    good_page(page_phone, "first-password-by-code")


@pytest.mark.req("P-08", "Q-15")
def test_ones_sign_ins_are_listed_and_ended(new_window, page_pc: Page, page_phone: Page) -> None:
    user = make_staff("base_admin", make_tree().base)
    sign_in(page_pc, user.sign_in_name)
    sign_in(page_phone, user.sign_in_name)
    page_pc.goto("/account/")
    expect(page_pc.get_by_text("本机")).to_be_visible()
    good_page(page_pc, "account-pc")
    page_phone.goto("/account/")
    good_page(page_phone, "account-phone")
    page_pc.get_by_role("button", name="退出其他全部登录").click()
    expect(page_pc.get_by_text("已退出 1 处登录")).to_be_visible()
    page_phone.goto("/account/")
    expect(page_phone.get_by_role("heading", name="登录", exact=True)).to_be_visible()


@pytest.mark.req("P-08")
def test_what_was_typed_outlives_a_sign_out_for_inactivity(new_window, page_pc: Page) -> None:
    """The form is not sent into nothing: the page says so, and after a sign-in in another tab it is sent."""
    user = make_staff("base_admin", make_tree().base)
    sign_in(page_pc, user.sign_in_name)
    page_pc.goto("/account/password/")
    page_pc.clock.install()
    page_pc.reload()
    page_pc.locator("input[name=old]").fill("Apricot-2026")
    for field in ("new", "confirm"):
        page_pc.locator(f"input[name={field}]").fill(NEW)
    page_pc.wait_for_load_state("networkidle")
    SignInSession.objects.all().delete()  # as if the time had run out
    page_pc.watch.allow("401")  # type: ignore[attr-defined]
    page_pc.clock.fast_forward("31:00")
    page_pc.get_by_role("button", name="保存").click()
    expect(page_pc.get_by_text("因长时间未操作已退出")).to_be_visible()
    good_page(page_pc, "away")
    other = page_pc.context.new_page()
    fill_sign_in(other, user.sign_in_name)
    other.wait_for_url(lambda url: "/sign-in/" not in url)
    other.close()
    page_pc.evaluate("dispatchEvent(new Event('focus'))")
    expect(page_pc.get_by_text("因长时间未操作已退出")).to_have_count(0)
    expect(page_pc.locator("input[name=new]")).to_have_value(NEW)
    page_pc.get_by_role("button", name="保存").click()
    expect(page_pc.get_by_text("密码已修改")).to_be_visible()
    assert User.unscoped.get(pk=user.pk).check_password(NEW)
