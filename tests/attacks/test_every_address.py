"""Walks of the whole house: without the form's token, out of a confined first sign-in, with fields nobody asked for."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.permissions.actors import EVERYBODY, Scene, make_scene
from tests.permissions.cases import CASES
from xinglin.accounts.actions import open_users
from xinglin.accounts.models import Grant, InitialCredential, User
from xinglin.accounts.tests.factories import make_person, sign_in
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import Organization
from xinglin.people.models import Person
from xinglin.residents.models import Enrollment

from .doors import ACCOUNT, addresses, knock, views

FIRST = reverse("accounts:initial-password")
OPEN_WHILE_CONFINED = {
    "accounts:initial-password", "accounts:initial-code", "accounts:sign-out", "ui:theme", "ui:logo", "ui:favicon",
    "administration:activate",  # another first sign-in by its one-time code, itself confined
}  # fmt: skip

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-10", "Q-12")]


@pytest.fixture
def scene() -> Scene:
    return make_scene()


class TestForgedForms:
    def test_no_view_is_exempt_from_the_token(self):
        exempt = [name for name, view in views() if getattr(view, "csrf_exempt", False)]
        assert not exempt

    def test_every_post_without_it_is_refused(self, scene):
        """Signed in as somebody with the right, from another site: the cookie comes along, the token does not."""
        reached = []
        clients = {name: _strict(client) for name, client in scene.clients.items()}
        for name, url in addresses(scene):
            actor = next(iter(CASES[name].roles), "nobody")
            answer = clients[actor].post(url, CASES[name].data)
            if answer.status_code != 403:
                reached.append(f"{name} as {actor}: {answer.status_code}")
        assert not reached

    def test_the_sign_in_itself_cannot_be_forged(self, scene):
        """Login CSRF: signing a victim in as the attacker."""
        user = User.unscoped.get(pk=scene.world.base.user_id)
        answer = knock(Client(enforce_csrf_checks=True), user.sign_in_name)
        assert answer.status_code == 403
        assert "sessionid" not in answer.cookies

    def test_a_token_of_another_browser_is_worth_nothing(self, scene):
        foreign = Client()
        foreign.get(reverse("accounts:sign-in"))
        token = foreign.cookies["csrftoken"].value
        mine = _strict(scene.clients["base_admin"])
        assert mine.post(reverse("accounts:end-sessions"), {"csrfmiddlewaretoken": token}).status_code == 403


def _strict(client: Client) -> Client:
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.cookies = client.cookies
    return strict


class TestConfined:
    """A first sign-in gets the page for the new password, the way out, and nothing else."""

    @pytest.fixture
    def confined(self, scene):
        person = make_person()
        open_users([person.pk], organization=scene.world.tree.base, track="western", by=Viewer.system("test"))
        client = Client(raise_request_exception=False)
        assert knock(client, person.id_number, "000000", entrance="resident").url == FIRST
        return client

    def test_no_address_answers_to_any_method(self, scene, confined):
        reached = []
        for name, url in addresses(scene):
            if name in OPEN_WHILE_CONFINED:
                continue
            for method in ("get", "post", "head", "put", "patch", "delete", "options"):
                answer = getattr(confined, method)(url)
                if answer.status_code != 302 or answer.headers["Location"] != FIRST:
                    reached.append(f"{method} {name}: {answer.status_code}")
        assert not reached

    def test_parts_of_pages_do_not_answer_either(self, scene, confined):
        closed = [url for name, url in addresses(scene) if name not in OPEN_WHILE_CONFINED]
        for url in closed[::5]:
            answer = confined.get(url, headers={"HX-Request": "true"})
            assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, FIRST), url

    @pytest.mark.parametrize(
        "path", ["//account/", "/account/../account/", "/ACCOUNT/", "/account/;x", "/initial-password/../account/"]
    )
    def test_no_spelling_of_an_address_slips_through(self, confined, path):
        answer = confined.get(path)
        assert answer.status_code in {301, 302, 404}
        if answer.status_code != 404:
            assert confined.get(path, follow=True).redirect_chain[-1][0].startswith(FIRST)

    def test_a_second_tab_cannot_sign_in_past_it(self, confined, scene):
        user = User.unscoped.get(pk=scene.world.base.user_id)
        assert knock(confined, user.sign_in_name).url == FIRST

    def test_the_session_knows_nobody(self, confined):
        assert "_auth_user_id" not in confined.session
        assert confined.session.get("grant") is None
        confined.post(reverse("accounts:switch"), {"grant": Grant.unscoped.latest("pk").pk})
        assert confined.session.get("grant") is None

    def test_the_credential_of_another_cannot_be_named(self, confined, scene):
        """The form has no field for whose password it sets."""
        other = make_person()
        open_users([other.pk], organization=scene.world.tree.base, track="western", by=Viewer.system("test"))
        foreign = InitialCredential.objects.get(user__person=other)
        words = {"old": "000000", "phone": other.phone, "new": "Kapok-Lane-77", "confirm": "Kapok-Lane-77"}
        words |= {"credential": foreign.pk, "initial": foreign.pk, "user": foreign.user_id, "user_id": foreign.user_id}
        assert confined.post(FIRST, words).status_code == 422
        foreign.refresh_from_db()
        assert foreign.used_at is None


PROTECTED: dict[type, tuple[str, ...]] = {
    Grant: ("user_id", "role", "organization_id", "track", "starts_at"),
    User: ("person_id", "organization_id", "is_active"),
    Organization: ("parent_id", "path", "kind", "province_id"),
    Enrollment: ("person_id", "organization_id", "province_id", "track", "window_id"),
    Person: ("id_type", "id_number_hash", "key_id"),
}


def protected() -> dict[str, dict[Any, tuple[Any, ...]]]:
    """Who belongs to whom, and what each may do."""
    return {
        model.__name__: {row[0]: row[1:] for row in model._base_manager.values_list("pk", *columns)}
        for model, columns in PROTECTED.items()
    }


class TestFieldsNobodyAskedFor:
    """Mass assignment: fields of the tables sent along with any form."""

    def hostile(self, scene) -> dict[str, Any]:
        tree, victim = scene.world.tree, scene.world.province.user_id
        return {
            "organization": tree.foreign_base.pk, "organization_id": tree.foreign_base.pk, "base": tree.foreign_base.pk,
            "organization_path": "/", "path": "/", "province": tree.other_province.pk,
            "province_id": tree.other_province.pk, "parent": tree.association.pk, "parent_id": tree.association.pk,
            "role": "association_admin", "permissions": "people.erase", "grant_id": 1, "kind": "association",
            "user": victim, "user_id": victim, "person": scene.foreign.person_id, "person_id": scene.foreign.person_id,
            "owner_user_id": victim, "is_active": "", "is_staff": "1", "is_superuser": "1", "track": "tcm",
            "status": "approved", "state": "approved", "review_status": "approved", "report_status": "reported",
            "id_number": "110199199001011234", "id_number_hash": "0" * 64, "id_type": "06", "key": "0" * 32,
            "session_epoch": 0, "window": 10**6, "window_id": 10**6, "starts_at": "2000-01-01", "id": 1, "pk": 1,
        }  # fmt: skip

    def test_no_form_of_the_house_takes_them(self, scene):
        every = list(addresses(scene))
        before, hostile = protected(), self.hostile(scene)
        faults = []
        for name, url in every:
            case = CASES[name]
            if not case.post or name == "accounts:sign-out":
                continue
            for actor in EVERYBODY:
                if not (case.public or case.may(actor)):
                    continue
                answer = scene.clients[actor].post(url, {**hostile, **case.data})
                if answer.status_code >= 500:
                    faults.append(f"{name} as {actor}: {answer.status_code}")
            faults += [f"{name}: {fault}" for fault in _moved(before, protected())]
        assert not faults

    def test_a_valid_form_takes_its_own_fields_only(self, scene):
        """The sign-in and the change of a password, done right, with everything else sent along."""
        user = User.unscoped.get(pk=scene.world.base.user_id)
        before, hostile = protected(), self.hostile(scene)
        client = Client()
        words = {key: value for key, value in hostile.items() if key not in {"track", "id_type"}}
        assert knock(client, user.sign_in_name, **words).url == "/"
        viewer = client.get(ACCOUNT).wsgi_request.viewer
        assert (viewer.user_id, viewer.role) == (user.pk, "base_admin")
        change = {"old": "Apricot-2026", "new": "Kapok-Lane-77", "confirm": "Kapok-Lane-77"}
        assert client.post(reverse("accounts:change-password"), {**hostile, **change}).url == ACCOUNT
        victim = User.unscoped.get(pk=scene.world.province.user_id)
        assert not victim.check_password("Kapok-Lane-77")
        assert not _moved(before, protected())

    def test_ending_sessions_ends_ones_own(self, scene):
        user = User.unscoped.get(pk=scene.world.province.user_id)
        victim = sign_in(Client(), user)
        scene.clients["base_admin"].post(reverse("accounts:end-sessions"), self.hostile(scene))
        assert victim.get(ACCOUNT).status_code == 200


def _moved(before: dict[str, dict[Any, Any]], after: dict[str, dict[Any, Any]]) -> list[str]:
    """Rows that changed hands or came out of nothing; a row that its owner deleted is no assignment."""
    found = []
    for model, rows in after.items():
        found += [f"{model} {pk} is new" for pk in rows if pk not in before[model]]
        found += [f"{model} {pk}: {before[model][pk]} → {row}" for pk, row in rows.items()
                  if pk in before[model] and before[model][pk] != row]  # fmt: skip
    return found
