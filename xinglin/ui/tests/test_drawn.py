"""Parts drawn once: what differs fills holes, what is not in the facts cannot be seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.template import engines
from django.test import override_settings
from django.utils.safestring import SafeString

from xinglin.ui import drawn
from xinglin.ui.drawn import Part

pytestmark = pytest.mark.req("Q-01")
TEXTS = {
    "greet.html": "<p>{{ name }}: {{ word }}</p><a href='{{ link }}'>{{ word }}</a>",
    "asks.html": "{% if word %}there{% endif %}",
    "alters.html": "{{ word|upper }}",
    "curious.html": "[{{ name }}{{ request }}{{ frame }}{{ user }}{{ csrf_token }}]",
}


@pytest.fixture(autouse=True)
def templates() -> Iterator[None]:
    loaders = [("django.template.loaders.locmem.Loader", TEXTS)]
    backend = "django.template.backends.django.DjangoTemplates"
    with override_settings(TEMPLATES=[{"BACKEND": backend, "OPTIONS": {"loaders": loaders}}]):
        engines.__dict__.pop("templates", None)
        yield


def part(template: str, *holes: str) -> tuple[Part[str], list[str]]:
    asked: list[str] = []

    def names(facts: str) -> dict[str, Any]:
        asked.append(facts)
        return {"name": facts}

    return Part(template, names, holes=holes), asked


def test_holes_are_filled_each_time_and_escaped() -> None:
    greet, _ = part("greet.html", "word", "link")
    assert greet("A", word="<b>", link="?a=1&b=2") == "<p>A: &lt;b&gt;</p><a href='?a=1&amp;b=2'>&lt;b&gt;</a>"
    assert greet("A", word=SafeString("<i>"), link=7) == "<p>A: <i></p><a href='7'><i></a>"


def test_drawn_once_for_the_same_facts_and_anew_for_others() -> None:
    greet, asked = part("greet.html", "word", "link")
    for name in ("A", "B", "A", "B", "A"):
        assert greet(name, word="x", link="y").startswith(f"<p>{name}: x")
    assert asked == ["A", "B"]


def test_facts_are_escaped() -> None:
    greet, _ = part("greet.html", "word", "link")
    assert greet("<script>", word="x", link="y").startswith("<p>&lt;script&gt;: x</p>")


def test_a_template_sees_its_facts_and_nothing_of_the_page() -> None:
    curious, _ = part("curious.html")
    assert curious("A") == "[A]"


def test_a_hole_may_only_be_printed() -> None:
    asks, _ = part("asks.html", "word")
    with pytest.raises(TypeError, match="word"):
        asks("A", word="x")


def test_a_hole_without_a_value_is_an_error() -> None:
    greet, _ = part("greet.html", "word", "link")
    with pytest.raises(KeyError, match="link"):
        greet("A", word="x")


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "KEPT", 2)
    greet, asked = part("greet.html", "word", "link")
    for name in ("A", "B", "C", "A"):
        greet(name, word="x", link="y")
    assert asked == ["A", "B", "C", "A"]


def test_a_hole_that_is_altered_is_an_error() -> None:
    alters, _ = part("alters.html", "word")
    with pytest.raises(ValueError, match="WORD"):
        alters("A", word="x")


def test_parts_are_drawn_anew_after_their_templates_were_forgotten() -> None:
    greet, asked = part("greet.html", "word", "link")
    greet("A", word="x", link="y")
    drawn.forget()
    greet("A", word="x", link="y")
    assert asked == ["A", "A"]
