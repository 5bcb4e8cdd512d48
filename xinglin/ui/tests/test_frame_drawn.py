"""The frame as it is drawn: kept between pages, never behind what it shows and never another's (P-07, P-12, P-14)."""

from __future__ import annotations

import dataclasses
import re

import pytest

from xinglin.ui import counts
from xinglin.ui.frame import Frame
from xinglin.ui.navigation import MenuItem
from xinglin.ui.selectors import Site

from .factories import menu, request, viewer

pytestmark = pytest.mark.django_db


def entry(key: str, **words: object) -> MenuItem:
    return MenuItem(key, f"到{key}", **{"url_name": "ui:codes", "url_args": {"table": key}, **words})  # type: ignore[arg-type]


def links(html: str) -> list[str]:
    return re.findall(r'<a href="[^"]*"( aria-current="page")? title="([^"]+)"', html)


def test_the_mark_is_where_one_stands() -> None:
    with menu(entry("sex"), entry("track")):
        for path, here in (("/codes/sex", "到sex"), ("/codes/track", "到track"), ("/codes/sex", "到sex")):
            found = links(Frame(request(path, as_=viewer())).side_html)
            assert [label for mark, label in found if mark] == [here]
        frame = Frame(request("/codes/sex", as_=viewer()))
        frame.place("track")
        assert [label for mark, label in links(frame.side_html) if mark] == ["到track"]


@pytest.mark.req("P-12")
def test_a_number_that_changed_is_shown() -> None:
    shown = []
    for number in (3, 4, 3, None):
        counts.forget()
        with menu(entry("sex", count=lambda who, number=number: number, turn=True)):
            shown += [re.findall(r'xl-count-turn">(\d+)<', Frame(request(as_=viewer())).side_html)]
    assert shown == [["3"], ["4"], ["3"], []]


@pytest.mark.req("P-07")
def test_another_identity_gets_its_own_menu_and_name() -> None:
    with menu(entry("sex", permission="a"), entry("track", permission="b"), entry("sex2", face="menu", permission="b")):
        one = Frame(request(as_=dataclasses.replace(viewer("a"), user_name="甲")))
        other = Frame(request(as_=dataclasses.replace(viewer("b"), user_name="<乙>")))
        for _ in range(2):
            assert [label for _, label in links(one.side_html)] == ["到sex"]
            assert [label for _, label in links(other.side_html)] == ["到track"]
            assert "甲" in one.who_html and "乙" not in one.who_html and "到sex2" not in one.who_html
            assert "&lt;乙&gt;" in other.who_html and "<乙>" not in other.who_html and "到sex2" in other.who_html


def test_the_own_menu_signs_out_with_the_token_of_its_page() -> None:
    frames = [Frame(request(as_=viewer())) for _ in range(2)]
    tokens = [re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', frame.who_html) for frame in frames]
    assert all(len(found) == 1 for found in tokens) and tokens[0] != tokens[1]


@pytest.mark.req("P-14")
def test_the_side_follows_the_words_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    with menu(entry("sex")):
        for name in ("甲平台", "乙<平台>", "甲平台"):
            monkeypatch.setattr("xinglin.ui.frame.site_for", lambda province, name=name: Site(name=name))
            html = Frame(request(as_=viewer())).side_html
            assert re.findall(r'xl-brand-name">([^/]+)</span>', html) == [
                name.replace("<", "&lt;").replace(">", "&gt;")
            ]


@pytest.mark.req("P-08")
def test_the_watch_over_idle_sessions_names_whose_session_it_is() -> None:
    asked = request(as_=viewer())
    assert "data-presence" not in Frame(asked).scripts_html
    asked.idle_minutes = 30  # type: ignore[attr-defined]
    html = Frame(asked).scripts_html
    assert 'data-idle="30"' in html and f'data-user="{asked.viewer.user_id}"' in html  # type: ignore[attr-defined]
    assert "data-presence" not in Frame(request()).scripts_html
