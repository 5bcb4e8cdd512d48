"""时间安排 on the screen: states, own times, extensions, and who may (P-09, R-01)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from xinglin.accounts.tests.factories import make_staff, make_tree, sign_in, viewer_of
from xinglin.kernel import clock
from xinglin.windows import actions, selectors
from xinglin.windows.models import CollectionWindow, Extension

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def window(tree):
    by, today = viewer_of(make_staff("association_admin", tree.association)), clock.today()
    first = today - timedelta(days=11)
    phases = {"filling": (first, today + timedelta(days=7)), "review": (first, today + timedelta(days=12))}
    return actions.open_window("recruitment", first.year, 1, "western", phases, by=by)


def client_of(client, role, organization):
    return sign_in(client, make_staff(role, organization))


def place(name, window, kind="filling"):
    return reverse(f"windows:{name}", args=[window.pk, kind])


@pytest.mark.req("R-01")
def test_the_list_has_the_columns_of_the_manual_and_the_state(client, tree, window):
    page = client_of(client, "base_admin", tree.base).get(reverse("windows:list")).content.decode()
    for word in ("年份", "批次", "开始时间", "结束时间", "状态", "进行中", "还剩 7 天", "填报、上报", "省级审核"):
        assert word in page
    assert place("extend", window) not in page
    nothing = client.get(reverse("windows:list"), {"year": window.year, "batch": 1, "track": "x"}).content.decode()
    assert "进行中" in nothing


@pytest.mark.req("R-01")
def test_the_list_shows_extensions_of_the_own_subtree_only(client, tree, window):
    by = viewer_of(make_staff("association_admin", tree.association))
    later = clock.today() + timedelta(days=9)
    actions.extend(window.phases.get(kind="filling"), tree.base, later, "停机两天", by=by)
    shown = {}
    for base in (tree.base, tree.sibling):
        shown[base] = client_of(client, "base_admin", base).get(reverse("windows:list")).content.decode()
    assert "停机两天" in shown[tree.base]
    assert "还剩 9 天" in shown[tree.base]
    assert "停机两天" not in shown[tree.sibling]


@pytest.mark.req("P-09")
def test_the_association_extends_for_one_base(client, tree, window):
    door = client_of(client, "association_admin", tree.association)
    assert tree.base.name in door.get(place("extend", window)).content.decode()
    later = clock.today() + timedelta(days=9)
    answer = door.post(place("extend", window), {"organization": tree.base.pk, "ends_on": later, "reason": ""})
    assert answer.status_code == 422
    answer = door.post(place("extend", window), {"organization": tree.base.pk, "ends_on": later, "reason": "停机"})
    assert answer.url == reverse("windows:list")
    assert Extension.objects.for_system("test").get().reason == "停机"


@pytest.mark.req("P-09")
def test_a_province_sets_its_own_times_and_is_told_the_limits(client, tree, window):
    door = client_of(client, "province_admin", tree.province)
    assert "只对" in door.get(place("times", window)).content.decode()
    today = clock.today()
    given = {"starts_on": today, "ends_on": today + timedelta(days=20)}
    answer = door.post(place("times", window), given)
    assert answer.status_code == 422
    assert "中国医师协会的安排之内" in answer.content.decode()
    answer = door.post(place("times", window), {**given, "ends_on": today + timedelta(days=3), "ends_at": "17:00"})
    assert answer.status_code == 302
    assert CollectionWindow.objects.get(province=tree.province).within == window
    assert clock.local(selectors.effective_end(window, "filling", tree.base)).hour == 17
    assert selectors.effective_end(window, "filling", tree.foreign_base) == window.phases.get(kind="filling").ends_at


@pytest.mark.req("P-09")
def test_a_new_batch(client, tree, window):
    door = client_of(client, "association_admin", tree.association)
    today = clock.today()
    given = {
        "year": window.year, "batch": 1, "track": "western", "filling_first": today, "filling_last": today,
        "review_first": today, "review_last": today,
    }  # fmt: skip
    assert "已经有时间安排" in door.post(reverse("windows:new"), given).content.decode()
    assert door.post(reverse("windows:new"), {**given, "batch": 2}).status_code == 302
    assert CollectionWindow.objects.filter(batch=2).count() == 1


@pytest.mark.parametrize("role", ["base_admin", "province_reviewer"])
def test_others_may_not(client, tree, window, role):
    door = client_of(client, role, tree.base if role == "base_admin" else tree.province)
    for address in (reverse("windows:new"), place("times", window), place("extend", window)):
        assert door.get(address).status_code == 403
        assert door.post(address, {}).status_code == 403


def test_an_unknown_window_or_phase_is_not_found(client, tree, window):
    door = client_of(client, "association_admin", tree.association)
    assert door.get(reverse("windows:times", args=[0, "filling"])).status_code == 404
    assert door.get(reverse("windows:times", args=[window.pk, "holiday"])).status_code == 404
