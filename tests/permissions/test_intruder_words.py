"""What an intruder writes: markup in every text, comments on fields that do not exist, books instead of sentences."""

from __future__ import annotations

import logging

import pytest
from django.urls import reverse

from xinglin.history.models import HistoryEntry
from xinglin.kernel.errors import Refused
from xinglin.people.models import Person
from xinglin.residents.actions.confirming import confirm
from xinglin.residents.actions.correcting import return_personal
from xinglin.residents.models import Correction, RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.tests.signed_in import client_of
from xinglin.reviews import actions as reviews

from .actors import make_scene

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-11")]
MARKUP = '<img src=x onerror="alert(1)">'
FIELD = "education.bachelor.school"


@pytest.fixture
def scene():
    return make_scene()


@pytest.mark.parametrize("key", ["<script>", "nothing.of_this", "", "__class__", "basic_info.key"])
def test_comments_on_fields_that_do_not_exist_are_refused_and_nothing_is_returned(scene, key):
    """Nobody could ever answer them: the record would wait for ever."""
    version = RecruitmentReview.unscoped.get(pk=scene.own.pk).version_id
    sent = {f"comment.{key}": "请改", "verdict": "return", "version": version}
    for actor, name in (("province_reviewer", "review:decide"), ("base_admin", "residents:return")):
        answer = scene.clients[actor].post(reverse(name, args=[scene.own.pk]), sent)
        assert answer.status_code == 422 and "不存在的项目" in answer.text and "<script>请" not in answer.text
    assert RecruitmentReview.unscoped.get(pk=scene.own.pk).review_status == "pending"
    assert not Correction.unscoped.exists()


@pytest.mark.parametrize("name", ["comment", f"comment.{FIELD}"])
def test_a_book_instead_of_a_comment_is_refused_and_kept_on_the_screen(scene, name):
    version = RecruitmentReview.unscoped.get(pk=scene.own.pk).version_id
    sent = {name: "字" * 100_000, "verdict": "return", "version": version}
    for actor, address in (("province_reviewer", "review:decide"), ("base_admin", "residents:return")):
        answer = scene.clients[actor].post(reverse(address, args=[scene.own.pk]), sent)
        assert answer.status_code == 422 and "100,000 个字，最多 500 个字" in answer.text and "字" * 1000 in answer.text
    assert RecruitmentReview.unscoped.get(pk=scene.own.pk).review_status == "pending"


def test_reasons_have_their_length_on_every_database(scene):
    """SQLite would store them, PostgreSQL would break."""
    with pytest.raises(Refused, match="最多 200 个字"):
        confirm([scene.own.pk], reason="由" * 201, by=scene.world.base)
    assert reviews.approve(RECRUITMENT, [scene.own.pk], by=scene.world.province).done
    with pytest.raises(Refused, match="最多 200 个字"):
        reviews.revoke(RECRUITMENT, [scene.own.pk], reason="由" * 201, by=scene.world.province)


def test_replies_to_what_was_not_asked_are_left_out(scene):
    assert return_personal([scene.open.pk], comment="", field_comments={FIELD: "校名"}, by=scene.world.base).done
    sent = {
        "basic_info.name": scene.open.person.name,
        f"reply.{FIELD}": "证书如此\x00",
        "reply.evil": "x",
        "reply.<b>": "y",
    }
    assert scene.clients["resident"].post("/my/record/basic_info/", sent).status_code == 302
    assert Correction.unscoped.get().replies == {FIELD: "证书如此"}


def test_markup_in_names_comments_and_replies_is_text_wherever_it_is_shown(scene):
    Person.unscoped.filter(pk__in=[scene.own.person_id, scene.open.person_id]).update(name=MARKUP)
    assert return_personal([scene.open.pk], comment=MARKUP, field_comments={FIELD: MARKUP}, by=scene.world.base).done
    shown = [scene.clients["resident"].get(url) for url in ("/my/", "/my/record/", "/my/record/education/", "/my/me/")]
    sent = {"basic_info.address": MARKUP, "reply": MARKUP, f"reply.{FIELD}": MARKUP}
    shown.append(scene.clients["resident"].post("/my/record/basic_info/", sent, follow=True))
    comments = {"field_comments": {FIELD: MARKUP}, "comment": MARKUP}
    province, base = scene.clients["province_reviewer"], scene.clients["base_admin"]
    shown += [province.get(reverse("review:record", args=[scene.own.pk])), province.get(reverse("residents:intake"))]
    assert reviews.return_(RECRUITMENT, [scene.own.pk], by=scene.world.province, **comments).done
    shown.append(province.get(reverse("review:record", args=[scene.own.pk])))
    for row in (scene.own, scene.open):
        shown += [base.get(reverse("residents:detail", args=[row.pk]), {"tab": tab, "log": "all"})
                  for tab in ("", "basic_info", "education", "training_info", "training_status")]  # fmt: skip
        shown += [
            base.get(reverse(f"residents:{name}", args=[row.pk]))
            for name in ("difference", "return", "training", "delete")
        ]
    shown += [base.get(reverse(f"residents:{name}")) for name in ("intake", "accounts", "changes", "past")]
    shown += [
        base.get(reverse("residents:change", args=[entry.pk]))
        for entry in HistoryEntry.unscoped.filter(subject_type="person")
    ]
    shown.append(
        base.post(
            reverse("residents:return-many"), {"pick": [scene.own.pk, scene.open.pk], "comment": MARKUP}, follow=True
        )
    )
    shown.append(
        base.post(reverse("residents:report"), {"pick": [scene.own.pk, scene.open.pk], "look": "1"}, follow=True)
    )
    shown.append(base.get("/residents-home/"))
    assert {page.status_code for page in shown} <= {200, 404}
    for page in shown:
        assert "<img src=x" not in page.text, page.request["PATH_INFO"]
    assert sum("&lt;img src=x" in page.text for page in shown) > 12


def test_a_name_that_is_a_formula_stays_text_in_the_export(scene):
    Person.unscoped.filter(pk=scene.own.person_id).update(name='=HYPERLINK("http://evil.example")')
    made = scene.clients["base_admin"].post("/exports/of/residents.intake/", {"column": ["name"], "format": "csv"})
    file = b"".join(scene.clients["base_admin"].post(f"{made.url}download")).decode("utf-8-sig")
    cells = [line.strip('"') for line in file.splitlines()]
    assert any("HYPERLINK" in cell for cell in cells) and not any(cell.startswith("=") for cell in cells)


def test_numbers_stand_in_no_log(scene, caplog):
    caplog.set_level(logging.DEBUG)
    number, base = scene.own.person.id_number, scene.clients["base_admin"]
    base.post(reverse("residents:intake"), {"do": "filter", "id_number": number}, follow=True)
    base.post(reverse("residents:reveal", args=[scene.own.pk]))
    scene.clients["resident"].post("/my/record/number")
    base.get(reverse("residents:intake"), {"name": "x" * 200})
    client_of(scene.world.base).get(reverse("residents:detail", args=[10**9]))
    assert number not in caplog.text and scene.own.person.phone not in caplog.text
