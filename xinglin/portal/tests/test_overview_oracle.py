"""概览 over mixed states in two provinces against a plain reading, and scope: a province sees its own only (R-23);
待办, the door and the help for the usual situations (P-12)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields, replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from xinglin.accounts import door
from xinglin.accounts.tests.factories import make_resident, make_staff, sign_in, viewer_of
from xinglin.kernel import clock
from xinglin.portal.selectors import turns
from xinglin.portal.selectors.overview import Accounts, extension_address, oversees, overview_of
from xinglin.portal.views.help_pages import TOPICS
from xinglin.residents.selectors.progress import Progress, progress
from xinglin.residents.tests import factories, stages
from xinglin.ui import counts
from xinglin.windows import actions as windows

PLACE = {
    "imported": "not_started", "begun": "filling", "asked": "correcting", "answered": "ready", "ready": "ready",
    "pending": "pending", "returned": "returned", "approved": "approved",
}  # fmt: skip
MADE = {
    "base": ("imported", "begun", "asked", "ready", "pending", "pending", "approved"),
    "sibling": ("approved", "approved"),
    "foreign_base": ("returned", "imported", "answered"),
}
NUMBERS = [part.name for part in fields(Progress) if part.name not in ("imported", "last_report")]


@pytest.fixture(autouse=True)
def _fresh() -> None:
    counts.forget()


@pytest.fixture
def world() -> Any:
    return factories.make_world()


def seen_from(world: Any, where: str) -> Any:
    """The same country with another base in the middle, and the reviewer of its province."""
    node = getattr(world.tree, where)
    if where == "base":
        return world
    by = world.sibling if where == "sibling" else viewer_of(make_staff("base_admin", node))
    province = world.province if where == "sibling" else world.other_province
    return replace(world, tree=replace(world.tree, base=node), base=by, province=province)


@pytest.fixture
def made(world: Any) -> dict[str, Counter[str]]:
    """The plain reading: how many stand where, by base."""
    found = {}
    for where, names in MADE.items():
        here = seen_from(world, where)
        for name in names:
            stages.make(here, name)
        found[where] = Counter(PLACE[name] for name in names)
    return found


def numbers(found: Progress) -> Counter[str]:
    return Counter({name: number for name in NUMBERS if (number := getattr(found, name))})


@pytest.mark.req("R-23")
@pytest.mark.django_db
def test_the_overview_is_the_sum_of_what_was_made(world, made):
    tree = world.tree
    mine, theirs = made["base"] + made["sibling"], made["foreign_base"]
    looked = {
        "association": overview_of(world.association), "province": overview_of(world.province),
        "other": overview_of(world.other_province),
        "ministry": overview_of(viewer_of(make_staff("ministry_reader", tree.ministry))),
    }  # fmt: skip
    lines = {name: {line.node.pk: numbers(line.progress) for line in found.lines} for name, found in looked.items()}
    both = {tree.province.pk: mine, tree.other_province.pk: theirs}
    assert lines["association"] == lines["ministry"] == both
    assert lines["province"] == {tree.province.pk: mine}
    assert lines["other"] == {tree.other_province.pk: theirs}
    for found, counted in (("association", mine + theirs), ("province", mine), ("other", theirs)):
        whole = looked[found].whole
        assert numbers(whole) == counted and whole.imported == counted.total()
        assert whole.share == 100 * counted["approved"] // counted.total()
    assert [looked[name].bases for name in looked] == [4, 2, 2, 4]
    # who has reported, the latest first; a returned record no longer stands reported
    assert [base.pk for base, _ in looked["association"].reports] == [tree.sibling.pk, tree.base.pk]
    assert looked["other"].reports == []


@pytest.mark.req("R-23")
@pytest.mark.django_db
@pytest.mark.parametrize("page", ["portal:overview", "portal:progress"])
def test_every_number_leads_to_exactly_those_it_counts(world, made, page):
    """点数字看名单: the list behind a number has as many people as the number says."""
    client = sign_in(Client(), make_staff("association_admin", world.tree.association))
    told = re.findall(r'href="(/residents/intake/\?[^"]+)">(\d+)</a>', client.get(reverse(page)).text)
    behind = [client.get(unescape(address)).context["page"].count.number for address, _ in told]
    assert behind == [int(number) for _, number in told]
    words = {word for address, _ in told for word in re.findall(r"(?:stage|review)=(\w+)", address)}
    assert words == {"not_started", "filling", "correcting", "ready", "returned", "pending", "approved"}


@pytest.mark.req("R-23")
@pytest.mark.django_db
def test_the_list_of_bases_has_the_same_numbers_and_stays_in_the_province(world, made):
    tree = world.tree
    rows = {}
    for name, role, node in (
        ("association", "association_admin", tree.association), ("province", "province_reviewer", tree.province),
        ("other", "province_admin", tree.other_province),
    ):  # fmt: skip
        page = sign_in(Client(), make_staff(role, node)).get(reverse("portal:progress"))
        rows[name] = {row.pk: numbers(row.progress) for row in page.context["page"].page.rows}
    counted = {getattr(tree, where).pk: found for where, found in made.items()}
    assert rows["association"] == counted | {tree.bases[3].pk: Counter()}
    assert rows["province"] == {pk: counted[pk] for pk in (tree.base.pk, tree.sibling.pk)}
    assert rows["other"] == {tree.foreign_base.pk: counted[tree.foreign_base.pk], tree.bases[3].pk: Counter()}
    foreign = sign_in(Client(), make_staff("province_reviewer", tree.province)).get(
        reverse("portal:progress"), {"province": tree.other_province.pk}
    )
    assert tree.foreign_base.name not in foreign.text
    # 待办: each identity is told of its own, and the numbers are those of the plain reading
    todo = {
        name: [(turn.label, turn.count) for turn in turns.turns_of(viewer)]
        for name, viewer in (("reviewer", world.province), ("other", world.other_province), ("country", world.association))
    }  # fmt: skip
    assert todo == {"reviewer": [("省级审核", 2)], "other": [], "country": []}


progresses = st.builds(Progress, **{name: st.integers(0, 50) for name in NUMBERS}).map(
    lambda found: replace(found, imported=sum(getattr(found, name) for name in NUMBERS))
)


@pytest.mark.req("R-23")
@given(progresses, progresses, progresses)
def test_groups_can_be_taken_together_in_any_order(a, b, c):
    assert a + b == b + a and (a + b) + c == a + (b + c) and a + Progress() == a
    assert (a + b).imported == sum(getattr(a + b, name) for name in NUMBERS)
    assert 0 <= (a + b).share <= 100
    assert ((a + b).share == 100) == (a.approved + b.approved == a.imported + b.imported > 0)
    assert ((a + b).word[1] == "还没有导入") == (a.imported + b.imported == 0)


@pytest.mark.parametrize(
    ("accounts", "word"),
    [(Accounts(), ("bad", "没有账号")), (Accounts(3, 0), ("wait", "没有人登录过")), (Accounts(3, 1), ("ok", "1/3 已启用")),
     (Accounts(1, 0) + Accounts(2, 2), ("ok", "2/3 已启用"))],
)  # fmt: skip
def test_the_word_of_accounts(accounts, word):
    assert accounts.word == word


@pytest.mark.req("R-23")
@pytest.mark.django_db
def test_who_looks_over_many_bases_and_what_is_extended_from_there(world):
    tree = world.tree
    over = {
        role: oversees(viewer_of(make_staff(role, node)))
        for role, node in (
            ("association_admin", tree.association), ("ministry_reader", tree.ministry), ("province_admin", tree.province),
            ("province_reviewer", tree.province), ("base_admin", tree.base), ("base_organization", tree.base),
        )
    }  # fmt: skip
    assert [role for role, yes in over.items() if not yes] == ["base_admin", "base_organization"]
    assert not oversees(viewer_of(make_resident(tree.base)))
    year, today = world.window.year, clock.today()
    later = {kind: (today + timedelta(days=40), today + timedelta(days=50)) for kind in ("filling", "review")}
    windows.open_window("recruitment", year, 2, "western", later, by=world.association)
    assert extension_address(world.association, year).window == world.window  # the open one, not the newest
    world.window.phases.update(ends_at=clock.now() - timedelta(days=1))
    assert extension_address(world.association, year).window.batch == 2
    assert extension_address(world.association, year - 1) is None


@pytest.mark.req("P-12")
@pytest.mark.django_db
def test_a_living_record_of_another_year_or_track_counts_nowhere_here(world):
    stages.make(world, "imported")
    year = world.window.year
    assert overview_of(world.association, year).whole.imported == 1
    tcm = replace(world.association, track="tcm")
    assert overview_of(tcm).whole.imported == 0 and overview_of(tcm).bases == 0
    assert progress(tcm, year, by="province_id") == {}
    factories.make_window(year - 1, filling=(-400, -380), review=(-400, -370))
    assert overview_of(world.association, year - 1).whole.imported == 0
    assert overview_of(world.association, year - 7).year == year


@pytest.mark.req("P-12")
@pytest.mark.django_db
def test_everybody_lands_where_they_work(world):
    tree = world.tree
    for role, node in (
        ("base_admin", tree.base), ("province_reviewer", tree.province), ("association_admin", tree.association),
        ("ministry_reader", tree.ministry),
    ):  # fmt: skip
        assert sign_in(Client(), make_staff(role, node)).get("/").url == reverse("portal:residents-home")
    resident = sign_in(Client(), make_resident(tree.base))
    assert resident.get("/").url == reverse("own:home")
    for name in ("residents-home", "todo", "overview", "progress"):
        assert resident.get(reverse(f"portal:{name}")).status_code == 403
        answer = Client().get(reverse(f"portal:{name}"))
        assert answer.status_code == 302 and "sign-in" in answer.url


@pytest.mark.req("P-12")
@pytest.mark.django_db
def test_the_usual_situations_are_explained_and_lead_to_one_another(world):
    client = sign_in(Client(), make_staff("base_admin", world.tree.base))
    home = client.get(reverse("portal:residents-home")).text
    for key, topic in TOPICS.items():
        address = reverse("portal:help", args=[key])
        page = client.get(address)
        assert address in home and page.status_code == 200 and f"{topic.title}怎么办" in page.text
        assert all(step in page.text for step in topic.steps) and topic.source in page.text
        assert topic.brief in home and ("培训状态" not in topic.brief or "随在培信息部分开通后" in topic.brief)
        others = [other for other in TOPICS if reverse("portal:help", args=[other]) in page.text]
        assert others == [other for other in TOPICS if other != key]
        assert client.post(address).status_code == 405
    assert [topic.title for topic in TOPICS.values()] == ["延期", "退培", "换专业", "换基地"]
    assert client.get(reverse("portal:help", args=["retirement"])).status_code == 404
    assert Client().get(reverse("portal:help", args=["extension"])).status_code == 302


@pytest.mark.req("P-04")
@pytest.mark.django_db
def test_the_sign_in_page_tells_the_times_of_the_country_that_are_not_over(world):
    year, today = world.window.year, clock.today()
    admin = viewer_of(make_staff("province_admin", world.tree.province))
    windows.set_own_phase(
        world.window, world.tree.province, "filling", today, today + timedelta(days=1), by=admin
    )  # fmt: skip
    told = [notice.text for notice in door.notices("western") if notice.tag == "时间安排"]
    assert len(told) == 2 and all(text.startswith(f"{year} 年招收信息") for text in told)
    assert [text.split(" ")[1] for text in told] == ["年招收信息填报、上报", "年招收信息省级审核"]
    assert [notice for notice in door.notices("tcm") if notice.tag == "时间安排"] == []
    world.window.phases.filter(kind="filling").update(ends_at=clock.now() - timedelta(seconds=1))
    left = [notice.text for notice in door.notices("western") if notice.tag == "时间安排"]
    assert left == told[1:]
