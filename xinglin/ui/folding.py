"""Templates whose constant parts are text once they are compiled (Q-01).

Icons, names of static files and addresses without arguments are the same in every page; Django asks for each of them
anew whenever it draws. Here they are drawn when a template is compiled, and pieces of text that lie side by side
become one.
"""

from __future__ import annotations

from typing import Any

from django.template import Context, Origin, Template
from django.template.base import FilterExpression, Node, NodeList, TextNode
from django.template.defaulttags import CommentNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.template.loaders import base, cached
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch

from . import drawn
from .templatetags import xl

ALWAYS_THE_SAME = frozenset({xl.icon, xl.tag, xl.turn})
"""Tags of ours whose text depends on nothing but their words."""


class _FoldingLoader(base.Loader):
    """Folds a template before anybody else sees it: several threads may ask for the same one at once."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        fold(template.nodelist)
        return template


class Loader(cached.Loader, _FoldingLoader):
    """Keeps compiled templates in memory, as Django's does, folded."""

    def reset(self) -> None:
        """Also forgets the parts that were drawn from them."""
        super().reset()
        drawn.forget()


def fold(nodes: NodeList) -> None:
    """Draw what is constant in a list of nodes and all lists below it, in place."""
    folded: list[Node] = []
    for node in nodes:
        for below in _lists_of(node):
            fold(below)
        text = _text_of(node)
        if text is None:
            folded.append(node)
        elif folded and isinstance(folded[-1], TextNode):
            folded[-1] = _text_node(folded[-1].s + text, folded[-1])
        elif text:
            folded.append(_text_node(text, node))
    nodes[:] = folded


def _lists_of(node: Node) -> list[NodeList]:
    named = [getattr(node, name, None) for name in node.child_nodelists]
    branches = [branch for _, branch in getattr(node, "conditions_nodelists", ())]
    return [found for found in (*named, *branches) if isinstance(found, NodeList)]


def _text_of(node: Node) -> str | None:
    """What the node always draws, None where that depends on the page."""
    if isinstance(node, TextNode):
        return node.s
    if isinstance(node, CommentNode | LoadNode):
        return ""
    if not _is_constant(node):
        return None
    try:
        return str(node.render(Context()))
    except (NoReverseMatch, ValueError):  # a part or a file that is not there: said when the page is drawn
        return None


def _is_constant(node: Node) -> bool:
    if isinstance(node, SimpleNode):
        words = [*node.args, *node.kwargs.values()]
        return node.func in ALWAYS_THE_SAME and node.target_var is None and all(map(_is_literal, words))
    if isinstance(node, StaticNode):
        return node.varname is None and _is_literal(node.path)
    if isinstance(node, URLNode):
        return node.asvar is None and not node.args and not node.kwargs and _is_literal(node.view_name)
    return False


def _is_literal(word: Any) -> bool:
    return isinstance(word, FilterExpression) and not word.is_var and not word.filters


def _text_node(text: str, like: Node) -> TextNode:
    made = TextNode(text)
    made.token, made.origin = like.token, like.origin
    return made
