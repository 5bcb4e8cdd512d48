"""上一条 and 下一条 on the record page: the conditions and the order of the list one came from (R-02, R-06, P-15)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from xinglin.residents.models import Enrollment
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.tables.intake import IntakeList, IntakeOverview, list_of
from xinglin.residents.tests import factories
from xinglin.residents.tests.signed_in import client_of
from xinglin.reviews import actions as reviews
from xinglin.ui.lists.neighbours import neighbours, within

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-06", "P-15")]
LIST = reverse("residents:intake")


@pytest.fixture
def world() -> Any:
    return factories.make_world()


@pytest.fixture
def rows(world: Any) -> list[Enrollment]:
    return factories.make_enrollments(world, 5)


def listed(client: Any, query: str = "") -> list[int]:
    page = client.get(f"{LIST}?{query}")
    return [row.pk for row in page.context["page"].page.rows]


def leaf(client: Any, first: int, query: str, way: str) -> list[int]:
    """Every record that one meets from ``first`` on."""
    url, met = within(reverse("residents:detail", args=[first]), query), []
    while url:
        beside = client.get(url).context["beside"]
        found = getattr(beside, way)
        met += [found.key] if found else []
        url = found.url if found else ""
    return met


@pytest.mark.parametrize("query", ["", "sort=specialty", "sort=-specialty", "size=50&sort=-starts_on"])
def test_leafing_meets_every_row_in_the_order_of_the_list(world: Any, rows: list[Enrollment], query: str) -> None:
    client = client_of(world.base)
    for row, specialty in zip(rows[:4], ("0700", "0100", "0700", "0100"), strict=True):
        Enrollment.unscoped.filter(pk=row.pk).update(specialty=specialty)
    order = listed(client, query)
    assert len(order) == 5
    assert leaf(client, order[0], query, "after") == order[1:]
    assert leaf(client, order[-1], query, "before") == order[-2::-1]


def test_the_conditions_of_the_list_are_kept(world: Any, rows: list[Enrollment]) -> None:
    client = client_of(world.base)
    factories.complete(rows[1], world)
    factories.complete(rows[3], world)
    query = "personnel_type=" + str(Enrollment.unscoped.get(pk=rows[1].pk).personnel_type)
    assert set(listed(client, query)) == {rows[1].pk, rows[3].pk}
    first = listed(client, query)[0]
    assert leaf(client, first, query, "after") == listed(client, query)[1:]


def test_a_row_of_the_list_hands_its_address_on_and_the_page_leads_back(world: Any, rows: list[Enrollment]) -> None:
    client = client_of(world.base)
    page = client.get(f"{LIST}?sort=-specialty").text
    address = within(reverse("residents:detail", args=[rows[0].pk]), "sort=-specialty")
    assert f'href="{address}"' in page
    record = client.get(address + "&tab=education")
    assert f'href="{LIST}?sort=-specialty"' in record.text
    beside = record.context["beside"].before or record.context["beside"].after
    words = parse_qs(urlsplit(beside.url).query)
    assert words == {"in": ["sort=-specialty"], "tab": ["education"]}, "the tab stays open"
    plain = client.get(LIST).text
    assert f'href="{reverse("residents:detail", args=[rows[0].pk])}"' in plain, "the list as it opens needs no word"


def test_a_record_that_left_the_list_meanwhile_still_has_its_place(world: Any, rows: list[Enrollment]) -> None:
    client = client_of(world.base)
    query = "report=unreported"
    order = listed(client, query)
    middle = Enrollment.unscoped.get(pk=order[2])
    factories.complete(middle, world)
    assert reviews.report(RECRUITMENT, [middle.pk], by=world.base).done
    assert listed(client, query) == [pk for pk in order if pk != middle.pk]
    beside = client.get(within(reverse("residents:detail", args=[order[2]]), query)).context["beside"]
    assert (beside.before.key, beside.after.key) == (order[1], order[3])


def test_outside_the_list_as_it_opens_there_is_nothing_beside(world: Any, rows: list[Enrollment]) -> None:
    Enrollment.unscoped.filter(pk=rows[0].pk).update(intake_year=rows[0].intake_year - 1)
    page = client_of(world.base).get(reverse("residents:detail", args=[rows[0].pk]))
    assert page.context["beside"] is None and "返回名单" not in page.text


@pytest.mark.req("P-07")
def test_leafing_never_leaves_the_subtree(world: Any, rows: list[Enrollment]) -> None:
    foreign = factories.make_enrollments(world, 2, base=world.tree.sibling, by=world.sibling)
    assert set(leaf(client_of(world.base), listed(client_of(world.base))[0], "", "after")) <= {row.pk for row in rows}
    province = client_of(world.province)
    everybody = listed(province, "size=50")
    assert {row.pk for row in foreign} < set(everybody)
    assert leaf(province, everybody[0], "", "after") == everybody[1:]


@pytest.mark.parametrize("query", ["sort=nonsense", "year=abc", "%%%", "x" * 3000, "page=99", "in=in=in"])
def test_nonsense_is_the_list_as_it_opens(world: Any, rows: list[Enrollment], query: str) -> None:
    found = neighbours(IntakeList(), world.base, rows[2].pk, query)
    assert found is not None and (found.before or found.after)


def test_each_identity_leafs_in_its_own_list(world: Any) -> None:
    assert list_of(world.base) is IntakeList
    assert list_of(world.province) is list_of(world.association) is IntakeOverview
