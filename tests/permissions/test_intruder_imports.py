"""An intruder at the imports: another base's workbook, and a workbook full of markup and formulas."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from xinglin.accounts.models import User
from xinglin.accounts.tests.factories import viewer_of
from xinglin.imports import registry
from xinglin.imports.models import ImportJob
from xinglin.imports.templates_xlsx.template import template_workbook
from xinglin.residents.tests.factories import new_person

from .actors import make_scene
from .fingerprint import changed, fingerprint

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-10"), pytest.mark.req("Q-11")]
MARKUP = '<img src=x onerror="alert(1)">'
FORMULA = '=HYPERLINK("http://evil.example")'
KIND = "resident-accounts"
VERBS = ("confirm", "mend", "drop", "restore", "warnings", "cancel", "resume")


@pytest.fixture
def scene():
    return make_scene()


@pytest.fixture
def job(scene):
    """A workbook with a good row and two hostile ones, checked."""
    user = User.unscoped.get(pk=scene.world.base.user_id)
    book = openpyxl.load_workbook(io.BytesIO(template_workbook(registry.get(KIND), viewer_of(user))))
    sheet = book.worksheets[0]
    heads = [str(cell.value).strip("*") for cell in sheet[1]]
    good = new_person("程望禾")
    for place, words in enumerate(
        ({}, {"姓名": MARKUP, "证件号码": MARKUP}, {"姓名": FORMULA, "证件号码": FORMULA}), 2
    ):
        line = {"姓名": good.name, "证件类型": "居民身份证", "证件号码": good.id_number, "手机号": good.phone} | words
        for column, head in enumerate(heads, 1):
            cell = sheet.cell(place, column)
            cell.value = next((value for name, value in line.items() if head.startswith(name)), None)
            cell.data_type = "s"
    sheet.cell(1, len(heads) + 1).value = MARKUP
    file = io.BytesIO()
    book.save(file)
    upload = SimpleUploadedFile(f"{MARKUP}.xlsx", file.getvalue())
    answer = scene.clients["base_admin"].post(reverse("imports:start", args=[KIND]), {"file": upload, "mode": "both"})
    assert answer.status_code == 302, answer.text
    return ImportJob.unscoped.get()


def test_the_import_of_another_base_is_not_there(scene, job):
    before = fingerprint()
    for actor in ("sibling_base", "other_province", "other_province_admin", "resident", "nobody"):
        client = scene.clients[actor]
        for name in ("job", "progress"):
            assert client.get(reverse(f"imports:{name}", args=[job.pk])).status_code in {302, 403, 404}, (actor, name)
        for name in (*VERBS, "failed"):
            sent = {"revision": job.revision, "number": 2, "one": 1}
            answer = client.post(reverse(f"imports:{name}", args=[job.pk]), sent)
            assert answer.status_code in ({302} if actor == "nobody" else {403, 404}), (actor, name)
    assert not changed(before)


def test_those_above_look_but_do_not_touch(scene, job):
    before = fingerprint()
    for actor in ("association_admin", "province_admin", "province_reviewer", "ministry_reader"):
        for name in VERBS:
            sent = {"revision": job.revision, "number": 2, "one": 1}
            assert scene.clients[actor].post(reverse(f"imports:{name}", args=[job.pk]), sent).status_code in {403, 404}
    assert not changed(before)


def test_odd_numbers_change_nothing(scene, job):
    client = scene.clients["base_admin"]
    for odd in ("²", "9" * 25, "9" * 5000, "-1", "", "\x00"):
        assert client.get(reverse("imports:job", args=[job.pk]), {"page": odd, "tab": odd}).status_code == 200
        for name in ("confirm", "mend", "drop", "restore", "warnings"):
            sent = {"revision": odd, "number": odd, "one": odd, "group": odd, "page": odd, "tab": "all"}
            assert client.post(reverse(f"imports:{name}", args=[job.pk]), sent).status_code < 500, (name, odd)
    job.refresh_from_db()
    assert job.confirmed_at is None


def test_markup_of_a_workbook_is_text_on_every_page(scene, job):
    client = scene.clients["base_admin"]
    pages = [client.get(reverse("imports:job", args=[job.pk]), {"tab": tab}) for tab in ("errors", "warnings", "all")]
    pages += [client.get(reverse(f"imports:{name}", args=[job.pk])) for name in ("confirm", "progress")]
    pages.append(client.get(reverse("imports:history")))
    assert all("<img src=x" not in page.text for page in pages)
    assert "&lt;img src=x" in pages[0].text


def test_formulas_come_back_as_text(scene, job):
    answer = scene.clients["base_admin"].post(reverse("imports:failed", args=[job.pk]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [cell for row in book.worksheets[0] for cell in row]
    assert any("HYPERLINK" in str(cell.value) for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)
    assert "\n" not in answer["Content-Disposition"] and "<" not in answer["Content-Disposition"].split("filename*")[-1]
