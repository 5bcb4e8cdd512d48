"""Constant parts of templates are text once compiled; what depends on the page is drawn with the page."""

from __future__ import annotations

import threading

import pytest
from django.template import Context, Engine, Template, engines
from django.template.base import NodeList, TextNode
from django.templatetags.static import static
from django.urls import reverse

from xinglin.ui import folding
from xinglin.ui.folding import Loader, fold
from xinglin.ui.templatetags.xl import icon

pytestmark = pytest.mark.req("Q-01")
LOCMEM = "django.template.loaders.locmem.Loader"


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


def test_a_template_that_several_threads_ask_for_is_whole() -> None:
    """Each thread folds what nobody else has seen yet."""
    source = "<a>{% static 'xinglin/css/theme.css' %}<b>{{ v }}<c>{{ w }}<d>" * 20
    loader = Loader(Engine(builtins=["django.templatetags.static"]), [(LOCMEM, {"page.html": source})])
    start, drawn, strange = threading.Barrier(8), [], []

    def ask() -> None:
        try:
            start.wait()
            for _ in range(50):
                drawn.append(loader.get_template("page.html").render(Context({"v": "1", "w": "2"})))
                loader.get_template_cache.clear()
        except Exception as error:  # told to the test below
            strange.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not strange
    assert set(drawn) == {f"<a>{static('xinglin/css/theme.css')}<b>1<c>2<d>" * 20}


def test_nobody_gets_a_template_that_is_being_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    loader = Loader(Engine(), [(LOCMEM, {"page.html": "a{% comment %}{% endcomment %}b"})])
    kept_meanwhile: list[int] = []

    def watched(nodes: NodeList) -> None:
        kept_meanwhile.append(len(loader.get_template_cache))
        fold(nodes)

    monkeypatch.setattr(folding, "fold", watched)
    assert len(loader.get_template("page.html").nodelist) == 1
    assert kept_meanwhile == [0]


def test_a_template_is_kept_until_the_loader_is_reset() -> None:
    engine = engines["django"].engine  # type: ignore[attr-defined]
    loader = engine.template_loaders[0]
    page = loader.get_template("ui/base.html")
    assert loader.get_template("ui/base.html") is page
    loader.reset()
    assert loader.get_template("ui/base.html") is not page
