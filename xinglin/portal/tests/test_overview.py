"""概览: windows, progress by province and base, accounts, last reports, drill-down, scope (R-23); 待办 (P-12)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts.models import User
from xinglin.accounts.tests.factories import make_staff, sign_in, viewer_of
from xinglin.exports.testing import ExportedListContract
from xinglin.kernel import clock
from xinglin.people.actions import save_section
from xinglin.portal.selectors import turns
from xinglin.portal.selectors.overview import Accounts, accounts_of, overview_of
from xinglin.portal.tables import ProgressList
from xinglin.residents.actions.correcting import return_personal
from xinglin.residents.actions.personal import save_personal
from xinglin.residents.models import Enrollment
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.selectors.progress import Progress, progress
from xinglin.residents.tests import factories
from xinglin.reviews import actions as reviews
from xinglin.ui import counts
from xinglin.ui.lists.testing import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-23")]


@pytest.fixture(autouse=True)
def _fresh() -> None:
    counts.forget()


@pytest.fixture
def world() -> Any:
    return factories.make_world()


@pytest.fixture
def told(world: Any) -> dict[str, Enrollment]:
    """One record in every state at one base, and one at its sibling."""
    names = ("not_started", "filling", "correcting", "ready", "returned", "pending", "approved")
    rows = dict(zip(names, factories.make_enrollments(world, len(names)), strict=True))
    for name in ("correcting", "ready", "returned", "pending", "approved"):
        factories.complete(rows[name], world)
    save_section(
        "qualifications", {"qualifications.status": "not_taken"}, by=factories.resident_viewer(rows["filling"])
    )
    assert return_personal([rows["correcting"].pk], comment="请改", by=world.base).done
    reported = [rows[name].pk for name in ("returned", "pending", "approved")]
    assert len(reviews.report(RECRUITMENT, reported, by=world.base).done) == 3
    assert reviews.approve(RECRUITMENT, [rows["approved"].pk], by=world.province).done
    assert reviews.return_(RECRUITMENT, [rows["returned"].pk], comment="退", by=world.province).done
    factories.make_enrollments(world, 1, base=world.tree.sibling, by=world.sibling)
    return rows


def client_of(role: str, place: Any) -> Client:
    return sign_in(Client(), make_staff(role, place))


def test_every_living_record_stands_in_exactly_one_place(world, told):
    found = progress(world.association, clock.now().year, by="organization_id")
    mine = found[world.tree.base.pk]
    assert {name: getattr(mine, name) for name in told} == dict.fromkeys(told, 1)
    assert mine.imported == len(told) and mine.reported == 2 and mine.last_report is not None
    whole = progress(world.association, clock.now().year, by="province_id")[world.tree.province.pk]
    assert whole.imported == len(told) + 1 and whole.not_started == 2
    Enrollment.unscoped.filter(pk=told["filling"].pk).update(lapsed_at=clock.now(), holding=False)
    assert (
        progress(world.association, clock.now().year, by="organization_id")[world.tree.base.pk].imported
        == len(told) - 1
    )


def test_progress_keeps_to_scope_and_track(world, told):
    year = clock.now().year
    assert set(progress(world.base, year, by="organization_id")) == {world.tree.base.pk}
    assert progress(world.other_province, year, by="organization_id") == {}
    assert progress(world.association, year, by="organization_id", track="tcm") == {}
    assert progress(world.association, year - 1, by="organization_id") == {}
    assert set(
        progress(world.association, year, by="organization_id", organization_id__in=[world.tree.sibling.pk])
    ) == {world.tree.sibling.pk}


@pytest.mark.parametrize(
    ("numbers", "word"),
    [
        ({}, "还没有导入"), ({"imported": 2, "not_started": 2}, "未开始"), ({"imported": 2, "filling": 1}, "填写中"),
        ({"imported": 2, "pending": 1, "returned": 1}, "待审核"), ({"imported": 2, "returned": 1}, "有退回"),
        ({"imported": 2, "approved": 2}, "全部通过"), ({"imported": 2, "approved": 1}, "填写中"),
    ],
)  # fmt: skip
def test_the_word_of_a_base(numbers, word):
    assert Progress(**numbers).word[1] == word


@pytest.mark.parametrize(("approved", "imported", "share"), [(0, 0, 0), (199, 200, 99), (200, 200, 100), (1, 3, 33)])
def test_a_share_is_never_rounded_up_to_all(approved, imported, share):
    assert Progress(imported=imported, approved=approved).share == share


def test_two_groups_together():
    first, second = Progress(imported=2, pending=1, last_report=clock.now()), Progress(imported=3, approved=3)
    both = first + second
    assert (both.imported, both.pending, both.approved, both.last_report) == (5, 1, 3, first.last_report)


def test_the_association_sees_the_country(world, told):
    page = client_of("association_admin", world.tree.association).get(reverse("portal:overview"))
    found = page.context["overview"]
    assert {line.node.pk for line in found.lines} == {world.tree.province.pk, world.tree.other_province.pk}
    assert found.whole.imported == len(told) + 1 and found.bases == len(world.tree.bases)
    assert [base.pk for base, _ in found.reports] == [world.tree.base.pk]
    for word in ("全国概览", "各省进度", "单基地延长", "基地账号", "最近上报", "进行中", world.tree.base.name):
        assert word in page.text
    assert f"?province={world.tree.province.pk}" in page.text


def test_a_province_sees_itself(world, told):
    page = client_of("province_reviewer", world.tree.province).get(reverse("portal:overview"))
    assert "本省概览" in page.text and "单基地延长" not in page.text
    assert [line.node.pk for line in page.context["overview"].lines] == [world.tree.province.pk]
    other = client_of("province_admin", world.tree.other_province).get(reverse("portal:overview"))
    assert other.context["overview"].whole.imported == 0 and world.tree.base.name not in other.text
    assert "单基地延长" in other.text


def test_a_base_is_sent_to_its_own_page(world):
    client = client_of("base_admin", world.tree.base)
    refused = client.get(reverse("portal:overview"))
    assert refused.status_code == 403 and "流程导航" in refused.text
    assert client.get(reverse("portal:progress")).status_code == 403
    assert reverse("portal:overview") not in client.get(reverse("portal:residents-home")).text


def test_another_year_and_garbage(world, told):
    client = client_of("association_admin", world.tree.association)
    for odd in ("1999", "²²²²", "9" * 30, ""):
        assert client.get(reverse("portal:overview"), {"year": odd}).context["overview"].year == clock.now().year


def test_accounts_of_bases(world):
    base, sibling = world.tree.base, world.tree.sibling
    make_staff("base_organization", base)
    User.unscoped.update(activated_at=None)
    User.unscoped.filter(pk=world.base.user_id).update(activated_at=clock.now())
    found = accounts_of(world.association, [base.pk, sibling.pk, world.tree.foreign_base.pk])
    assert found[base.pk] == Accounts(2, 1) and found[sibling.pk] == Accounts(1, 0)
    assert found[base.pk].word[1] == "1/2 已启用" and found[sibling.pk].word[1] == "没有人登录过"
    assert Accounts().word[1] == "没有账号"
    overview = overview_of(world.association)
    assert overview.silent == overview.bases - 1


def test_queries_do_not_grow_with_bases(world, told):
    viewer = viewer_of(make_staff("association_admin", world.tree.association))
    with CaptureQueriesContext(connection) as found:
        overview_of(viewer)
    assert len(found) <= 14, [query["sql"][:120] for query in found.captured_queries]


class TestProgressList(ExportedListContract):
    spec, path = ProgressList, "/overview/bases/"

    @pytest.fixture
    def scene(self, world: Any, told: Any) -> Scene:
        user = make_staff("province_admin", world.tree.province)
        outside = [world.tree.foreign_base.pk]
        return Scene(sign_in(Client(), user), viewer_of(user), [world.tree.base.pk, world.tree.sibling.pk], outside)


@pytest.mark.parametrize(
    ("state", "names"),
    [("none", []), ("waiting", ["base"]), ("returned", ["base"]), ("unfinished", ["base", "sibling"])],
)
def test_bases_by_state(world, told, state, names):
    page = client_of("province_reviewer", world.tree.province).get("/overview/bases/", {"state": state})
    shown = {row.pk for row in page.context["page"].page.rows}
    assert shown == {getattr(world.tree, name).pk for name in names}


def test_a_row_leads_to_the_list_and_to_the_extension(world, told):
    text = client_of("association_admin", world.tree.association).get("/overview/bases/").text
    assert f"base={world.tree.base.pk}&amp;review=pending" in text
    assert f"/windows/{world.window.pk}/filling/extend/?organization={world.tree.base.pk}" in text
    assert "extend" not in client_of("province_reviewer", world.tree.province).get("/overview/bases/").text


@pytest.mark.req("P-12")
def test_what_waits_stands_in_the_top_bar(world, told):
    reviewer = client_of("province_reviewer", world.tree.province)
    page = reviewer.get(reverse("portal:todo"))
    assert "轮到您 1 项" in page.text and reverse("review:queue") in page.text
    assert reverse("portal:todo") in reviewer.get(reverse("portal:residents-home")).text
    assert turns.turn_count(world.province) == 1
    base = client_of("base_admin", world.tree.base).get(reverse("portal:todo"))
    assert [turn.url for turn in base.context["turns"]] == [reverse("residents:intake")]
    nothing = client_of("ministry_reader", world.tree.ministry).get(reverse("portal:todo"))
    assert "没有轮到您的事" in nothing.text and nothing.context["total"] == 0


@pytest.mark.req("P-12")
def test_todo_says_what_it_is_and_until_when(world, told):
    """Beside the numbers of the menu the steps they fall into, and how long the phases still run."""
    page = client_of("base_admin", world.tree.base).get(reverse("portal:todo"))
    assert [task.label for task in page.context["tasks"]], "steps with nothing in them are left out"
    assert all(task.count for task in page.context["tasks"])
    assert "填报、上报" in page.text and "还剩" in page.text
    reviewer = client_of("province_reviewer", world.tree.province).get(reverse("portal:todo"))
    assert [task.label for task in reviewer.context["tasks"]] == ["待审核"]
    ministry = client_of("ministry_reader", world.tree.ministry).get(reverse("portal:todo"))
    assert ministry.context["tasks"] == [] and "时间安排" in ministry.text


@pytest.mark.req("P-12")
def test_home_and_top_bar_count_a_record_once(world):
    """Complete and corrected at once: two lines of 待办 name it, one thing waits."""
    (enrollment,) = factories.make_enrollments(world, 1)
    own = factories.complete(enrollment, world)
    assert return_personal([enrollment.pk], comment="请核对住址", by=world.base).done
    save_personal("basic_info", {"basic_info.email": "a@example.com"}, by=own)
    counts.forget()
    home = client_of("base_admin", world.tree.base).get(reverse("portal:residents-home"))
    assert [task.count for task in home.context["flow"].tasks] == [1, 0, 1, 0]
    assert home.context["flow"].open_tasks == turns.turn_count(world.base) == 1
    assert "轮到您 1 项" in home.text
