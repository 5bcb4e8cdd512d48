"""Templates of parts print their holes and ask them nothing: Django would answer "no" and hide something for everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.template.loader import get_template

from xinglin.ui import drawn, frame_parts
from xinglin.ui.drawn import Part
from xinglin.ui.lists import panel

PARTS = {part.template: part for part in (frame_parts._side, frame_parts._who, frame_parts._scripts, panel._panel)}


def sources(name: str) -> Iterator[str]:
    """The text of a template and of all that it includes."""
    with open(get_template(name).origin.name, encoding="utf-8") as file:  # type: ignore[attr-defined]
        text = file.read()
    yield text
    for included in re.findall(r'{% include "([^"]+)"', text):
        yield from sources(included)


def faults(text: str, holes: tuple[str, ...]) -> list[str]:
    """Tags that name a hole, and holes that are altered."""
    found = []
    for inner in re.findall(r"{%(.*?)%}|{{[^}]*?\|[^}]*}}", text):
        bare = re.sub(r"\"[^\"]*\"|'[^']*'", "", inner)
        found += [inner.strip() for hole in holes if re.search(rf"(?<![\w.]){hole}(?!\w)", bare)]
    altered = re.findall(r"{{\s*(\w+)\s*[|.][^}]*}}", text)
    return found + [name for name in altered if name in holes]


@pytest.mark.parametrize("name", PARTS)
def test_holes_are_printed_and_asked_nothing(name: str) -> None:
    part: Part[object] = PARTS[name]  # type: ignore[assignment]
    text = "".join(sources(name))
    assert faults(text, part.holes) == []
    assert [hole for hole in part.holes if not re.search(rf"{{{{ {hole} }}}}", text)] == []


def test_every_part_of_the_product_is_looked_at() -> None:
    assert {part.template for part in drawn._parts if part.template.startswith("ui/")} == set(PARTS)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{% if word %}a{% endif %}", 1),
        ("{% if not a and word %}a{% endif %}", 1),
        ("{% action word %}", 1),
        ("{{ word|upper }}", 1),
        ("{{ word.first }}", 1),
        ("{{ word }}{% if words %}{% icon 'word' %}{% endif %}{{ a.word }}", 0),
    ],
)
def test_the_eye_for_faults_sees_them(text: str, wrong: int) -> None:
    assert len(faults(text, ("word",))) == wrong
