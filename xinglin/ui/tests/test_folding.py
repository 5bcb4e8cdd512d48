"""Constant parts of templates are text once compiled; what depends on the page is drawn with the page."""

from __future__ import annotations

import pytest
from django.template import Context, Template, engines
from django.template.base import TextNode
from django.templatetags.static import static
from django.urls import reverse

from xinglin.ui.folding import fold
from xinglin.ui.templatetags.xl import icon

pytestmark = pytest.mark.req("Q-01")


def folded(source: str) -> Template:
    template = Template(source)
    fold(template.nodelist)
    return template


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('a{% icon "x" %}b', lambda: f"a{icon('x')}b"),
        ("{% load static %}<i>{% static 'xinglin/css/theme.css' %}</i>", lambda: f"<i>{static('xinglin/css/theme.css')}</i>"),
        ("{% url 'accounts:sign-in' %}?why=idle", lambda: f"{reverse('accounts:sign-in')}?why=idle"),
        ("a{% comment %}never{% endcomment %}b", lambda: "ab"),
    ],
)  # fmt: skip
def test_constant_parts_become_one_text(source: str, text: object) -> None:
    template = folded(source)
    assert [type(node) for node in template.nodelist] == [TextNode]
    assert template.render(Context()) == text() == Template(source).render(Context())  # type: ignore[operator]


@pytest.mark.parametrize(
    "source",
    [
        "{% icon name %}",
        '{% icon name|default:"x" %}',
        '{% icon "x" as mark %}<b>{{ mark }}</b>',
        "{% load static %}{% static name as path %}{{ path }}",
        "{% url 'accounts:sign-in' as door %}{% if door %}{{ door }}{% endif %}",
        "{% for size in sizes %}{% icon 'x' size %}{% icon 'y' %}{% empty %}{% icon 'z' %}{% endfor %}",
        "{% if name %}{% icon 'x' %}{% elif sizes %}{% icon 'y' %}{% else %}{% icon 'z' %}{% endif %}",
        "{% with other=name %}{% icon other %}{% icon 'x' %}{% endwith %}",
        "{% note 'bad' %}{% icon 'x' %}{{ name }}{% endnote %}",
    ],
)
@pytest.mark.parametrize("names", [{"name": "search", "sizes": ["s", "l"]}, {"name": "", "sizes": []}])
def test_what_depends_on_the_page_is_drawn_with_it(source: str, names: dict[str, object]) -> None:
    if "static" in source:
        names = {**names, "name": "xinglin/css/theme.css"}
    assert folded(source).render(Context(names)) == Template(source).render(Context(names))


def test_branches_and_loops_are_folded_too() -> None:
    template = folded("{% if a %}{% icon 'x' %}{% else %}{% icon 'y' %}b{% endif %}")
    branches = [branch for _, branch in template.nodelist[0].conditions_nodelists]  # type: ignore[attr-defined]
    assert [[type(node) for node in branch] for branch in branches] == [[TextNode], [TextNode]]


def test_an_address_that_is_not_there_is_said_when_the_page_is_drawn() -> None:
    template = folded("{% if a %}{% url 'not:there' %}{% endif %}")
    assert template.render(Context({"a": False})) == ""
    with pytest.raises(Exception, match="not"):
        template.render(Context({"a": True}))


def test_a_template_is_folded_once_also_where_others_extend_it() -> None:
    engine = engines["django"].engine  # type: ignore[attr-defined]
    loader = engine.template_loaders[0]
    child = loader.get_template("ui/base.html")
    assert loader.get_template("ui/document.html", skip=[child.origin]) is loader.get_template("ui/document.html")
    loader.reset()
    assert loader.get_template("ui/base.html") is not child
