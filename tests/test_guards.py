"""The guards see what they are there for: each is shown a fault that it must find and a neighbour that it must not."""

import ast
from pathlib import Path

import pytest

from tests import proofs
from tests.test_names import MACHINES, REGISTRIES, SAYS_NOTHING
from tests.test_templates import COMMENT, FORBIDDEN
from tests.test_writes import chain, rooms, writes


def call(text: str) -> ast.Call:
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.Call)
    return node


@pytest.mark.parametrize(
    "text",
    [
        "enrollment.save()",
        "enrollment.save(update_fields=['note'])",
        "enrollment.delete()",
        "Person.objects.for_system('why').filter(pk=1).update(name='')",
        "Person.unscoped.create(name='')",
        "Grant.objects.bulk_create(rows)",
        "self.model._base_manager.all().delete()",
        "insert_rows(Person, columns, rows)",
        "bulk.insert_rows(Person, columns, rows)",
    ],
)
def test_a_write_is_seen(text):
    assert writes(call(text))


@pytest.mark.parametrize(
    "text",
    [
        "picture.save(buffer, 'JPEG')",
        "storage.delete(name)",
        "digest.update(b'x')",
        "counts.update({'a': 1})",
        "super().save(update_fields=None)",
        "Person.objects.visible_to(viewer).filter(pk=1)",
        "select(Person)",
    ],
)
def test_what_only_looks_like_a_write_is_not(text):
    assert not writes(call(text))


def test_chains_and_rooms_are_read_whole():
    assert chain(ast.parse("a.b(1)[2].c", mode="eval").body) == {"a", "b", "c"}
    assert "actions" in rooms(Path("xinglin/residents/actions/reporting.py"))
    assert "actions" in rooms(Path("xinglin/windows/actions.py"))


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a script without src", "<script>alert(1)</script>"),
        ("a script without src", '<script type="module">import "./x.js"</script>'),
        ("a style element", "<style>p{}</style>"),
        ("a style attribute", '<td class="x" style="width:1px">'),
        ("an event attribute", "<button\n  onclick='go()'>"),
        ("htmx that evaluates text (hx-on, js: values)", '<a hx-on:click="go()">'),
        ("an address of another host", '<img src="//cdn.example/x.png">'),
    ],
)
def test_a_forbidden_piece_of_markup_is_seen(what, text):
    assert FORBIDDEN[what].search(text)


@pytest.mark.parametrize(
    "text",
    [
        '<script src="/static/x.js" defer></script>',
        '<script type="application/json" id="data">{}</script>',
        '<svg xmlns="http://www.w3.org/2000/svg">',
        '{% if turn == "on" %}<p class="style">on = off</p>{% endif %}',
        "{# <script> in a comment #}",
        '<a href="{% url "accounts:sign-in" %}">登录</a>',
    ],
)
def test_permitted_markup_passes(text):
    assert not [what for what, pattern in FORBIDDEN.items() if pattern.search(COMMENT.sub("", text))]


def test_names_and_addresses():
    assert SAYS_NOTHING.match("utils")
    assert SAYS_NOTHING.match("_helpers")
    assert not SAYS_NOTHING.match("commonwealth")
    assert REGISTRIES.search("https://files.python" + "hosted.org/packages")
    assert MACHINES.search("see /" + "work/main")
    assert not MACHINES.search("frame/work/shop")


def test_requirements_are_read_from_markers_and_docstrings(tmp_path, monkeypatch):
    module = ast.parse(
        '"""About imports (P-16)."""\n'
        "@pytest.mark.req('R-03', 'R-04')\n"
        "def test_a(): pass\n"
        "class TestB:\n    def test_c(self):\n        'Q-11: bombs.'\n"
    )
    monkeypatch.setattr(proofs, "test_files", lambda: [tmp_path / "test_x.py"])
    monkeypatch.setattr(proofs, "tree", lambda path: module)
    found = proofs.proofs()
    assert list(found) == ["P-16", "Q-11", "R-03", "R-04"]
    assert len(found["P-16"]) == 2
    assert found["Q-11"][0].endswith("::test_c")
    assert "| R-03 |" in proofs.table()
