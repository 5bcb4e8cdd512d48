"""A unit's page says whether notices reach its contact phone (P-13)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from xinglin.accounts.tests.factories import forget_full_phone, set_contact_phone

from .organizations_scene import Organizations, make_organizations

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def world() -> Organizations:
    return make_organizations()


@pytest.mark.req("P-13")
def test_the_page_says_when_no_notice_can_reach_the_contact_phone(world: Organizations) -> None:
    base = world.tree.base
    address = reverse("administration:organization", args=[base.pk])

    def told() -> str:
        return world.client("province").get(address).text

    assert "没有登记，收不到短信通知" in told()
    set_contact_phone(base, "19010000009")
    assert "加密保存" in told() and "190****0009" in told() and "19010000009" not in told()
    forget_full_phone(base)
    assert "请把联系人手机再填写一次" in told()
