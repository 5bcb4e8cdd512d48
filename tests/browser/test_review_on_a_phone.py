"""The review desk at 360 px: the queue stays low, the verdict fills its row, no keys are named (R-21, Q-15)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.doors import sign_in
from xinglin.accounts.models import User
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.tests import factories
from xinglin.reviews import actions as reviews


@pytest.mark.req("R-21", "Q-15")
def test_the_desk_leaves_room_for_the_record(page_phone: Page) -> None:
    world = factories.make_world()
    waiting = factories.make_enrollments(world, 8)
    for enrollment in waiting:
        factories.complete(enrollment, world)
    reviews.report(RECRUITMENT, [enrollment.pk for enrollment in waiting], by=world.base)
    page_phone.watch.allow(r"404.*/files/")  # type: ignore[attr-defined]
    sign_in(page_phone, str(User.unscoped.get(pk=world.province.user_id).sign_in_name))
    page_phone.goto("/review/")
    later = page_phone.locator(".xl-queue li a").nth(6)
    address = str(later.get_attribute("href"))
    later.click()
    page_phone.wait_for_url(f"**{address}")
    queue, read = page_phone.locator(".xl-queue"), page_phone.locator(".xl-queue [aria-current]")
    expect(read).to_have_attribute("href", address)
    place, row = queue.bounding_box(), read.bounding_box()
    assert place and row
    assert place["height"] < 740 / 3
    assert place["y"] <= row["y"] and row["y"] + row["height"] <= place["y"] + place["height"]
    for hint in page_phone.locator(".xl-verdict kbd").all():
        expect(hint).to_be_hidden()
    back, approve = (
        page_phone.locator(f".xl-verdict [value={verdict}]").bounding_box() for verdict in ("return", "approve")
    )
    assert back and approve
    assert back["y"] == approve["y"]
    assert approve["x"] + approve["width"] - back["x"] > 300
