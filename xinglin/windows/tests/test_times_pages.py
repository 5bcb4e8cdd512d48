"""时间安排 on the screen: what each identity sees and may press, two batches, own times, and what a refusal keeps
(R-01, P-09, P-21)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts.tests.factories import make_staff, make_tree, sign_in, viewer_of, writes_of
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.ui.lists.testing import ListContract, Scene
from xinglin.windows import actions, rules, selectors
from xinglin.windows.models import CollectionWindow, Extension
from xinglin.windows.tables import TimesList

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-01")]


def day(ahead: int):
    return clock.today() + timedelta(days=ahead)


def spans(first: int, filling: int, review: int):
    return {"filling": (day(first), day(filling)), "review": (day(first), day(review))}


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def association(tree):
    return viewer_of(make_staff("association_admin", tree.association))


@pytest.fixture
def province(tree):
    return viewer_of(make_staff("province_admin", tree.province))


@pytest.fixture
def window(association):
    return actions.open_window("recruitment", clock.today().year, 1, "western", spans(-11, 7, 12), by=association)


@pytest.fixture
def tcm(association):
    return actions.open_window("recruitment", clock.today().year, 1, "tcm", spans(-3, 3, 5), by=association)


def door(role, node, **fields) -> Client:
    return sign_in(Client(), make_staff(role, node, **fields))


def listed(client: Client, **query):
    page = client.get(reverse("windows:list"), query)
    assert page.status_code == 200
    return page.context["page"].page.rows


def place(name, window, kind="filling"):
    return reverse(f"windows:{name}", args=[window.pk, kind])


class TestTimesList(ListContract):
    spec, path = TimesList, "/windows/"

    @pytest.fixture
    def scene(self, tree, window, tcm, association):
        second = actions.open_window("recruitment", window.year, 2, "western", spans(10, 20, 30), by=association)
        actions.extend(window.phases.get(kind="filling"), tree.base, day(9), "停机", by=association)
        user = make_staff("base_admin", tree.base, track="western")
        inside = [phase.pk for made in (window, second) for phase in made.phases.all()]
        return Scene(sign_in(Client(), user), viewer_of(user), inside, [phase.pk for phase in tcm.phases.all()])


def test_each_state_stands_beside_its_dates(tree, association, window):
    year = window.year
    actions.open_window("recruitment", year, 2, "western", spans(10, 20, 30), by=association)
    actions.open_window("recruitment", year - 1, 1, "western", spans(-60, -40, -30), by=association)
    client = door("base_admin", tree.base)
    rows = listed(client)
    found = {(r.window.year, r.window.batch, r.kind): (r.times.state.label, r.times.left) for r in rows}
    assert found == {
        (year, 2, "filling"): ("未开始", "10 天后开始"), (year, 2, "review"): ("未开始", "10 天后开始"),
        (year, 1, "filling"): ("进行中", "还剩 7 天"), (year, 1, "review"): ("进行中", "还剩 12 天"),
        (year - 1, 1, "filling"): ("已结束", "已结束"), (year - 1, 1, "review"): ("已结束", "已结束"),
    }  # fmt: skip
    assert [(r.window.year, r.window.batch) for r in rows][::2] == [(year, 2), (year, 1), (year - 1, 1)]
    assert {r.window.batch for r in listed(client, year=year, batch=2)} == {2}
    assert len(listed(client, year=year - 1)) == 2 and not listed(client, year=year - 1, batch=2)


def test_nothing_arranged_yet_says_who_arranges(tree):
    text = door("base_admin", tree.base).get(reverse("windows:list")).text
    assert "还没有时间安排" in text and "时间由中国医师协会设置" in text


@pytest.mark.parametrize(
    ("role", "where", "buttons", "new"),
    [
        ("association_admin", "association", ["修改时间", "延长"], True), ("province_admin", "province", ["设置本省时间", "延长"], False),
        ("province_reviewer", "province", [], False), ("ministry_reader", "ministry", [], False),
        ("base_admin", "base", [], False), ("base_organization", "base", [], False),
    ],
)  # fmt: skip
def test_what_each_identity_may_press(tree, window, role, where, buttons, new):
    user = make_staff(role, getattr(tree, where))
    viewer, spec = viewer_of(user), TimesList()
    row = listed(sign_in(Client(), user))[0]
    assert [action.label for action in spec.row_actions(row, viewer)] == buttons
    text = sign_in(Client(), user).get(reverse("windows:list")).text
    assert (reverse("windows:new") in text) is new
    assert (place("extend", window) in text) is bool(buttons)


@pytest.mark.req("P-09")
def test_own_times_are_shown_at_home_and_not_next_door(tree, window, province):
    actions.set_own_phase(window, tree.province, "filling", day(-5), day(2), by=province)
    shown = {}
    for base in (tree.base, tree.sibling, tree.foreign_base):
        row = next(r for r in listed(door("base_admin", base)) if r.kind == "filling")
        shown[base.pk] = (row.times.left, row.times.span.of_province)
    assert shown[tree.base.pk] == shown[tree.sibling.pk] == ("还剩 2 天", True)
    assert shown[tree.foreign_base.pk] == ("还剩 7 天", False)
    country = next(r for r in listed(door("association_admin", tree.association)) if r.kind == "filling")
    assert (country.times.left, country.times.span.of_province) == ("还剩 7 天", False)


@pytest.mark.req("P-09")
def test_who_reads_of_which_extension(tree, window, association):
    phase = window.phases.get(kind="filling")
    for node in (tree.base, tree.other_province):
        actions.extend(phase, node, day(9), f"因为{node.pk}", by=association)
    seen = {}
    for role, where in (
        ("base_admin", "base"), ("base_admin", "sibling"), ("base_admin", "foreign_base"),
        ("province_reviewer", "province"), ("province_reviewer", "other_province"), ("association_admin", "association"),
    ):  # fmt: skip
        text = door(role, getattr(tree, where)).get(reverse("windows:list")).text
        seen[where] = [f"因为{node.pk}" in text for node in (tree.base, tree.other_province)]
    assert seen == {
        "base": [True, False], "sibling": [False, False], "foreign_base": [False, True],
        "province": [True, False], "other_province": [False, True], "association": [True, True],
    }  # fmt: skip


@pytest.mark.req("P-09")
def test_a_refused_extension_keeps_what_was_typed_and_writes_nothing(tree, window):
    client = door("association_admin", tree.association)
    typed = {"organization": tree.base.pk, "ends_on": day(3), "ends_at": "17:30", "reason": "停机两天半"}
    before = HistoryEntry.unscoped.count()
    answer = client.post(place("extend", window), typed)
    assert answer.status_code == 422 and "延长后的时间要更晚" in answer.text
    assert "停机两天半" in answer.text and "17:30" in answer.text
    assert list(answer.context["form"].errors) == ["ends_on"]
    assert not Extension.unscoped.exists() and HistoryEntry.unscoped.count() == before


@pytest.mark.req("P-09")
def test_a_province_offers_its_own_bases_and_itself(tree, window):
    form = door("province_admin", tree.province).get(place("extend", window)).context["form"]
    offered = {value for value, _ in form.fields["organization"].choices if value}
    assert offered == {tree.province.pk, tree.base.pk, tree.sibling.pk}
    foreign = {"organization": tree.foreign_base.pk, "ends_on": day(6), "reason": "停机"}
    answer = door("province_admin", tree.province).post(place("extend", window), foreign)
    assert answer.status_code == 422 and list(answer.context["form"].errors) == ["organization"]
    whole = door("association_admin", tree.association).get(place("extend", window)).context["form"]
    offered = {value for value, _ in whole.fields["organization"].choices if value}
    assert offered == {tree.province.pk, tree.other_province.pk, *(base.pk for base in tree.bases)}


@pytest.mark.req("P-09")
def test_the_province_extends_its_own_phase_and_the_association_the_same_one(tree, window, province):
    own = actions.set_own_phase(window, tree.province, "filling", day(-5), day(2), by=province)
    typed = {"organization": tree.base.pk, "ends_on": day(5), "reason": "补录"}
    answer = door("province_admin", tree.province).post(place("extend", window), typed, follow=True)
    assert f"{tree.base.name}已延长至 {day(5)} 24:00。" in answer.text
    given = Extension.unscoped.get()
    assert given.phase_id == own.pk
    typed |= {"ends_on": day(20), "reason": "再延"}
    door("association_admin", tree.association).post(place("extend", window), typed)
    assert Extension.unscoped.latest("pk").phase_id == own.pk
    assert selectors.effective_end(window, "filling", tree.base) == rules.as_end(day(20))
    assert selectors.effective_end(window, "filling", tree.sibling) == rules.as_end(day(2))


def test_the_form_of_times_opens_with_those_in_force_here(tree, window, province):
    actions.set_own_phase(window, tree.province, "filling", day(-5), day(2), by=province)
    mine = door("province_admin", tree.province).get(place("times", window))
    theirs = door("province_admin", tree.other_province).get(place("times", window))
    country = door("association_admin", tree.association).get(place("times", window))
    ends = [page.context["form"].initial["ends_on"] for page in (mine, theirs, country)]
    assert ends == [day(2), day(7), day(7)]
    assert (
        f"只对{tree.province.name}生效" in mine.text
        and rules.range_text(rules.as_start(day(-11)), rules.as_end(day(7))) in mine.text
    )
    assert "只对" not in country.text


@pytest.mark.req("P-09")
def test_a_change_of_times_is_said_and_seen(tree, window):
    client = door("association_admin", tree.association)
    typed = {"starts_on": day(-11), "ends_on": day(8), "ends_at": "12:00:30"}
    answer = client.post(place("times", window), typed, follow=True)
    assert f"{window}（西医）填报、上报的时间已保存。" in answer.text
    assert f"{day(8)} 12:00:30" in answer.text
    assert client.post(place("times", window), {**typed, "ends_on": day(-12)}).status_code == 422


def test_a_new_batch_that_ends_before_it_starts_is_not_half_made(tree, window):
    typed = {
        "year": window.year, "batch": 2, "track": "western", "filling_first": day(1), "filling_last": day(5),
        "review_first": day(6), "review_last": day(4),
    }  # fmt: skip
    client = door("association_admin", tree.association)
    answer = client.post(reverse("windows:new"), typed)
    assert answer.status_code == 422 and "结束时间要在开始时间之后" in answer.text
    assert CollectionWindow.objects.count() == 1
    done = client.post(reverse("windows:new"), typed | {"review_last": day(9)}, follow=True)
    assert f"已新增 {window.year} 年第 2 批。" in done.text and len(listed(client)) == 4


@pytest.mark.req("P-07")
def test_an_identity_of_one_track_finds_the_other_tracks_times_nowhere(tree, window, tcm, association):
    given = actions.extend(window.phases.get(kind="filling"), tree.base, day(9), "停机", by=association)
    client = door("association_admin", tree.association, track="tcm")
    assert {row.window.pk for row in listed(client)} == {tcm.pk}
    for address in (place("times", window), place("extend", window), reverse("windows:take-back", args=[given.pk])):
        assert client.get(address).status_code == 404 and client.post(address, {"reason": "x"}).status_code == 404
    assert client.get(place("times", tcm)).status_code == 200


@pytest.mark.req("P-21")
def test_the_pages_only_read(tree, window, association):
    given = actions.extend(window.phases.get(kind="filling"), tree.base, day(9), "停机", by=association)
    client = door("association_admin", tree.association)
    back = reverse("windows:take-back", args=[given.pk])
    for address in (
        reverse("windows:list"),
        reverse("windows:new"),
        place("times", window),
        place("extend", window),
        back,
    ):
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        assert [sql for sql in writes_of(caught.captured_queries) if "windows_" in sql or "history_" in sql] == []


def test_signed_out_one_is_sent_to_sign_in(window):
    for address in (reverse("windows:list"), reverse("windows:new"), place("times", window), place("extend", window)):
        answer = Client().get(address)
        assert answer.status_code == 302 and "sign-in" in answer.url


def test_a_phase_that_was_never_arranged_can_be_set_but_not_extended(tree, window):
    window.phases.get(kind="review").delete()
    client = door("association_admin", tree.association)
    assert client.get(place("extend", window, "review")).status_code == 404
    page = client.get(place("times", window, "review"))
    assert page.status_code == 200 and page.context["form"].initial == {}
    assert client.post(place("times", window, "review"), {"starts_on": day(0), "ends_on": day(3)}).status_code == 302
    assert window.phases.get(kind="review").ends_at == rules.as_end(day(3))


def test_an_own_window_has_no_page_of_its_own(tree, window, province):
    own = actions.set_own_phase(window, tree.province, "filling", day(-5), day(2), by=province).window
    client = door("province_admin", tree.province)
    assert client.get(place("times", own)).status_code == client.get(place("extend", own)).status_code == 404
