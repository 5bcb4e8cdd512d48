"""账号管理 and 基地账号: who is listed, under which conditions, and what a row offers (P-06, P-07, R-17, R-23)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from xinglin.accounts.models import Grant, User
from xinglin.accounts.tests.factories import make_grant, make_organization, make_resident, make_staff, viewer_of
from xinglin.administration.tables.accounts import AccountList, BaseAccountList
from xinglin.exports.testing import ExportedListContract
from xinglin.kernel import clock
from xinglin.organizations.models import Capability
from xinglin.people.selectors import id_number_hash
from xinglin.ui.lists.testing import Scene
from xinglin.windows.actions import open_window

from .accounts_world import grant_of, make_world, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-07", "R-17", "R-23")]
LIST, BASES = reverse("administration:accounts"), reverse("administration:base-accounts")


@pytest.fixture
def world():
    return make_world()


class TestAccountList(ExportedListContract):
    spec, path = AccountList, LIST

    @pytest.fixture
    def scene(self, world):
        tree = world.tree
        ended = make_staff("base_admin", tree.base)
        Grant.unscoped.filter(user=ended).update(ends_at=clock.now())
        inside = [
            world.user("base_organization").pk, world.user("base_admin").pk, make_resident(tree.base).pk, ended.pk,
            *(user.pk for user in waiting(tree.base, 2)),
        ]  # fmt: skip
        outside = [world.user(name).pk for name in ("sibling", "foreign", "province_admin", "association_admin")]
        outside.append(make_resident(tree.sibling).pk)
        return Scene(world.client("base_organization"), world.viewer("base_organization"), inside, outside)


class TestProvinceAccountList(ExportedListContract):
    spec, path = AccountList, LIST

    @pytest.fixture
    def scene(self, world):
        names = ("province_admin", "province_reviewer", "base_organization", "base_admin", "sibling")
        inside = [world.user(name).pk for name in names]
        outside = [world.user(name).pk for name in ("foreign", "association_admin", "ministry_reader")]
        return Scene(world.client("province_admin"), world.viewer("province_admin"), inside, outside)


class TestBaseAccountList(ExportedListContract):
    spec, path = BaseAccountList, BASES

    @pytest.fixture
    def scene(self, world):
        world.user("base_organization")
        tree = world.tree
        plain = make_organization(tree.province, "city")
        return Scene(
            world.client("province_admin"), world.viewer("province_admin"), [tree.base.pk, tree.sibling.pk],
            [tree.foreign_base.pk, tree.province.pk, plain.pk],
        )  # fmt: skip


def found(world, query: str = "", who: str = "base_organization", path: str = LIST) -> set[str]:
    page = world.client(who).get(f"{path}?{query}").context["page"]
    return {row.pk for row in page.page.rows}


@pytest.fixture
def staff(world):
    """One account of each kind at the base."""
    tree = world.tree
    ending, ended = make_staff("base_admin", tree.base), make_staff("base_admin", tree.base)
    Grant.unscoped.filter(user=ending).update(ends_at=clock.now() + timedelta(days=10))
    Grant.unscoped.filter(user=ended).update(ends_at=clock.now(), ended_reason="调离")
    return {
        "own": world.user("base_organization"),
        "admin": world.user("base_admin"),
        "ending": ending,
        "ended": ended,
        "waiting": waiting(tree.base)[0],
        "lapsed": waiting(tree.base, state="lapsed")[0],
        "locked": waiting(tree.base, state="locked")[0],
        "resident": make_resident(tree.base),
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "own admin ending ended waiting lapsed locked"),
        ("kind=", "own admin ending ended waiting lapsed locked resident"),
        ("kind=organization", "own"),
        ("kind=staff", "admin ending ended waiting lapsed locked"),
        ("kind=resident", "resident"),
        ("kind=&role=resident", "resident"),
        ("role=base_admin", "admin ending ended waiting lapsed locked"),
        ("role=base_organization", "own"),
        ("role=province_admin", ""),
        ("state=live", "own admin ending waiting lapsed locked"),
        ("state=soon", "ending"),
        ("state=ended", "ended"),
        ("standing=active", "own admin ending ended"),
        ("standing=waiting", "waiting"),
        ("standing=lapsed", "lapsed"),
        ("standing=locked", "locked"),
        ("standing=stuck", "lapsed locked"),
        ("standing=stuck&state=ended", ""),
    ],
)
def test_the_conditions(world, staff, query, names):
    assert found(world, query) == {staff[name].pk for name in names.split()}


def test_by_name_sign_in_name_organisation_and_number(world, staff):
    admin = staff["admin"]
    assert found(world, f"name={admin.sign_in_name}") == {admin.pk}
    assert admin.pk in found(world, f"name={admin.person.name}")
    assert admin.pk in found(world, f"name={' '.join(admin.person.name)}")
    assert found(world, f"name={world.tree.base.name}") == {staff["own"].pk}
    assert found(world, f"name={world.tree.base.code.lower()}") == {staff["own"].pk}
    assert found(world, f"id_number_hash={id_number_hash(admin.person.id_number)}") == {admin.pk}


def test_a_number_typed_is_posted_and_does_not_stand_in_the_address(world, staff):
    number = staff["admin"].person.id_number
    answer = world.client("base_organization").post(LIST, {"do": "filter", "id_number": number, "kind": ""})
    assert answer.status_code == 302 and number not in answer.url
    assert {row.pk for row in world.client("base_organization").get(answer.url).context["page"].page.rows} == {
        staff["admin"].pk
    }


def test_by_organisation_with_everything_below_it(world, staff):
    tree = world.tree
    sibling = world.user("sibling")
    assert sibling.pk not in found(world, f"organization={tree.base.pk}", "province_admin")
    assert {sibling.pk, staff["own"].pk} <= found(world, f"organization={tree.province.pk}", "province_admin")
    assert found(world, f"organization={tree.foreign_base.pk}", "province_admin") >= {sibling.pk}, "ignored: not there"


def test_by_last_sign_in(world, staff):
    day = clock.today() - timedelta(days=3)
    User.unscoped.filter(pk=staff["admin"].pk).update(last_login=clock.now() - timedelta(days=3))
    assert found(world, f"last_login_from={day}&last_login_to={day}") == {staff["admin"].pk}


def test_only_identities_of_the_subtree_are_told(world):
    """Somebody who also works elsewhere: the other hospital is not named in the list."""
    user = world.user("base_admin")
    make_grant(user, "base_admin", world.tree.foreign_base)
    page = world.client("base_organization").get(LIST).text
    assert user.display_name in page
    assert world.tree.foreign_base.name not in page
    assert world.tree.foreign_base.name in world.client("association_admin").get(LIST).text


def test_an_account_whose_identities_are_all_elsewhere_now_stays_visible_as_ended(world):
    user = world.user("base_admin")
    Grant.unscoped.filter(user=user).update(ends_at=clock.now())
    make_grant(user, "base_admin", world.tree.sibling)
    assert user.pk in found(world, "state=ended")
    assert "已结束" in world.client("base_organization").get(f"{LIST}?state=ended").text


def test_numbers_are_masked(world, staff):
    client, admin = world.client("base_organization"), staff["admin"]
    columns = [column.name for column in AccountList.columns]
    client.post(LIST, {"do": "columns", "order": columns, "show": columns})
    page = client.get(LIST).text
    assert admin.person.id_number not in page and admin.person.phone not in page
    assert f"{admin.person.id_number[:6]}********" in page


@pytest.mark.parametrize(
    ("who", "tools", "batch"),
    [
        ("base_organization", True, True),
        ("base_admin", False, True),
        ("province_admin", True, True),
        ("association_admin", True, True),
    ],
)
def test_what_is_offered_follows_the_right(world, who, tools, batch):
    page = world.client(who).get(LIST).text
    assert ("开通工作人员账号" in page) == tools
    assert ("重新发放初始密码" in page) == batch
    assert "角色与权限" in page


@pytest.mark.parametrize("who", ["province_reviewer", "ministry_reader", "resident"])
def test_without_the_right_there_is_no_list(world, who):
    assert world.client(who).get(LIST).status_code == 403
    assert world.client(who).get(BASES).status_code == 403


def test_base_staff_do_not_see_the_list_of_bases(world):
    assert world.client("base_organization").get(BASES).status_code == 403


# 基地账号


def test_bases_with_and_without_account(world):
    tree = world.tree
    world.user("base_organization")
    page = world.client("province_admin").get(BASES).text
    assert "已设密码" in page and "未开通" in page
    assert reverse("administration:base-open", args=[tree.sibling.pk]) in page
    assert reverse("administration:account-reset", args=[world.user("base_organization").pk]) in page
    assert "延长" not in page, "no window was arranged yet"


@pytest.mark.req("P-09", "R-23")
def test_a_row_leads_to_the_extension_of_its_base_in_its_track(world):
    tree, by = world.tree, world.viewer("association_admin")
    windows = {track: open_now(track, by) for track in ("western", "tcm")}
    Capability.unscoped.filter(organization=tree.sibling).update(track="tcm")
    client = world.client("association_admin")
    page = client.get(BASES).text
    for base, track in ((tree.base, "western"), (tree.sibling, "tcm")):
        address = f"{reverse('windows:extend', args=[windows[track].pk, 'filling'])}?organization={base.pk}"
        assert address.replace("&", "&amp;") in page
        form = client.get(address)
        assert f'<option value="{base.pk}" selected>' in form.text
        assert f"{base.name}现在的时间是" in form.text
        assert "省级审核" in form.text, "the other phase is one click away, with the same base"
        assert f"/review/extend/?organization={base.pk}" in form.text
        sent = {"organization": base.pk, "ends_on": clock.today() + timedelta(days=30), "reason": "停机"}
        assert client.post(address, sent).status_code == 302


def open_now(track, by):
    day = clock.today()
    phases = {"filling": (day, day + timedelta(days=3)), "review": (day, day + timedelta(days=9))}
    return open_window("recruitment", day.year, 1, track, phases, by=by)


@pytest.mark.parametrize(
    ("query", "names"),
    [("standing=none", "sibling"), ("standing=active", "base"), ("standing=waiting", ""), ("code=T", "base sibling")],
)
def test_bases_by_the_standing_of_their_account(world, query, names):
    world.user("base_organization")
    assert found(world, query, "province_admin", BASES) == {getattr(world.tree, name).pk for name in names.split()}


def test_bases_by_province_for_the_association(world):
    rows = found(world, f"province={world.tree.other_province.pk}", "association_admin", BASES)
    assert rows == {node.pk for node in world.tree.bases[2:]}


def test_a_viewer_of_one_track_sees_the_bases_of_that_track(world):
    tcm = make_staff("province_admin", world.tree.province, track="tcm")
    assert not BaseAccountList().queryset(viewer_of(tcm)).exists()


def test_identities_of_an_account_are_told_newest_first_with_the_ended_ones_last(world):
    user = world.user("base_admin")
    Grant.unscoped.filter(pk=grant_of(user).pk).update(ends_at=clock.now())
    make_grant(user, "base_admin", world.tree.base, track="western", ends_at=clock.now() + timedelta(days=400))
    page = world.client("base_organization").get(LIST).text
    day = (clock.now() + timedelta(days=400)).date()
    assert f"基地管理员（西医，{clock.local(clock.now() + timedelta(days=400)):%Y-%m-%d} 到期）" in page, day
    assert "另有 1 个身份" in page


@pytest.mark.req("P-05")
def test_a_banner_tells_how_many_cannot_come_in_and_leads_to_them(world, monkeypatch):
    tree, client = world.tree, world.client("base_organization")
    assert "初始密码失效或锁定" not in client.get(LIST).text
    waiting(tree.base, 2, state="lapsed")
    waiting(tree.base, state="locked")
    waiting(tree.base, 2, role="resident", state="lapsed")
    waiting(tree.base)
    gone = waiting(tree.base, state="lapsed")[0]
    Grant.unscoped.filter(user=gone).update(ends_at=clock.now())
    page = client.get(LIST).text
    assert "有 5 个账号" in page, "neither the waiting one nor the one whose identity has ended"
    assert len(found(world, "kind=&standing=stuck&state=live")) == 5
    assert "有 3 个账号" in world.client("province_admin").get(LIST).text, "residents are the base's matter"
    assert "初始密码失效或锁定" not in world.client("foreign").get(LIST).text
    monkeypatch.setattr("xinglin.administration.tables.accounts.MOST_TOLD", 4)
    assert "有 4 个以上账号" in client.get(LIST).text
