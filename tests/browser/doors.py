"""Going in and out, as a user does."""

from __future__ import annotations

from django.conf import settings
from playwright.sync_api import Page, expect

from xinglin.accounts.tests.factories import PASSWORD


def fill_sign_in(page: Page, name: str, password: str = PASSWORD, entrance: str = "organization") -> None:
    """The sign-in page, filled in and sent; what comes next is for the test to look at."""
    page.goto(f"/sign-in/?entrance={entrance}")
    page.get_by_label("证件号码" if entrance == "resident" else "用户名").fill(name)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_label("验证码", exact=True).fill(settings.XINGLIN_FIXED_CAPTCHA)
    page.get_by_role("button", name="登录", exact=True).click()


def sign_in(page: Page, name: str, password: str = PASSWORD, entrance: str = "organization") -> None:
    """Sign in and wait until the page behind the door is there."""
    fill_sign_in(page, name, password, entrance)
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def set_first_password(page: Page, old: str, phone: str, new: str = PASSWORD, user_name: str = "") -> None:
    """The page that a first sign-in is confined to."""
    expect(page.get_by_role("heading", name="设置新密码")).to_be_visible()
    answers = {"old": old, "phone": phone, "sign_in_name": user_name, "new": new, "confirm": new}
    for name, value in answers.items():
        if value:
            page.locator(f"input[name={name}]").fill(value)
    page.get_by_role("button", name="保存并进入").click()
    page.wait_for_url(lambda url: "initial-password" not in url)


def sign_out(page: Page) -> None:
    """Sign out through the menu at the top right, or the phone's page of oneself."""
    page.goto("/account/")
    page.get_by_role("button", name="退出").first.click()
    page.wait_for_url("**/sign-in/**")
