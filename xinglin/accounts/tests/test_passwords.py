"""修改密码, and resets by the level above (P-06)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.forms import Form
from django.test import Client
from django.urls import reverse

from xinglin.accounts import forms
from xinglin.accounts.actions import give_grant, reset_passwords, share_password
from xinglin.accounts.models import InitialCredential, User
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer

from .factories import PASSWORD, make_grant, make_resident, make_staff, make_tree, sign_in, viewer_of
from .test_sign_in import send

URL = reverse("accounts:change-password")
ACCOUNT = reverse("accounts:account")
NEW = "Kapok-Lane-77"

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-06")]


@pytest.fixture
def tree():
    return make_tree()


def test_a_changed_password_ends_the_other_sessions_only(client, tree):
    user = make_resident(tree.base)
    sign_in(client, user)
    elsewhere = sign_in(Client(), user)
    key = client.session.session_key
    assert client.post(URL, {"old": PASSWORD, "new": NEW, "confirm": NEW}).url == ACCOUNT
    assert "密码已修改" in client.get(ACCOUNT).content.decode()
    assert client.session.session_key != key
    assert elsewhere.get(ACCOUNT).status_code == 302
    assert User.unscoped.get(pk=user.pk).check_password(NEW)
    assert HistoryEntry.unscoped.filter(verb="password_changed").count() == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"old": "Wrong-2026"}, "当前密码不对"),
        ({"old": ""}, "请填写当前密码"),
        ({"confirm": "Other-2026"}, "两次填写的新密码不一样"),
        ({"new": PASSWORD, "confirm": PASSWORD}, "不能与初始密码或当前密码相同"),
        ({"new": "short1A", "confirm": "short1A"}, "至少 8 位"),
    ],
)
def test_what_is_wrong_is_said(client, tree, words, said):
    user = make_resident(tree.base)
    answer = sign_in(client, user).post(URL, {"old": PASSWORD, "new": NEW, "confirm": NEW} | words)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert User.unscoped.get(pk=user.pk).check_password(PASSWORD)


def test_guessing_the_current_password_is_slowed_down(client, tree):
    sign_in(client, make_resident(tree.base))
    for _ in range(10):
        client.post(URL, {"old": "Wrong-2026", "new": NEW, "confirm": NEW})
    assert "分钟后再试" in client.post(URL, {"old": PASSWORD, "new": NEW, "confirm": NEW}).content.decode()


def test_a_base_resets_its_resident_back_to_the_default(client, tree):
    user = make_resident(tree.base)
    sign_in(client, user)
    issue = reset_passwords([user], issuer_organization=tree.base, by=viewer_of(make_staff("base_admin", tree.base)))
    assert issue.default == "000000"
    assert client.get(ACCOUNT).status_code == 302
    client.post(reverse("accounts:sign-out"))
    assert "用户名或密码不对" in send(client, user.person.id_number, PASSWORD, entrance="resident").content.decode()
    answer = send(client, user.person.id_number, "000000", entrance="resident")
    assert answer.url == reverse("accounts:initial-password")
    assert HistoryEntry.unscoped.filter(verb="password_reset", person_id=user.person_id).count() == 1


def test_a_second_reset_replaces_the_first(tree):
    user, admin = make_resident(tree.base), viewer_of(make_staff("base_admin", tree.base))
    for _ in range(2):
        reset_passwords([user], issuer_organization=tree.base, by=admin)
    assert InitialCredential.objects.filter(user=user, used_at=None, revoked_at=None).count() == 1


def test_whoever_resets_must_cover_every_identity(tree):
    user = make_resident(tree.base)
    make_grant(user, "base_admin", tree.sibling)
    with pytest.raises(NotAllowed, match=tree.sibling.name):
        reset_passwords([user], issuer_organization=tree.base, by=viewer_of(make_staff("base_admin", tree.base)))
    province = viewer_of(make_staff("province_admin", tree.province))
    reset_passwords([user], issuer_organization=tree.province, by=province)


@pytest.mark.parametrize(
    ("by", "at", "target"),
    [
        ("base_admin", "base", "base_organization"),
        ("base_admin", "base", "base_admin"),
        ("province_reviewer", "province", "resident"),
        ("ministry_reader", "ministry", "resident"),
        ("base_admin", "sibling", "resident"),
        ("province_admin", "other_province", "base_organization"),
        ("base_organization", "base", "own"),
    ],
)
def test_nobody_resets_who_is_not_below(tree, by, at, target):
    actor = make_staff(by, getattr(tree, at))
    if target == "own":
        user = actor
    else:
        user = make_resident(tree.base) if target == "resident" else make_staff(target, tree.base)
    with pytest.raises(NotAllowed):
        reset_passwords([user], issuer_organization=tree.base, by=viewer_of(actor))
    assert User.unscoped.get(pk=user.pk).check_password(PASSWORD)


@pytest.mark.parametrize(
    ("by", "at", "target"),
    [
        ("base_organization", "base", "base_admin"),
        ("province_admin", "province", "base_organization"),
        ("association_admin", "association", "base_organization"),
        ("association_admin", "association", "province_reviewer"),
    ],
)
def test_the_level_above_resets(tree, by, at, target):
    user = make_staff(target, tree.province if target.startswith("province") else tree.base)
    reset_passwords([user], issuer_organization=tree.base, by=viewer_of(make_staff(by, getattr(tree, at))))
    assert not User.unscoped.get(pk=user.pk).has_usable_password()


def test_a_viewer_of_one_track_does_not_cover_the_other(tree):
    user = make_resident(tree.base, track="tcm")
    admin = viewer_of(make_staff("base_admin", tree.base, track="western"))
    with pytest.raises(NotAllowed):
        reset_passwords([user], issuer_organization=tree.base, by=admin)


def test_a_shared_password_is_for_trials_only(tree, settings):
    users = [make_resident(tree.base) for _ in range(2)]
    share_password([user.pk for user in users], NEW, by=Viewer.system("demo"))
    assert all(User.unscoped.get(pk=user.pk).check_password(NEW) for user in users)
    settings.PRODUCTION = True
    with pytest.raises(Refused):
        share_password([users[0].pk], NEW, by=Viewer.system("demo"))


def test_a_role_is_given_only_where_it_belongs(tree):
    user, system = make_resident(tree.base), Viewer.system("test")
    with pytest.raises(Refused):
        give_grant(user, "province_reviewer", tree.base, by=system)
    with pytest.raises(Refused):
        give_grant(user, "base_organization", tree.base, by=system)
    grant = give_grant(user, "base_admin", tree.base, by=system)
    assert give_grant(user, "base_admin", tree.base, by=system).pk == grant.pk
    assert HistoryEntry.unscoped.filter(verb="grant_given").count() == 1


@pytest.mark.req("Q-12")
def test_an_own_password_does_not_lapse(client, tree):
    with time_machine.travel(clock.now() - timedelta(days=3650), tick=False):
        user = make_resident(tree.base)
        sign_in(Client(), user).post(URL, {"old": PASSWORD, "new": NEW, "confirm": NEW})
    assert send(client, user.person.id_number, NEW, entrance="resident").url == "/"
    assert client.get(ACCOUNT).status_code == 200, "in at once, not confined to a page for a new password"


HINTS = re.compile("hint|question|remind|密保|密码提示|问题|答案", re.I)


@pytest.mark.req("Q-12")
def test_no_form_and_no_row_knows_a_hint_or_a_secret_question():
    declared = [form for form in vars(forms).values() if isinstance(form, type) and issubclass(form, Form)]
    fields = {(form.__name__, name, str(field.label)) for form in declared for name, field in form.base_fields.items()}
    columns = {(model.__name__, field.name, str(field.verbose_name)) for model in apps.get_app_config("accounts").get_models()
               for field in model._meta.fields}  # fmt: skip
    assert len(fields) > 15 and len(columns) > 60
    found = {entry for entry in fields | columns if HINTS.search(" ".join(entry[1:]))}
    assert not found, "the image captcha's answer is the only one"
    assert HINTS.search("hint") and HINTS.search("密保问题")
