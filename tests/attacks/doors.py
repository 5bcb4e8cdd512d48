"""Knocking at the doors as a browser does, and walking all addresses of the house."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver

from tests.permissions.actors import Scene
from tests.permissions.cases import CASES
from xinglin.accounts import puzzles
from xinglin.accounts.tests.factories import PASSWORD

SIGN_IN, FORGOTTEN = reverse("accounts:sign-in"), reverse("accounts:forgotten")
ACCOUNT = reverse("accounts:account")
CAPTCHA = "2468"
CACHED = "dictionaries_"


def knock(
    client: Client, name: str, password: str = PASSWORD, *, entrance: str = "organization", address: str = "203.0.113.7",
    headers: dict[str, str] | None = None, **words: Any,
) -> HttpResponse:  # fmt: skip
    """The sign-in form, filled with a right captcha unless told otherwise."""
    sent = {"entrance": entrance, "track": "western", "name": name, "password": password, "answer": CAPTCHA}
    sent["picture_token"] = puzzles.make_puzzle().picture_token
    return client.post(SIGN_IN, sent | words, REMOTE_ADDR=address, headers=headers or {})


def forget(client: Client, name: str, *, entrance: str = "resident", address: str = "203.0.113.7", **words: Any) -> Any:
    """The form of a forgotten password."""
    sent = {"entrance": entrance, "name": name, "id_type": "01", "answer": CAPTCHA}
    sent["picture_token"] = puzzles.make_puzzle().picture_token
    return client.post(FORGOTTEN, sent | words, REMOTE_ADDR=address)


def views(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every address by name, with its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        else:
            yield f"{prefix}{entry.name}", entry.callback


def addresses(scene: Scene) -> Iterator[tuple[str, str]]:
    """Every address that the permission matrix knows, with an object that exists."""
    made: dict[Any, tuple[Any, ...]] = {}
    for name, case in sorted(CASES.items()):
        if case.args and case.args not in made:
            made[case.args] = case.args(scene)
        yield name, reverse(name, args=made[case.args] if case.args else ())


def said(answer: Any) -> str:
    """The words of a page without what is new in each: tokens, pictures, names of files, the typed name."""
    text = answer.content.decode()
    text = re.sub(r'value="[^"]*"|src="data:[^"]*"|href="/forgotten/[^"]*"|X-CSRFToken[^}]*', "", text)
    return re.sub(r"\s+", " ", text)


def shape(queries: list[dict[str, str]]) -> list[str]:
    """Statements without their values, and without those that a process asks once."""
    value = r"""'(?:[^']|'')*'|\b\d+\b|\bNULL\b|"s\d+_x\d+\""""
    return [re.sub(value, "?", query["sql"]) for query in queries if CACHED not in query["sql"]]
