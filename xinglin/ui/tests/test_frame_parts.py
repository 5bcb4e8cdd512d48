"""P-07, P-14, P-21, Q-12: menus by role, current place, kept numbers, policy, notes, freshness, colours."""

from __future__ import annotations

import math
import re
from unittest import mock

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from xinglin.accounts.roles import ROLES
from xinglin.dictionaries import selectors as dictionaries
from xinglin.kernel.errors import NotAllowed, Refused, Stale, WindowClosed
from xinglin.ui import counts, errors, middleware, navigation, palette, selectors
from xinglin.ui.actions import refuse_pale
from xinglin.ui.frame import Frame
from xinglin.ui.freshness import FreshnessMiddleware
from xinglin.ui.navigation import MenuItem

from .factories import menu, request, viewer

STILL = settings(max_examples=60, deadline=None)
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def entry(key, **words):
    """An entry that leads somewhere."""
    return MenuItem(key, key, **{"url_name": "ui:codes", "url_args": {"table": key}, **words})


def keys(entries):
    return [found.item.key for found in entries]


@pytest.mark.req("P-07")
@pytest.mark.parametrize("role", ROLES)
def test_the_menu_of_a_role_is_what_its_permissions_open(role):
    """The oracle is the table of roles itself, asked entry by entry."""
    permissions = ROLES[role].permissions
    who = viewer(*permissions, role=role)
    for face in ("desk", "top", "menu", "phone"):
        shown = {item.key for item in navigation.visible(who, face)}
        for item in navigation.items(face):
            wanted = {item.permission} if isinstance(item.permission, str) else set(item.permission or ())
            if wanted and not wanted & permissions:
                assert item.key not in shown, f"{role} must not be offered {item.label}"
            elif item.when is None:
                assert item.key in shown, f"{role} may use {item.label}"


def test_every_entry_of_the_product_has_a_label_and_a_parent_that_exists():
    for face in ("desk", "top", "menu", "phone"):
        for item in navigation.items(face):
            assert item.label.strip() == item.label
            assert item.label
            assert item.parent is None or item.parent in navigation._items, item.key


@pytest.mark.parametrize(
    ("permission", "held", "shown"),
    [
        (None, (), True),
        ("a", (), False),
        ("a", ("a",), True),
        (("a", "b"), ("b",), True),
        (("a", "b"), ("c",), False),
        ((), ("a",), False),
    ],
)
def test_a_permission_one_of_several_or_none(permission, held, shown):
    assert MenuItem("x", "甲", permission=permission).shown_to(viewer(*held)) is shown


@pytest.mark.parametrize(
    ("permitted", "said", "shown"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_the_last_word_can_only_take_away(permitted, said, shown):
    item = MenuItem("x", "甲", permission="a", when=lambda who: said)
    assert item.shown_to(viewer(*(["a"] if permitted else []))) is shown


def test_entries_stand_by_order_then_by_key_and_by_their_face():
    with menu(entry("b", order=2), entry("c", order=1), entry("a", order=2), entry("top", face="top")):
        assert keys(Frame(request(as_=viewer())).side) == ["c", "a", "b"]
        assert keys(Frame(request(as_=viewer())).top) == ["top"]
        assert keys(Frame(request(as_=viewer())).tabs) == []


def test_a_child_of_a_hidden_parent_does_not_climb_up():
    with menu(MenuItem("group", "组", permission="never"), entry("leaf", parent="group")):
        assert Frame(request(as_=viewer())).side == []


@pytest.mark.parametrize(
    ("path", "current"),
    [("/codes/sex", "sex"), ("/codes/sex/more", "sex"), ("/codes/track", "track"), ("/elsewhere", None), ("/", None)],
)
def test_the_longest_address_is_where_one_stands(path, current):
    with menu(entry("sex"), entry("track")):
        frame = Frame(request(path, as_=viewer()))
        assert [found.item.key for found in frame.side if found.current] == ([current] if current else [])


def test_naming_a_place_moves_the_mark_and_an_unknown_one_takes_it_away():
    with menu(entry("sex"), entry("track")):
        frame = Frame(request("/codes/sex", as_=viewer()))
        frame.place("track")
        assert [found.current for found in frame.side] == [False, True]
        frame.place("nowhere")
        assert [found.current for found in frame.side] == [False, False]


@pytest.mark.parametrize(("number", "turn", "total"), [(None, True, 0), (0, True, 0), (3, True, 3), (3, False, 0)])
@pytest.mark.req("P-12")
def test_only_what_waits_for_the_reader_adds_up(number, turn, total):
    with menu(entry("sex", count=lambda who: number, turn=turn), MenuItem("cap", "组"), entry("track", parent="cap")):
        frame = Frame(request(as_=viewer()))
        assert frame.turn_count == total
        assert [found.count for found in frame.side if found.item.key == "sex"] == [number]


def test_signed_out_nothing_is_counted():
    with menu(entry("sex", count=lambda who: pytest.fail("nobody is there"))):
        assert Frame(request()).turn_count == 0


@pytest.mark.parametrize("cookie", ["", "abc", "nan", "inf", "-1", "1e400", "9" * 400, "1;2", "０"])
def test_a_cookie_that_anybody_wrote_at_most_makes_numbers_fresh(cookie):
    asked = request()
    asked.COOKIES[counts.COOKIE] = cookie
    after = counts.asked_after(asked)
    counts.forget()
    assert counts.count_of(viewer(), "k", lambda who: 5, after) == 5
    assert counts.count_of(viewer(), "k", lambda who: 6, after) in {5, 6}
    counts.forget()


def test_numbers_of_somebody_without_a_grant_are_never_kept():
    counts.forget()
    nobody, given_ = viewer(grant_id=None), iter(range(9))
    assert [counts.count_of(nobody, "k", lambda who: next(given_)) for _ in range(3)] == [0, 1, 2]
    counts.forget()


def test_numbers_grow_old_after_ten_seconds(monkeypatch):
    counts.forget()
    clock, numbers = [1000.0], iter(range(9))
    monkeypatch.setattr(counts.time, "time", lambda: clock[0])
    found = []
    for now in (1000.0, 1009.9, 1010.1, 1020.0):
        clock[0] = now
        found.append(counts.count_of(viewer(), "k", lambda who: next(numbers)))
    assert found == [0, 0, 1, 1]
    counts.forget()


@pytest.mark.parametrize(
    ("method", "cookie", "anew"),
    [("GET", False, 0), ("HEAD", False, 0), ("OPTIONS", False, 0), ("GET", True, 1), ("POST", False, 1),
     ("PUT", False, 1), ("DELETE", False, 1)],
)  # fmt: skip
@pytest.mark.req("P-10", "P-14")
def test_around_a_write_codes_and_settings_are_read_anew(method, cookie, anew):
    asked = RequestFactory().generic(method, "/")
    if cookie:
        asked.COOKIES[counts.COOKIE] = "1"
    with mock.patch.object(dictionaries, "look_again") as codes, mock.patch.object(selectors, "look_again") as words:
        answer = FreshnessMiddleware(lambda request: HttpResponse("done"))(asked)
    assert answer.content == b"done"
    assert (codes.call_count, words.call_count) == (anew, anew)


@pytest.mark.req("Q-12")
def test_the_policy_forbids_what_is_inline_and_a_page_may_keep_its_own():
    policy = {part.split()[0]: part.split()[1:] for part in middleware.POLICY.split("; ")}
    assert policy["script-src"] == policy["style-src"] == policy["default-src"] == ["'self'"]
    assert policy["object-src"] == policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert "http:" not in middleware.POLICY
    assert "*" not in middleware.POLICY

    def own(_request):
        return HttpResponse("x", headers={"Content-Security-Policy": "default-src 'none'"})

    wrap = middleware.ContentSecurityPolicyMiddleware
    assert wrap(own)(request())["Content-Security-Policy"] == "default-src 'none'"
    plain = wrap(lambda asked: HttpResponse("x"))(request())
    assert plain["Content-Security-Policy"] == middleware.POLICY
    assert plain["Permissions-Policy"] == "camera=(self), geolocation=(), microphone=()"


EVIL = "<script>alert(1)</script>“林知夏”"


def htmx():
    return request(HTTP_HX_REQUEST="true")


@pytest.mark.req("P-21")
@pytest.mark.parametrize(
    ("error", "status"), [(NotAllowed(EVIL), 403), (Refused(EVIL), 422), (WindowClosed(EVIL), 422), (Stale(EVIL), 409)]
)
def test_a_refusal_within_a_page_is_a_note_in_its_live_region(error, status):
    answer = errors.refused(htmx(), error)
    html = answer.content.decode()
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (status, "#xl-alerts", "innerHTML")
    assert "“林知夏”" in html
    assert "<script" not in html


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (errors.not_found, 404, "不在您的管理范围内"),
        (errors.forbidden, 403, "当前身份不能做这件事。"),
        (errors.csrf_failure, 403, "您填的内容请先复制保存"),
        (errors.server_error, 500, "这一步没有做成"),
    ],
)
def test_other_errors_within_a_page_say_what_to_do(answer, status, said):
    made = answer(htmx())
    assert made.status_code == status
    assert said in made.content.decode()


def test_the_number_of_an_error_page_is_the_number_in_the_log(caplog):
    first, second = errors.server_error(htmx()), errors.server_error(htmx())
    numbers = [re.search(r"编号 ([0-9A-F]{6})", made.content.decode())[1] for made in (first, second)]
    assert numbers[0] != numbers[1]
    assert [record.getMessage() for record in caplog.records] == [f"error page {number}" for number in numbers]


def reference(colour):
    """Luminance by the words of WCAG 2.2, written down once more."""
    total = 0.0
    for part, weight in ((colour[1:3], 0.2126), (colour[3:5], 0.7152), (colour[5:7], 0.0722)):
        level = int(part, 16) / 255
        total += weight * (level / 12.92 if level <= 0.04045 else math.pow((level + 0.055) / 1.055, 2.4))
    return total


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#767676", "#ffffff", 4.54), ("#123456", "#123456", 1)],
)
def test_contrasts_that_are_known(one, other, expected):
    assert palette.contrast(one, other) == pytest.approx(expected, abs=0.01)


def inverse(colour: str) -> str:
    """The colour on the other side of grey: of the two, one is light."""
    return f"#{0xFFFFFF - int(colour[1:], 16):06x}"


@STILL
@given(one=COLOURS, other=COLOURS)
def test_contrast_is_that_of_the_standard_both_ways_round(one, other):
    light, dark = max(reference(one), reference(other)), min(reference(one), reference(other))
    assert palette.contrast(one, other) == pytest.approx((light + 0.05) / (dark + 0.05))
    assert palette.contrast(one, other) == palette.contrast(other, one)
    assert 1 <= palette.contrast(one, other) <= 21


@pytest.mark.req("P-14", "Q-15")
@STILL
@given(colour=COLOURS)
def test_any_theme_colour_gives_links_and_buttons_that_can_be_read(colour):
    light, dark = palette.stylesheet(colour).strip().split("\n")
    main = re.search(r"--xl-teal:(#[0-9a-f]{6})", light)[1]
    night = re.search(r"--xl-teal:(#[0-9a-f]{6})", dark)[1]
    assert palette.contrast(main, palette.WHITE) >= 5.5
    assert palette.contrast(night, palette.DARK_GROUND) >= 6
    assert palette.contrast(re.search(r"-700:(#\w{6})", light)[1], palette.WHITE) >= 4.5
    assert all(re.fullmatch(r"--xl-teal(-\d+)?:#[0-9a-f]{6}", rule) for rule in light[6:-1].split(";"))


@STILL
@given(colour=COLOURS)
def test_a_colour_that_can_be_read_is_left_alone(colour):
    colour = min(colour, inverse(colour), key=reference)
    assume(palette.contrast(colour, palette.WHITE) >= palette.AA)
    assert palette.readable(colour, palette.WHITE) == colour
    refuse_pale(colour)


@pytest.mark.req("P-14", "P-21")
@STILL
@given(colour=COLOURS)
def test_a_pale_colour_is_refused_with_one_that_would_do(colour):
    colour = max(colour, inverse(colour), key=reference)
    assume(palette.contrast(colour, palette.WHITE) < palette.AA)
    with pytest.raises(Refused) as refusal:
        refuse_pale(colour)
    said = refusal.value.message
    told, better = float(re.search(r"对比度是 ([\d.]+)", said)[1]), re.search(r"深一些的 (#\w{6})", said)[1]
    assert refusal.value.field == "theme_colour"
    assert told < palette.AA, "the sentence must not contradict itself"
    refuse_pale(better)


def test_the_sentence_about_a_nearly_dark_enough_colour_is_true():
    with pytest.raises(Refused, match=r"对比度是 4\.4，要到 4\.5"):
        refuse_pale("#777777")
