"""两步验证 in the browser: set up, signed in with a value, then with a recovery code, on a PC and on a phone (P-08)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Page, expect

from tests.browser.doors import fill_sign_in, sign_in
from tests.browser.pages import good_page
from xinglin.accounts import totp
from xinglin.accounts.models import SignInSession, User
from xinglin.accounts.tests.authenticator import enrol
from xinglin.accounts.tests.factories import PASSWORD, make_resident, make_staff, make_tree
from xinglin.kernel import clock
from xinglin.residents.tests.factories import make_enrollments, make_world

STEP = timedelta(seconds=totp.SECONDS)
pytestmark = [pytest.mark.req("P-08", "Q-15")]


def value(secret: str, steps: int = 0) -> str:
    """What the app on somebody's phone shows, so many steps ahead."""
    return totp.value_at(secret, clock.now() + steps * STEP)


def set_up(page: Page, where: str) -> tuple[str, list[str]]:
    """From 我的账号 to the recovery codes; returns the secret and the codes."""
    page.goto("/account/")
    page.get_by_role("link", name="开启两步验证").click()
    good_page(page, f"factor-off-{where}")
    page.get_by_role("button", name="开始设置").click()
    expect(page.get_by_role("img", name="验证器用的二维码")).to_be_visible()
    good_page(page, f"factor-setup-{where}")
    secret = page.locator(".xl-factor-secret").inner_text().replace(" ", "")
    page.watch.allow("422")  # type: ignore[attr-defined]
    page.get_by_label("动态码").fill("12345")
    page.get_by_role("button", name="开启两步验证").click()
    expect(page.get_by_text("动态码不对").first).to_be_visible()
    good_page(page, f"factor-refused-{where}")
    page.get_by_label("动态码").fill(value(secret, -1))
    page.get_by_role("button", name="开启两步验证").click()
    expect(page.get_by_text("恢复码只显示这一次")).to_be_visible()
    good_page(page, f"recovery-codes-{where}")
    codes = page.locator("[data-codes] li").all_inner_texts()
    assert len(codes) == 8
    page.get_by_role("link", name="已经保存，继续").click()
    expect(page.get_by_text("还有 8 个没有用过")).to_be_visible()
    good_page(page, f"factor-on-{where}")
    return secret, codes


@pytest.mark.parametrize("where", ["pc", pytest.param("phone", marks=pytest.mark.same_everywhere)])
def test_from_the_set_up_to_a_sign_in_with_a_recovery_code(page_pc: Page, page_phone: Page, where: str) -> None:
    tree = make_tree()
    user, page = (
        (make_staff("base_admin", tree.base), page_pc) if where == "pc" else (make_resident(tree.base), page_phone)
    )
    name, entrance = (user.sign_in_name, "organization") if where == "pc" else (user.person.id_number, "resident")
    sign_in(page, name, entrance=entrance)
    secret, codes = set_up(page, where)
    page.context.clear_cookies()
    fill_sign_in(page, name, entrance=entrance)
    expect(page.get_by_role("heading", name="两步验证")).to_be_visible()
    good_page(page, f"second-factor-{where}")
    page.goto("/account/")
    expect(page.get_by_role("heading", name="两步验证")).to_be_visible()
    page.get_by_label("动态码").fill("000000" if value(secret) != "000000" else "111111")
    page.get_by_role("button", name="进入").click()
    expect(page.get_by_text("动态码不对").first).to_be_visible()
    good_page(page, f"second-factor-refused-{where}")
    page.get_by_label("动态码").fill(value(secret, 1))
    page.get_by_role("button", name="进入").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.context.clear_cookies()
    fill_sign_in(page, name, entrance=entrance)
    page.get_by_role("link", name="用恢复码").click()
    good_page(page, f"recovery-{where}")
    page.get_by_label("恢复码").fill(codes[0].lower())
    page.get_by_role("button", name="进入").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto("/account/")
    expect(page.get_by_text("恢复码还有 7 个")).to_be_visible()
    good_page(page, f"account-with-factor-{where}")


@pytest.mark.parametrize("where", ["pc", pytest.param("phone", marks=pytest.mark.same_everywhere)])
def test_the_password_is_asked_again_before_sign_ins_are_ended(page_pc: Page, page_phone: Page, where: str) -> None:
    tree = make_tree()
    user = make_staff("base_admin", tree.base)
    page, other = (page_pc, page_phone) if where == "pc" else (page_phone, page_pc)
    sign_in(other, user.sign_in_name)
    sign_in(page, user.sign_in_name)
    _long_ago()
    page.goto("/account/")
    page.get_by_role("button", name="退出其他全部登录").click()
    expect(page.get_by_role("heading", name="请再次输入密码").first).to_be_visible()
    good_page(page, f"again-{where}")
    page.watch.allow("422")  # type: ignore[attr-defined]
    page.get_by_label("当前密码").fill("wrong")
    page.get_by_role("button", name="确认并继续").click()
    expect(page.get_by_text("当前密码不对").first).to_be_visible()
    page.get_by_label("当前密码").fill(PASSWORD)
    page.get_by_role("button", name="确认并继续").click()
    expect(page.get_by_text("已退出 1 处登录")).to_be_visible()


def test_a_resident_changes_the_phone_with_the_password_on_a_phone(page_phone: Page) -> None:
    enrollment = make_enrollments(make_world())[0]
    users = User.unscoped.filter(person_id=enrollment.person_id)
    users.update(password=make_password(PASSWORD), activated_at=clock.now())
    sign_in(page_phone, users.get().person.id_number, entrance="resident")
    _long_ago()
    page_phone.goto("/my/record/basic_info/")
    page_phone.get_by_label("手机").first.fill("19000000001")
    page_phone.watch.allow("422")  # type: ignore[attr-defined]
    page_phone.get_by_role("button", name="保存", exact=True).click()
    expect(page_phone.get_by_text("改这一项要再输入一次密码").first).to_be_visible()
    good_page(page_phone, "own-phone-again")
    page_phone.get_by_label("当前密码").fill(PASSWORD)
    page_phone.get_by_role("button", name="保存", exact=True).click()
    expect(page_phone.get_by_text("已保存，基地可见").first).to_be_visible()
    assert users.get().person.phone == "19000000001"


def test_a_lost_factor_is_reset_on_the_account_page(page_pc: Page) -> None:
    tree = make_tree()
    base, lost = make_staff("base_organization", tree.base), make_staff("base_admin", tree.base)
    enrol(lost)
    sign_in(page_pc, base.organization.code)
    page_pc.goto(f"/administration/accounts/{lost.pk}/")
    good_page(page_pc, "account-of-others-with-factor")
    page_pc.get_by_role("link", name="重置两步验证").click()
    good_page(page_pc, "reset-factor")
    page_pc.locator("textarea[name=reason], input[name=reason]").fill("手机遗失，已当面核对身份证")
    page_pc.get_by_role("button", name="重置两步验证").click()
    expect(page_pc.get_by_text("的两步验证已重置")).to_be_visible()
    assert User.unscoped.get(pk=lost.pk).session_epoch == 2


def _long_ago() -> None:
    """As if everybody had given the password long ago."""
    for row in SignInSession.objects.all():
        store = SignInSession.get_session_store_class()(row.session_key)
        store["confirmed"] = 0
        store.save()
