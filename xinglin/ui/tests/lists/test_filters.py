"""P-15, P-19: what the address says, what it may not say, and what the query makes of it."""

from datetime import timedelta

import pytest
from django.http import QueryDict

from xinglin.kernel import clock, id_numbers
from xinglin.people.selectors import id_number_hash, last6_hash
from xinglin.ui.lists import filters, numbers
from xinglin.ui.lists.parts import Filter
from xinglin.ui.tests.lists import scenes
from xinglin.ui.tests.lists.sample import UnitList

pytestmark = [pytest.mark.django_db, pytest.mark.urls("xinglin.ui.tests.lists.sample")]
SPEC = UnitList()


@pytest.fixture
def scene(client):
    return scenes.scene(client)


def names(scene, words, spec=SPEC):
    found = filters.read(spec, QueryDict(words), scene.viewer)
    rows = filters.apply(spec.queryset(scene.viewer), found.items, scene.viewer)
    return [row.name for row in rows.order_by("pk")], found


@pytest.mark.req("P-15")
def test_each_kind_of_filter(scene):
    made = scenes.more_units(scene.viewer, 3)
    assert names(scene, "name=00001")[0] == [made[1].name]
    assert len(names(scene, "kind=hospital")[0]) == 5
    assert len(names(scene, "kinds=province&kinds=association")[0]) == 1
    assert len(names(scene, "coded=1")[0]) >= 3
    assert len(names(scene, f"year={clock.today().year}")[0]) == 6
    assert names(scene, "year=1999")[0] == []


def test_a_range_of_days_holds_both_ends_in_our_time_zone(scene):
    late = clock.now().replace(hour=23, minute=59, second=59)
    scenes.more_units(scene.viewer, 1, created_at=late)
    day = clock.today().isoformat()
    found, conditions = names(scene, f"created_from={day}&created_to={day}")
    assert "云汀第00000医院" in found
    assert conditions.items[0].shown == f"{day} ～ {day}"
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert names(scene, f"created_from={tomorrow}")[0] == []
    assert "云汀第00000医院" in names(scene, f"created_to={day}")[0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("kind=castle", "“类别”没有“castle”这一项，已忽略这个条件。"),
        ("kinds=hospital&kinds=castle", "“多个类别”没有“castle”这一项，已忽略这个条件。"),
        ("year=26", "“年份”应为四位年份，如 2026，已忽略这个条件。"),
        ("created_from=2026-02-30", "“建立时间”的日期应如 2026-11-20，已忽略这个条件。"),
        ("created_from=2026-03-02&created_to=2026-03-01", "“建立时间”的开始日期晚于结束日期，已忽略这个条件。"),
        ("number_hash=123", "“证件号码”的筛选地址不完整，已忽略这个条件。"),
        ("name=" + "长" * 101, "“名称”最多 100 个字，已忽略这个条件。"),
    ],
)
def test_nonsense_is_left_out_and_told(scene, words, told):
    found, conditions = names(scene, words)
    assert len(found) == 3
    assert conditions.notes == [told]
    assert told in scene.client.get(f"{scenes.PATH}?{words}").content.decode()


class WithDefault(UnitList):
    name = "test.defaults"
    filters = (Filter("kind", "类别", "choice", choices=(("province", "省"), ("hospital", "院")), default="hospital"),)


def test_a_default_is_in_force_until_it_is_taken_off(scene):
    spec = WithDefault()
    assert len(names(scene, "", spec)[0]) == 2
    assert len(names(scene, "kind=", spec)[0]) == 3
    unfiltered = filters.read(spec, QueryDict("kind="), scene.viewer)
    assert unfiltered.pairs() == [("kind", "")]
    by_default = filters.read(spec, QueryDict(""), scene.viewer)
    assert by_default.pairs() == []
    assert by_default.pairs(without="kind") == [("kind", "")]


NUMBER = Filter("number", "证件号码", "id_number", lookup="code", last6="short_name")
SYNTHETIC = id_numbers.synthetic("320199", clock.today().replace(year=1999, day=1), 7)


@pytest.mark.req("P-19")
def test_a_number_becomes_a_keyed_hash():
    words, note = numbers.words(NUMBER, f" {SYNTHETIC[:6]} {SYNTHETIC[6:].lower()} ")
    assert words == [("number_hash", id_number_hash(SYNTHETIC))]
    assert note == ""
    words, _ = numbers.words(NUMBER, SYNTHETIC[-6:])
    assert words == [("number_last6", last6_hash(SYNTHETIC))]
    assert numbers.words(NUMBER, "  ") == ([], "")
    assert "最多" in numbers.words(NUMBER, "1" * 31)[1]


def test_a_wrong_check_digit_is_told_and_searched_all_the_same():
    wrong = SYNTHETIC[:-1] + ("0" if SYNTHETIC[-1] != "0" else "1")
    words, note = numbers.words(NUMBER, wrong)
    assert words
    assert "校验位" in note


@pytest.mark.req("P-19")
def test_a_posted_number_never_stands_in_the_address(scene):
    answer = scene.client.post(
        scenes.PATH, {"do": "filter", "number": SYNTHETIC, "name": "云汀", "state": "?sort=-name"}
    )
    assert answer.status_code == 302
    assert SYNTHETIC not in answer["Location"]
    assert f"number_hash={id_number_hash(SYNTHETIC)}" in answer["Location"]
    assert "sort=-name" in answer["Location"]
    html = scene.client.get(answer["Location"]).content.decode()
    assert SYNTHETIC not in html
    assert "证件号码：已按号码筛选" in html


def test_a_search_by_number_stays_while_other_conditions_change_and_goes_by_its_chip(scene):
    hashed = id_number_hash(SYNTHETIC)
    answer = scene.client.post(scenes.PATH, {"do": "filter", "number": "", "number_hash": hashed, "kind": "hospital"})
    assert f"number_hash={hashed}" in answer["Location"]
    page = scene.client.get(answer["Location"]).context["page"]
    ((_, _, without),) = page.chips
    assert without == "?kind=hospital"
