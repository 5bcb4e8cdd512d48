"""Q-12: the content security policy allows neither inline script nor inline style, so no template has any."""

import json
import re

import pytest

from tests.sources import read, templates

FORBIDDEN = {
    "a script without src": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", re.I),
    "a style element": re.compile(r"<style[\s>]", re.I),
    "a style attribute": re.compile(r"<[a-z][^<]*?\sstyle\s*=", re.I),
    "an event attribute": re.compile(r"<[a-z][^<]*?\son[a-z]+\s*=", re.I),
    "htmx that evaluates text (hx-on, js: values)": re.compile(r"\shx-on|['\"]js:", re.I),
    "an address of another host": re.compile(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//(?!www\.w3\.org)", re.I),
}
COMMENT = re.compile(r"{#.*?#}|{% comment.*?%}.*?{% endcomment %}|<!--.*?-->", re.S)


@pytest.mark.req("Q-12")
@pytest.mark.parametrize("what", FORBIDDEN)
def test_templates_have_no(what):
    pages = {path: COMMENT.sub("", read(path)) for path in templates()}
    bad = [f"{path}: {match[0][-80:]}" for path, page in pages.items() if (match := FORBIDDEN[what].search(page))]
    assert not bad, f"{what} is stopped by the policy: use a class, a data attribute or a module of ours: {bad}"


@pytest.mark.req("Q-12")
def test_htmx_never_writes_a_style_attribute():
    """While it settles a swap, it copies attributes of elements that stay: what a script had placed is an inline style
    then, which the policy stops."""
    (written,) = re.findall(r"name=\"htmx-config\" content='([^']*)'", read("xinglin/ui/templates/ui/document.html"))
    assert json.loads(written)["attributesToSettle"] == ["class", "width", "height"]
    assert json.loads(written)["includeIndicatorStyles"] is False


DIALOG = re.compile(r"{% dialog .*?%}(.*?){% enddialog %}", re.S)


@pytest.mark.req("R-21")
@pytest.mark.parametrize("part", ["xl-dialog-body", "xl-dialog-foot"])
def test_what_stands_in_a_dialog_stands_in_its_padded(part):
    dialogs = [(path, match[1]) for path in templates() for match in DIALOG.finditer(read(path))]
    assert dialogs
    bad = [path for path, content in dialogs if part not in content]
    assert not bad, f"text and buttons stick to the edge of the dialog without {part}: {bad}"
