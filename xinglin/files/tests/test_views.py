"""Who is served what, and with which headers (P-18, P-19, Q-10)."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import resolve

from xinglin.files import access, actions, views
from xinglin.files.access import Target
from xinglin.files.models import StoredFile
from xinglin.files.tests import pictures
from xinglin.files.tests.conftest import BASE, PERSON, READER, RESIDENT, SIBLING
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed
from xinglin.kernel.viewer import Viewer
from xinglin.vault.actions import destroy_key
from xinglin.vault.models import DataKey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder", "purposes")]
MAKE = RequestFactory()


def ask(request: Any, viewer: Viewer | None, view: Any, **arguments: Any) -> HttpResponse:
    request.viewer = viewer
    return view(request, **arguments)


def get(view: Any, viewer: Viewer | None, **arguments: Any) -> HttpResponse:
    return ask(MAKE.get("/"), viewer, view, **arguments)


def post(view: Any, viewer: Viewer, data: dict[str, Any] | None = None, **headers: Any) -> HttpResponse:
    arguments = {"file_id": headers.pop("file_id")} if "file_id" in headers else {}
    return ask(MAKE.post("/", data or {}, headers=headers.get("headers")), viewer, view, **arguments)


def store(key: DataKey, purpose: str) -> StoredFile:
    return actions.store_image(
        pictures.saved(pictures.drawing()),
        purpose=purpose,
        person_key=key,
        person_id=PERSON,
        organization_path="/1/2/3/",
        by=RESIDENT,
    )


def test_photo_is_shown_to_those_who_may_see_it_and_kept_by_nobody(key: DataKey) -> None:
    stored = store(key, "photo")
    for viewer in (RESIDENT, BASE):
        answer = get(views.show, viewer, file_id=stored.id)
        assert answer.content.startswith(b"\xff\xd8\xff")
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"].startswith("inline;")
        assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.req("Q-10")
@pytest.mark.parametrize("viewer", [SIBLING, replace(RESIDENT, person_id=PERSON + 1), None])
def test_foreign_file_is_as_if_it_did_not_exist(key: DataKey, viewer: Viewer | None) -> None:
    for purpose in ("photo", "id_front"):
        stored = store(key, purpose)
        for view in (views.show, views.thumb):
            with pytest.raises(Http404):
                get(view, viewer, file_id=stored.id)
        with pytest.raises(Http404):
            ask(MAKE.post("/"), viewer, views.reveal, file_id=stored.id)


@pytest.mark.req("P-19")
def test_scan_opens_only_by_reveal_and_the_view_is_recorded(key: DataKey, views_seen: list) -> None:  # type: ignore[type-arg]
    stored = store(key, "id_front")
    assert get(views.thumb, BASE, file_id=stored.id).status_code == 200
    with pytest.raises(Http404):
        get(views.show, BASE, file_id=stored.id)
    assert views_seen == []
    answer = post(views.reveal, BASE, file_id=stored.id, headers={"Accept": "application/json"})
    assert views_seen == [(8, "id_front")]
    entry = HistoryEntry.objects.for_system("test").get()
    assert (entry.verb, entry.subject_id, entry.person_id, entry.actor_user_id) == (
        "file.view",
        str(stored.id),
        PERSON,
        8,
    )
    url = json.loads(answer.content)["url"]
    token = resolve(url).kwargs["token"]
    assert get(views.opened, BASE, token=token).content == actions.open_(stored)
    for other in (RESIDENT, SIBLING, READER):
        with pytest.raises(Http404):
            get(views.opened, other, token=token)
    with pytest.raises(Http404):
        get(views.opened, BASE, token=token[:-2] + "xx")
    with time_machine.travel(clock.now() + timedelta(seconds=62)), pytest.raises(Http404):
        get(views.opened, BASE, token=token)


@pytest.mark.req("P-19")
def test_reveal_answers_htmx_and_plain_forms(key: DataKey) -> None:
    stored = store(key, "id_front")
    fragment = post(views.reveal, BASE, file_id=stored.id, headers={"HX-Request": "true"}).content.decode()
    assert 'alt="身份证正面照"' in fragment
    assert "已记录" in fragment
    answer = post(views.reveal, BASE, file_id=stored.id)
    assert answer.status_code == 302
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.req("P-21")
def test_reader_without_the_right_is_told_who_can(key: DataKey, views_seen: list) -> None:  # type: ignore[type-arg]
    with pytest.raises(NotAllowed, match="省级审核"):
        post(views.reveal, READER, file_id=store(key, "id_front").id)
    assert views_seen == []


def test_view_is_not_given_when_it_cannot_be_recorded(key: DataKey) -> None:
    def fail(viewer: Viewer, stored: StoredFile) -> None:
        raise RuntimeError

    access.register_view_recorder(fail)
    with pytest.raises(RuntimeError):
        post(views.reveal, BASE, file_id=store(key, "id_front").id)
    assert not HistoryEntry.objects.for_system("test").exists()


def test_attachment_is_download_only(key: DataKey) -> None:
    target = Target(key=key, organization_path="/1/2/3/")
    stored = actions.store_attachment(pictures.PDF, purpose="notice", target=target, file_name="通知.pdf", by=BASE)
    answer = get(views.show, BASE, file_id=stored.id)
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''%E9%80%9A%E7%9F%A5.pdf"
    with pytest.raises(Http404):
        get(views.thumb, BASE, file_id=stored.id)


def test_deleted_and_erased_files_are_gone_and_lost_ones_say_so(key: DataKey, folder: Path) -> None:
    deleted, lost, erased = store(key, "photo"), store(key, "photo"), store(key, "photo")
    actions.delete(deleted, by=RESIDENT)
    with pytest.raises(Http404):
        get(views.show, RESIDENT, file_id=deleted.id)
    (folder / lost.name).unlink()
    answer = get(views.show, RESIDENT, file_id=lost.id)
    assert answer.status_code == 500
    assert str(lost.id)[:8] in answer.content.decode()
    destroy_key(key)
    with pytest.raises(Http404):
        get(views.show, RESIDENT, file_id=erased.id)


def upload(viewer: Viewer, data: bytes, purpose: str = "photo", *, htmx: bool = False, **more: str) -> HttpResponse:
    file = SimpleUploadedFile("photo.jpg", data, content_type="image/jpeg")
    headers = {"HX-Request": "true"} if htmx else None
    return post(views.upload, viewer, {"file": file, "purpose": purpose, **more}, headers=headers)


def test_upload_answers_with_id_thumbnail_and_remarks() -> None:
    answer = upload(RESIDENT, pictures.saved(pictures.drawing(ground="navy")), crop="0.1,0.1,0.8,0.8")
    told = json.loads(answer.content)
    assert answer.status_code == 201
    assert resolve(told["thumb"]).view_name == "files:thumb"
    assert (told["width"], told["height"]) == (413, 626)
    assert "白色" in told["remarks"][0]
    stored = StoredFile.objects.for_system("test").get(pk=told["id"])
    assert (stored.person_id, stored.purpose, stored.created_by_id) == (PERSON, "photo", 7)
    fragment = upload(RESIDENT, pictures.heic(), "id_front", htmx=True).content.decode()
    assert 'name="id_front"' in fragment


@pytest.mark.req("Q-11")
@pytest.mark.parametrize(
    ("data", "purpose", "more", "reason"),
    [
        (pictures.PDF, "photo", {}, "PDF"),
        (pictures.SVG, "id_front", {}, "SVG"),
        (b"", "photo", {}, "0 字节"),
        (pictures.saved(pictures.drawing()), "unknown", {}, "刷新"),
        (pictures.saved(pictures.drawing()), "notice", {}, "不能单独上传"),
        (pictures.saved(pictures.drawing()), "photo", {"crop": "a,b"}, "裁切框"),
        (pictures.saved(pictures.drawing()), "photo", {"crop": "0,0,9,9"}, "裁切框"),
        (pictures.saved(pictures.drawing()), "photo", {"crop": "nan,0,1,1"}, "裁切框"),
    ],
)
def test_refused_upload_says_why_and_stores_nothing(
    data: bytes, purpose: str, more: dict[str, str], reason: str
) -> None:
    answer = upload(RESIDENT, data, purpose, **more)
    assert answer.status_code in (403, 422)
    assert reason in json.loads(answer.content)["error"]
    assert 'role="alert"' in upload(RESIDENT, data, purpose, htmx=True, **more).content.decode()
    assert not StoredFile.objects.for_system("test").exists()


def test_upload_without_a_file_or_for_somebody_else_is_refused() -> None:
    assert "重新选择" in json.loads(post(views.upload, RESIDENT, {"purpose": "photo"}).content)["error"]
    answer = upload(BASE, pictures.saved(pictures.drawing()))
    assert "本人上传" in json.loads(answer.content)["error"]
