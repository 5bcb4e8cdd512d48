"""Whoever knows the password alone reaches nothing: neither before the second factor nor before its set-up (P-08, Q-12)."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.permissions.actors import Scene, make_scene
from xinglin.accounts.factor_selectors import factor_of
from xinglin.accounts.models import Grant, SecondFactor, SignInFailure, User
from xinglin.accounts.tests.authenticator import App, enrol
from xinglin.accounts.tests.factories import PASSWORD, make_staff

from .doors import ACCOUNT, addresses, knock

SECOND, SETUP = reverse("accounts:second-factor"), reverse("accounts:factor")
METHODS = ("get", "post", "head", "put", "patch", "delete", "options")
ALWAYS = {"accounts:sign-out", "ui:theme", "ui:logo", "ui:favicon", "administration:activate"}
AT_SECOND = ALWAYS | {"accounts:second-factor"}
AT_SETUP = ALWAYS | {
    "accounts:factor", "accounts:factor-begin", "accounts:factor-confirm", "accounts:identities", "accounts:switch",
    "accounts:session-seen", "accounts:session-state",
}  # fmt: skip

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-08", "Q-12")]


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def user(scene) -> User:
    return make_staff("base_admin", scene.world.tree.base)


@pytest.fixture
def app(user) -> App:
    return enrol(user)


@pytest.fixture
def halfway(user, app) -> Client:
    """The thief of a password."""
    client = Client(raise_request_exception=False)
    assert knock(client, user.sign_in_name).url == SECOND
    return client


@pytest.fixture
def unenrolled(scene, settings) -> Client:
    """Somebody who must have a factor and has none."""
    settings.XINGLIN_SECOND_FACTOR = "all"
    client = Client(raise_request_exception=False)
    knock(client, make_staff("base_admin", scene.world.tree.base).sign_in_name)
    return client


def reached(client: Client, scene: Scene, open_ones: set[str], where: str) -> list[str]:
    """Addresses that answer anything but the way to the page that is still to do."""
    found = []
    for name, url in addresses(scene):
        for method in METHODS if name not in open_ones else ():
            answer = getattr(client, method)(url)
            if answer.status_code != 302 or answer.headers["Location"] != where:
                found.append(f"{method} {name}: {answer.status_code}")
    return found


def test_before_the_second_factor_no_address_answers_to_any_method(halfway, scene):
    assert not reached(halfway, scene, AT_SECOND, SECOND)


def test_before_the_set_up_no_address_answers_to_any_method(unenrolled, scene):
    assert not reached(unenrolled, scene, AT_SETUP, SETUP)


def test_parts_of_pages_do_not_answer_either(halfway, scene):
    for name, url in list(addresses(scene))[::5]:
        if name not in AT_SECOND:
            answer = halfway.get(url, headers={"HX-Request": "true"})
            assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, SECOND), url


def test_the_session_before_the_second_factor_knows_nobody(halfway):
    assert "_auth_user_id" not in halfway.session and halfway.session.get("grant") is None
    halfway.post(reverse("accounts:switch"), {"grant": Grant.unscoped.latest("pk").pk})
    assert halfway.session.get("grant") is None


def test_the_thief_sets_up_no_factor_of_his_own(halfway, user, app):
    for name in ("factor-begin", "factor-confirm", "factor-off", "factor-codes"):
        assert halfway.post(reverse(f"accounts:{name}"), {"again_password": PASSWORD, "code": "123456"}).url == SECOND
    assert factor_of(user.pk).secret == app.secret and not factor_of(user.pk).offered


def test_another_tab_does_not_sign_in_past_it(halfway, user):
    assert knock(halfway, user.sign_in_name).url == SECOND


def test_the_account_cannot_be_named_in_the_form(halfway, scene):
    """The value of one's own app opens one's own account only."""
    thief = make_staff("base_admin", scene.world.tree.base)
    own = enrol(thief)
    answer = halfway.post(SECOND, {"code": own.value(), "user": thief.pk, "account": thief.pk, "halfway": thief.pk})
    assert answer.status_code == 422 and halfway.get(ACCOUNT).url == SECOND


def test_a_planted_key_is_not_taken_over(user, app):
    client = Client()
    client.cookies["sessionid"] = planted = "b" * 32
    knock(client, user.sign_in_name)
    between = client.cookies["sessionid"].value
    client.post(SECOND, {"code": app.value()})
    assert len({planted, between, client.cookies["sessionid"].value}) == 3
    thief = Client()
    thief.cookies["sessionid"] = between
    assert thief.get(ACCOUNT).url.startswith(reverse("accounts:sign-in"))


def test_values_cannot_be_guessed_by_signing_in_again_and_again(user, app):
    """Each new sign-in with the right password starts no new count."""
    tried = 0
    for _ in range(6):
        client = Client()
        knock(client, user.sign_in_name)
        for _ in range(3):
            page = client.post(SECOND, {"code": app.wrong()})
            tried += "动态码不对" in page.content.decode()
    assert tried == 10 and SignInFailure.objects.filter(kind="factor").count() == 10


def test_the_token_of_the_form_is_asked_for(user, app):
    client = Client(enforce_csrf_checks=True)
    session = Client()
    knock(session, user.sign_in_name)
    client.cookies = session.cookies
    client.cookies.pop("csrftoken", None)
    assert client.post(SECOND, {"code": app.value()}).status_code == 403
    assert SecondFactor.objects.get(user=user).last_step is not None
