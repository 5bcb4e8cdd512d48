"""Menus follow the identity in force (P-04, P-07, P-12)."""

import pytest

from xinglin.ui import counts, navigation
from xinglin.ui.frame import Frame
from xinglin.ui.navigation import MenuItem

from .factories import menu, request, viewer

CAPTION = MenuItem("res", "住院医师管理", order=1)
GROUP = MenuItem("res.in", "招收信息管理", "user-plus", parent="res", order=2)
LEAF = MenuItem(
    "res.list", "招收名单", url_name="ui:codes", url_args={"table": "sex"}, permission="residents.view", parent="res.in",
    order=3, count=lambda viewer: 40, turn=True,
)  # fmt: skip
OTHER = MenuItem(
    "res.up", "更新", url_name="ui:codes", url_args={"table": "track"}, permission=("a", "b"), parent="res"
)


def test_register_twice_same_is_fine_other_is_refused() -> None:
    with menu():
        navigation.register(CAPTION)
        navigation.register(CAPTION)
        with pytest.raises(ValueError, match="registered twice"):
            navigation.register(MenuItem("res", "别的"))


@pytest.mark.req("P-07")
def test_entries_need_a_permission_of_the_identity() -> None:
    with menu(CAPTION, GROUP, LEAF, OTHER):
        tree = Frame(request(as_=viewer("residents.view"))).side
        assert [entry.item.key for entry in tree] == ["res"]
        assert [entry.item.key for entry in tree[0].children] == ["res.in"]
        assert [entry.item.key for entry in tree[0].children[0].children] == ["res.list"]


def test_any_of_several_permissions_is_enough() -> None:
    with menu(CAPTION, OTHER):
        assert Frame(request(as_=viewer("b"))).side[0].children[0].item.key == "res.up"


@pytest.mark.req("P-04")
def test_headings_without_a_visible_child_are_absent() -> None:
    with menu(CAPTION, GROUP, LEAF, OTHER):
        assert Frame(request(as_=viewer())).side == []


def test_nobody_signed_in_sees_no_menu() -> None:
    with menu(CAPTION, GROUP, LEAF):
        assert Frame(request()).side == []


def test_unknown_address_leaves_the_entry_out() -> None:
    with menu(MenuItem("x", "没有", url_name="nowhere:at-all")):
        assert Frame(request(as_=viewer())).side == []


def test_last_word_of_an_entry() -> None:
    entry = MenuItem("x", "西医", url_name="ui:favicon", when=lambda viewer: viewer.track == "western")
    with menu(entry):
        assert Frame(request(as_=viewer())).side
        assert not Frame(request(as_=viewer(track="tcm"))).side


def test_longest_address_is_the_current_place_and_opens_its_group() -> None:
    with menu(CAPTION, GROUP, LEAF, OTHER):
        frame = Frame(request("/codes/sex/more", as_=viewer("residents.view", "a")))
        group = frame.side[0].children[0]
        assert group.children[0].current
        assert group.open
        assert not frame.side[0].children[1].current


def test_page_may_name_its_place() -> None:
    with menu(CAPTION, GROUP, LEAF):
        frame = Frame(request("/elsewhere", as_=viewer("residents.view")))
        frame.place("res.list")
        assert frame.side[0].open


@pytest.mark.req("P-12")
def test_turns_add_up() -> None:
    idle = MenuItem("z", "消息", url_name="ui:favicon", count=lambda viewer: 3)
    with menu(CAPTION, GROUP, LEAF, idle):
        assert Frame(request(as_=viewer("residents.view"))).turn_count == 40


def test_numbers_are_kept_for_one_identity_and_fresh_after_its_own_write() -> None:
    counts.forget()
    asked: list[int] = []

    def ask(_: object) -> int:
        asked.append(1)
        return len(asked)

    me, other = viewer(), viewer(grant_id=71)
    assert counts.count_of(me, "k", ask) == 1
    assert counts.count_of(me, "k", ask) == 1
    assert counts.count_of(other, "k", ask) == 2
    assert counts.count_of(me, "k", ask, not_before=9e9) == 3
    counts.forget()


def test_odd_cookie_is_no_instant() -> None:
    asked = request()
    asked.COOKIES[counts.COOKIE] = "abc"
    assert counts.asked_after(asked) == 0.0


def test_a_folded_group_stands_open_only_around_the_current_page() -> None:
    folded = MenuItem("res.in", "招收信息管理", "user-plus", parent="res", order=2, folded=True)
    second = MenuItem("res.more", "别的", url_name="ui:favicon", parent="res.in")
    with menu(CAPTION, folded, LEAF, second):
        elsewhere = Frame(request("/elsewhere", as_=viewer("residents.view"))).side[0].children[0]
        here = Frame(request("/codes/sex/more", as_=viewer("residents.view"))).side[0].children[0]
    assert (elsewhere.open, elsewhere.is_here) == (False, False)
    assert (here.open, here.is_here) == (True, True)


def test_a_shut_group_tells_what_waits_in_it() -> None:
    idle = MenuItem("res.idle", "别的", url_name="ui:favicon", parent="res.in", count=lambda viewer: 3)
    with menu(CAPTION, GROUP, LEAF, idle):
        group = Frame(request(as_=viewer("residents.view"))).side[0].children[0]
    assert group.open, "groups that are not folded stand open"
    assert group.turns == 40, "only what is the reader's turn"


def test_a_folded_group_of_one_is_that_one() -> None:
    folded = MenuItem("res.in", "招收信息管理", "user-plus", parent="res", order=2, folded=True)
    with menu(CAPTION, folded, LEAF, OTHER):
        (caption,) = Frame(request("/codes/sex/more", as_=viewer("residents.view"))).side
    assert [entry.item.key for entry in caption.children] == ["res.list"] and caption.children[0].current
