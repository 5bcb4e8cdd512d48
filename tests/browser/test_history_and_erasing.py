"""历史封存 and 个人信息删除 in the browser: a verification by the real worker, an erasure to its end (Q-12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.doors import sign_in
from tests.browser.pages import good_page
from xinglin.accounts.models import User
from xinglin.history.sealing import seal_waiting
from xinglin.kernel import clock
from xinglin.people.models import Person
from xinglin.residents.actions.lapsing import lapse_due
from xinglin.residents.tests import factories
from xinglin.windows.models import WindowPhase

SEALS, ERASED = "/administration/history/", "/administration/people/erased/"


@pytest.fixture
def world() -> Any:
    return factories.make_world()


def enter(page: Page, world: Any) -> None:
    user = User.unscoped.get(pk=world.association.user_id)
    sign_in(page, str(user.sign_in_name))


@pytest.mark.req("Q-12", "Q-15")
def test_a_verification_runs_and_a_person_is_erased(new_window: Any, world: Any) -> None:
    (row,) = factories.make_enrollments(world)
    factories.fill_personal(row)
    now = clock.now()  # a window that is really over: the worker that serves the page would revive the record else
    WindowPhase.objects.filter(window=world.window).update(
        starts_at=now - timedelta(days=20), ends_at=now - timedelta(days=2)
    )
    assert lapse_due(by=world.association.system("test")) == 1
    seal_waiting()
    page = new_window()
    enter(page, world)
    page.goto(SEALS)
    page.get_by_role("button", name="开始核验").click()
    page.wait_for_url(f"**{SEALS}")
    expect(page.get_by_text("核验通过")).to_be_visible(timeout=30_000)
    page.goto(SEALS)
    expect(page.get_by_text("上次核验结果")).to_be_visible()
    good_page(page, "history-seals")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载链头").click()
    assert download.value.suggested_filename.startswith("history-head-")
    page.goto(ERASED)
    good_page(page, "erased-persons")
    page.get_by_label("证件号").fill(row.person.id_number)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="删除个人信息")).to_be_visible()
    good_page(page, "erase-person")
    page.get_by_label("理由").fill("本人书面申请，档案第三卷")
    page.get_by_label("输入姓名确认").fill(row.person.name)
    page.get_by_role("button", name="永久删除").click()
    page.wait_for_url(f"**{ERASED}")
    expect(page.get_by_text(f"第 {row.person_id} 号人员的个人信息已经删除")).to_be_visible()
    assert Person.unscoped.get(pk=row.person_id).name == "已删除"
    phone = new_window(**PHONE)
    enter(phone, world)
    for address, name in ((SEALS, "history-seals-phone"), (ERASED, "erased-persons-phone")):
        phone.goto(address)
        good_page(phone, name)
