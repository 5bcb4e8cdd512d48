"""An intruder with a browser and patience: foreign records, forged forms, odd words. Nothing leaks, changes or breaks."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from xinglin.accounts.models import Grant, User
from xinglin.accounts.selectors import person_account
from xinglin.accounts.tests.factories import make_grant
from xinglin.files.tests import pictures
from xinglin.people.selectors import record_of
from xinglin.residents.actions.correcting import return_personal
from xinglin.residents.models import Correction, Enrollment, RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.reviews import actions as reviews

from .actors import make_scene
from .fingerprint import changed, fingerprint

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-10")]
MARKUP = '<img src=x onerror="alert(1)">'
ODD = ("²", "9" * 25, "9" * 5000, "-1", "1e9", "\x00", "٣", "", "²²²²")


@pytest.fixture
def scene():
    return make_scene()


def content(person_id):
    return record_of(person_id).content


def test_fixed_and_hidden_fields_cannot_be_sent_along_by_the_resident(scene):
    before = Enrollment.unscoped.filter(pk=scene.open.pk).values().get()
    old = content(scene.open.person_id)
    forged = {"id_number": scene.foreign.person.id_number, "id_type": "02", "sex": "2", "birth_date": "1970-01-01",
              "id_number_hash": "0" * 64, "pk": scene.foreign.person_id, "key": "x", "name": "梁改名"}  # fmt: skip
    sent = {f"basic_info.{name}": value for name, value in forged.items()} | forged
    sent |= {"organization": scene.foreign.organization_id, "training_status": "in_training", "holding": ""}
    assert scene.clients["resident"].post("/my/record/basic_info/", sent).status_code == 302
    now = content(scene.open.person_id)
    assert {key for key in now if now[key] != old[key]} == {"basic_info.name"}
    after = Enrollment.unscoped.filter(pk=scene.open.pk).values().get()
    assert {key for key in after if after[key] != before[key]} <= {
        "updated_at",
        "filled_at",
        "missing_count",
        "person_name",
    }


def test_fixed_and_hidden_fields_cannot_be_sent_along_by_the_base(scene):
    before = Enrollment.unscoped.filter(pk=scene.open.pk).values().get()
    url = reverse("residents:training", args=[scene.open.pk])
    seen = scene.clients["base_admin"].get(url).context["token"]
    forged = {"organization": scene.foreign.organization_id, "province": scene.world.tree.other_province.pk,
              "intake_year": 1999, "training_status": "completed", "holding": "", "person": scene.foreign.person_id,
              "track": "tcm", "window": 0, "lapsed_at": "2020-01-01", "correction_status": "corrected"}  # fmt: skip
    sent = (
        forged | {f"{name}_id": value for name, value in forged.items()} | {"seen": seen, "training_division": "110101"}
    )
    assert scene.clients["base_admin"].post(url, sent).status_code == 302
    after = Enrollment.unscoped.filter(pk=scene.open.pk).values().get()
    moved = {key for key in after if after[key] != before[key]}
    assert moved <= {"training_division", "updated_at", "missing_count"}, moved


def test_the_picture_of_another_resident_is_refused(scene):
    thief, owner = scene.clients["resident"], scene.clients["other_resident"]
    scan = SimpleUploadedFile("scan.jpg", pictures.saved(pictures.drawing()))
    stolen = owner.post("/files/upload", {"file": scan, "purpose": "id_front"}).json()["id"]
    answer = thief.post("/my/record/basic_info/", {"basic_info.id_front": stolen})
    assert answer.status_code == 422 and "这张图片用不上" in answer.text
    assert content(scene.open.person_id)["basic_info.id_front"] != stolen
    for actor in ("resident", "other_province", "base_admin"):
        assert scene.clients[actor].get(f"/files/{stolen}/thumb").status_code == 404
        assert scene.clients[actor].post(f"/files/{stolen}/reveal").status_code == 404
    assert owner.get(f"/files/{stolen}/thumb").status_code == 200


@pytest.mark.parametrize("verb", ["residents:return-many", "residents:report"])
def test_foreign_ids_among_ones_own_are_not_touched(scene, verb):
    Enrollment.unscoped.filter(pk=scene.open.pk).update(updated_at=scene.open.updated_at)
    state = RecruitmentReview.unscoped.filter(pk=scene.foreign.pk).values().get()
    sent = {"pick": [scene.open.pk, scene.foreign.pk], "comment": "请补齐", "send": "1"}
    answer = scene.clients["base_admin"].post(reverse(verb), sent, follow=True)
    assert answer.status_code == 200 and scene.foreign.person.name not in answer.text
    assert RecruitmentReview.unscoped.filter(pk=scene.foreign.pk).values().get() == state
    assert not Correction.unscoped.filter(enrollment_id=scene.foreign.pk).exists()


def test_a_selection_is_good_for_its_user_and_its_list_only(scene):
    mine = scene.clients["base_admin"].get(reverse("residents:intake")).context["page"].token
    before = fingerprint()
    for actor, url in (
        ("sibling_base", reverse("residents:return-many")),
        ("base_organization", reverse("residents:report")),
        ("province_reviewer", reverse("review:batch", args=["approve"])),
    ):
        sent = {"selection": mine, "comment": "退", "send": "1", "confirmed": "1"}
        assert scene.clients[actor].post(url, sent).status_code == 422, actor
    assert not changed(before)


def test_one_cannot_act_under_the_grant_of_another(scene):
    foreign = Grant.unscoped.get(user_id=scene.world.association.user_id)
    client = scene.clients["base_admin"]
    for grant in (foreign.pk, *ODD):
        assert client.post(reverse("accounts:switch"), {"grant": grant}).status_code == 404
    assert client.get(reverse("windows:new")).status_code == 403


def test_a_base_cannot_take_over_an_official_who_is_also_its_resident(scene):
    account = person_account(scene.open.person_id)
    grant = Grant.unscoped.get(user=account)
    make_grant(account, "province_reviewer", scene.world.tree.province)
    url = reverse("residents:reset-password", args=[grant.pk])
    assert scene.clients["sibling_base"].post(url).status_code == 404
    refused = scene.clients["base_admin"].post(url)
    assert refused.status_code == 403 and "也有身份" in refused.text
    assert User.unscoped.get(pk=account.pk).password == account.password


def test_a_token_of_another_users_form_stops_nobody(scene):
    """Else whoever guesses a token could swallow another's save."""
    sent = {"basic_info.name": "程望禾", "once": "the-same-token"}
    assert scene.clients["other_resident"].post("/my/record/basic_info/", sent).status_code == 302
    assert scene.clients["resident"].post("/my/record/basic_info/", sent).status_code == 302
    assert content(scene.open.person_id)["basic_info.name"] == "程望禾"


def test_without_the_token_of_the_site_no_post_is_taken(scene):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies = scene.clients["base_admin"].cookies
    before = fingerprint()
    for url in (
        reverse("residents:delete", args=[scene.open.pk]),
        reverse("accounts:sign-out"),
        "/exports/of/residents.intake/",
    ):
        assert client.post(url).status_code == 403
    assert not changed(before) and client.get("/residents-home/").status_code == 200


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\x00//e"]
)
def test_the_way_back_to_the_list_leads_nowhere_else(scene, where):
    state = scene.clients["base_admin"].post(
        reverse("residents:return-many"), {"pick": scene.open.pk, "comment": "退", "send": "1", "state": where}
    )
    assert state.status_code == 302 and state.url == reverse("residents:intake")


def test_a_decision_on_an_older_report_or_with_a_forged_version_does_nothing(scene):
    client, url = scene.clients["province_reviewer"], reverse("review:decide", args=[scene.own.pk])
    before = fingerprint()
    for version in (*ODD, "1000000"):
        assert client.post(url, {"verdict": "approve", "version": version}).status_code == 409, version
    assert client.post(url, {"verdict": "approve"}).status_code == 409
    assert not changed(before)


def test_an_approved_record_is_deleted_by_nobody(scene):
    assert reviews.approve(RECRUITMENT, [scene.own.pk], by=scene.world.province).done
    before = fingerprint()
    for actor in ("base_admin", "base_organization", "sibling_base", "province_admin", "resident", "nobody"):
        assert scene.clients[actor].post(reverse("residents:delete", args=[scene.own.pk])).status_code in {
            302,
            403,
            404,
            422,
        }
    assert not changed(before) and Enrollment.unscoped.filter(pk=scene.own.pk).exists()


def test_exports_ask_for_the_right_to_the_list(scene):
    for actor in ("resident", "other_resident"):
        for name in ("residents.intake", "residents.accounts", "residents.past", "exports.history"):
            assert scene.clients[actor].post(f"/exports/of/{name}/", {"column": "name"}).status_code in {403, 404}
    url = "/exports/of/residents.intake/"
    made = scene.clients["base_admin"].post(
        url, {"column": ["name"], "format": "csv", "query": f"organization={scene.foreign.organization_id}"}
    )
    assert made.status_code == 302
    for actor in ("sibling_base", "base_organization", "province_admin", "association_admin", "resident"):
        assert scene.clients[actor].get(made.url).status_code in {403, 404}, actor
        assert scene.clients[actor].post(f"{made.url}download").status_code in {403, 404}, actor
    file = b"".join(scene.clients["base_admin"].post(f"{made.url}download")).decode()
    assert scene.foreign.person.name not in file or scene.foreign.person.name == scene.own.person.name


@pytest.mark.req("Q-11")
@pytest.mark.parametrize("address", ["residents:intake", "residents:accounts", "residents:past", "residents:changes",
                                     "imports:history", "exports:history", "windows:list"])  # fmt: skip
def test_lists_take_any_word_in_their_address(scene, address):
    client = scene.clients["base_admin"]
    words = ("page", "size", "sort", "name", "year", "id_number_hash", "id_number_last6", "count", "specialty", "state")
    for odd in (*ODD, MARKUP, "name);drop table x--", "person__key__wrapped", "-person__id_number_hash"):
        answer = client.get(reverse(address), dict.fromkeys(words, odd))
        assert answer.status_code == 200 and MARKUP not in answer.text
    for do in ("filter", "columns", "density", "size", "page"):
        for odd in ODD:
            sent = dict.fromkeys(("page", "size", "id_number", "column", "fix", "state", "density", "name"), odd)
            assert client.post(reverse(address), {"do": do} | sent).status_code == 302


@pytest.mark.req("Q-11")
def test_odd_numbers_in_addresses_are_not_found(scene):
    reviewer, base = scene.clients["province_reviewer"], scene.clients["base_admin"]
    for number in ("9" * 25, str(2**63), "0"):
        assert reviewer.get(f"/review/{number}").status_code == 404
        assert reviewer.post(f"/review/{number}/decide", {"comment": "x"}).status_code == 404
        assert reviewer.post(f"/review/{number}/revoke", {"reason": "x"}).status_code == 404
        for tail in ("", "training/", "return/", "difference/", "delete/"):
            assert base.get(f"/residents/{number}/{tail}").status_code == 404
    for odd in ("²", "9" * 25, "9" * 5000):
        assert Client().get(f"/site/theme-{odd}.css").status_code == 404
        assert Client().get(f"/site/logo-{odd}.png").status_code == 404
        assert base.get("/residents-home/", {"year": odd}).status_code == 200
    assert base.get("/residents-home/", {"year": "²²²²"}).status_code == 200


@pytest.mark.req("Q-11")
def test_the_sign_in_page_takes_any_word(db):
    for odd in (*ODD, MARKUP):
        words = dict.fromkeys(("entrance", "track", "next", "name", "password", "id_type", "why", "once"), odd)
        client = Client(raise_request_exception=False)
        assert client.get(reverse("accounts:sign-in"), words).status_code == 200
        refused = client.post(reverse("accounts:sign-in"), words)
        assert refused.status_code == 422 and MARKUP not in refused.text


def test_unknown_ids_of_imports_are_not_found_for_everybody(scene):
    for actor in ("base_admin", "sibling_base", "association_admin"):
        for tail in ("", "progress"):
            assert scene.clients[actor].get(f"/imports/job/{uuid.uuid4()}/{tail}").status_code == 404


def test_a_window_that_closed_between_takes_no_forged_save(scene):
    phase = scene.world.window.phases.get(kind="filling")
    phase.ends_at = phase.starts_at + timedelta(minutes=1)
    phase.save()
    old = content(scene.open.person_id)
    assert (
        scene.clients["resident"]
        .post("/my/record/basic_info/", {"basic_info.name": "方迟到", "confirm": "1"})
        .status_code
        == 422
    )
    assert content(scene.open.person_id) == old
    assert not return_personal([scene.open.pk], comment="退", by=scene.world.base).done
