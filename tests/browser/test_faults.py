"""What a user sees while the machine is in trouble, and with a clock that is wrong (Q-09, Q-15)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PC, PHONE
from tests.browser.doors import sign_in
from tests.browser.pages import good_page
from tests.faults.outages import make_outage
from tests.faults.serving import Site, own_folder
from xinglin.accounts.tests.factories import make_staff, make_tree
from xinglin.config.tests.running import wait_until
from xinglin.kernel import clock
from xinglin.residents.tests.own import make_own

FORM = "/my/record/basic_info/"


@pytest.fixture
def outage():
    one = make_outage()
    yield one
    one.close()


@pytest.fixture
def site(outage):
    with Site(own_folder(), database=outage.url) as one:
        one.start_web()
        yield one


def window_of(new_window, site, client, kind):
    """A window in which a resident has signed in."""
    page = new_window(**kind)
    page.watch.allow("503")
    for name, morsel in client.cookies.items():
        page.context.add_cookies([{"name": name, "value": morsel.value, "url": site.address}])
    return page


@pytest.mark.req("Q-09", "Q-15")
def test_the_page_of_an_outage_keeps_the_form_and_comes_back_by_itself(new_window, site, outage):
    own = make_own()
    pc, phone = (window_of(new_window, site, own.client, kind) for kind in (PC, PHONE))
    phone.goto(f"{site.address}{FORM}")
    address = phone.locator("[name='basic_info.address']")
    expect(address).to_be_visible()
    address.fill("青屏市示范路 8 号")
    phone.wait_for_timeout(3500)  # the draft is saved: leaving the page asks nothing
    pc.clock.install()

    outage.cut()
    phone.get_by_role("button", name="保存", exact=False).last.click()
    expect(phone.get_by_role("heading", name="系统暂时不能用，正在恢复")).to_be_visible()
    expect(phone.get_by_text("刚才这一步没有保存")).to_be_visible()
    good_page(phone, "fault-post-phone")
    pc.goto(f"{site.address}{FORM}")
    expect(pc.get_by_role("link", name="现在重试")).to_be_visible()
    expect(pc.get_by_text("登录", exact=True)).to_have_count(0)
    good_page(pc, "fault-get-pc")

    outage.restore()
    wait_until(site.is_ready, 15)
    expect(phone.get_by_text("系统已经恢复，可以重试了")).to_be_visible(timeout=25_000)
    phone.get_by_role("button", name="重试").click()
    phone.wait_for_url("**/my/**")
    wait_until(lambda: own.content["basic_info.address"] == "青屏市示范路 8 号", 10)
    pc.clock.run_for(17_000)
    expect(pc.locator("[name='basic_info.address']")).to_be_visible()


@pytest.mark.req("Q-09")
@pytest.mark.parametrize("hours", [2, -2])
def test_a_browser_whose_clock_is_wrong_works_like_any_other(new_window, hours):
    user = make_staff("base_admin", make_tree().base)
    page = new_window()
    page.clock.set_system_time(clock.now() + timedelta(hours=hours))
    sign_in(page, user.sign_in_name)
    page.goto("/account/")
    expect(page.get_by_text(user.sign_in_name).first).to_be_visible()
    page.reload()
    expect(page.get_by_text(user.sign_in_name).first).to_be_visible()
