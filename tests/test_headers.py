"""What every answer says to the browser: type, policy, no caching, no foreign frames (Q-12)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.permissions.actors import Scene, make_scene
from tests.permissions.cases import CASES
from tests.sources import ROOT, templates

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-12")]

PUBLIC = sorted(name for name, case in CASES.items() if case.public and case.get and case.sees is None)
OWN_HOME = {"base_admin": "portal:home", "resident": "own:home", "province_reviewer": "review:queue"}
NEVER = ("trace", "put", "patch", "delete")


def policy(answer: HttpResponse) -> dict[str, list[str]]:
    """Directives of the content security policy with their sources."""
    parts = [part.split() for part in answer.headers["Content-Security-Policy"].split(";") if part.strip()]
    return {name: sources for name, *sources in parts}


def look(client: Client, name: str, scene: Scene) -> HttpResponse:
    case = CASES[name]
    return client.get(reverse(name, args=case.args(scene) if case.args else ()))


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def faults_of(answer: HttpResponse) -> list[str]:
    """What an answer leaves out."""
    found = []
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith("text/") and "charset=" not in kind:
        found.append(f"type without charset: {kind}")
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        found.append("may be sniffed")
    if answer.headers.get("Referrer-Policy") != "same-origin":
        found.append("tells others where one was")
    if answer.headers.get("Cross-Origin-Opener-Policy") != "same-origin":
        found.append("shares its window")
    if any(name.lower().startswith("access-control-") for name in answer.headers):
        found.append("opens itself to other origins")
    rules = policy(answer)
    wanted = {
        "default-src": ["'self'"], "script-src": ["'self'"], "style-src": ["'self'"], "object-src": ["'none'"],
        "frame-ancestors": ["'none'"], "base-uri": ["'none'"], "form-action": ["'self'"],
    }  # fmt: skip
    found += [f"{name}: {rules.get(name)}" for name, sources in wanted.items() if rules.get(name) != sources]
    if any("unsafe" in source or source == "*" for sources in rules.values() for source in sources):
        found.append("the policy lets anything in")
    return found


def test_public_pages_name_their_type_and_policy(scene: Scene) -> None:
    answers = {name: look(Client(), name, scene) for name in PUBLIC}
    assert len(answers) > 5
    wrong = {name: faults for name, answer in answers.items() if (faults := faults_of(answer))}
    assert not wrong


@pytest.mark.parametrize("role", sorted(OWN_HOME))
def test_pages_of_an_identity_do_so_too_and_are_kept_by_nobody(role: str, scene: Scene) -> None:
    answer = scene.clients[role].get(reverse(OWN_HOME[role]), follow=True)
    assert answer.status_code == 200
    assert not faults_of(answer)
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["nowhere/", "residents/999999999/", "imports/%00/"])
def test_refusals_name_their_policy_too(name: str, scene: Scene) -> None:
    answer = scene.clients["base_admin"].get(f"/{name}")
    assert answer.status_code in {302, 404}
    assert not faults_of(answer)


def test_other_methods_are_answered_by_no_page(scene: Scene) -> None:
    """TRACE would echo the cookies; the others have no meaning here (a 403 is the missing token)."""
    client = scene.clients["base_admin"]
    for name in ("portal:home", "residents:intake", "accounts:change-password"):
        for method in NEVER:
            answer = getattr(client, method)(reverse(name))
            assert answer.status_code in {403, 405}, f"{method} {name}: {answer.status_code}"


def test_cookies_are_closed_to_scripts_and_to_other_sites(scene: Scene) -> None:
    client = Client()
    client.get(reverse("accounts:sign-in"))
    assert settings.CSRF_COOKIE_NAME in client.cookies
    for name, morsel in client.cookies.items():
        assert morsel["samesite"] in {"Lax", "Strict"}, name
        assert morsel["httponly"], name
    assert (settings.SESSION_COOKIE_SAMESITE, settings.SESSION_COOKIE_HTTPONLY) == ("Lax", True)


FIELD = re.compile(r"<input[^>]*type=\"password\"[^>]*>")


def test_password_fields_are_masked_and_named_for_password_managers(scene: Scene) -> None:
    pages = [Client().get(reverse("accounts:sign-in"))]
    pages.append(scene.clients["base_admin"].get(reverse("accounts:change-password")))
    fields = [field for page in pages for field in FIELD.findall(page.content.decode())]
    assert len(fields) == 4, "sign-in asks for one; the change for the old one, the new one and the new one again"
    for field in fields:
        assert re.search(r'autocomplete="(current|new)-password"', field), field


def test_nothing_hinders_pasting() -> None:
    scripts = [path for path in Path(ROOT / "xinglin").rglob("*.js") if "node_modules" not in path.parts]
    assert scripts, "there are modules of ours"
    for path in [*scripts, *(ROOT / template for template in templates())]:
        text = path.read_text(encoding="utf-8")
        assert "onpaste" not in text, path
        assert not re.search(r"addEventListener\(\s*[\"']paste[\"']", text), path
