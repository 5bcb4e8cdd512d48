"""None sees or changes what is not its own (Q-10); GET never writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver

from .actors import EVERYBODY, Scene, make_scene
from .cases import CASES, Case
from .fingerprint import changed, fingerprint

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-10")]
REFUSED = {403, 404}


def names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        else:
            yield f"{prefix}{entry.name}"


def test_every_address_is_in_the_matrix() -> None:
    known = set(names(get_resolver()))
    assert known - set(CASES) == set(), "write the new addresses into tests/permissions/cases.py"
    assert set(CASES) - known == set(), "these addresses are gone"


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.mark.parametrize("name", sorted(CASES))
def test_address(name: str, scene: Scene) -> None:
    """Every role with both methods: no right → 403, foreign → 404, right → an answer; refusals change nothing."""
    case = CASES[name]
    url = reverse(name, args=case.args(scene) if case.args else ())
    faults = []
    before = fingerprint()
    for actor in ("nobody", *EVERYBODY):
        for method in ("get", "post"):
            if actor != "nobody" and method == "post" and case.post and case.may(actor) and case.in_scope(actor):
                continue  # what a rightful POST does is tested where its effect is known
            answer = getattr(scene.clients[actor], method)(url, case.data if method == "post" else {})
            fault = judge(case, actor, method, answer)
            after = fingerprint()
            written = changed(before, after) if not (case.public or name in {"accounts:switch"}) else []
            before = after
            if written:
                fault = f"{fault} wrote {written}".strip()
            if fault:
                faults.append(f"{method.upper()} {name} as {actor}: {fault}")
    assert not faults, "\n".join(faults)


def judge(case: Case, actor: str, method: str, answer: Any) -> str:
    """What is wrong with an answer, "" when it is right."""
    status = answer.status_code
    if status >= 500:
        return f"{status}"
    if case.public:
        return "" if status < 400 or status in {404, 405, 422} else f"{status} for a public page"
    if actor == "nobody":
        at_door = status == 302 and answer.headers["Location"].startswith(reverse("accounts:sign-in"))
        return "" if at_door else f"{status} instead of the sign-in page"
    if status == 405:
        allowed = case.get if method == "get" else case.post
        return "405" if allowed and case.may(actor) and case.in_scope(actor) else ""
    if not case.may(actor):
        return "" if status in REFUSED else f"{status} without the right"
    if not case.in_scope(actor):
        return "" if status in REFUSED else f"{status} for what is not its own"
    return f"{status} in spite of the right" if status in REFUSED else ""
