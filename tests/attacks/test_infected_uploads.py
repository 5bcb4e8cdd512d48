"""Whatever the door, an infected file is refused at its field, before anything of it is parsed or stored (P-16, Q-11)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from xinglin.accounts.tests.factories import make_staff, make_tree, sign_in
from xinglin.files.models import StoredFile
from xinglin.files.tests import pictures
from xinglin.files.tests.clamd import EICAR, Clamd
from xinglin.imports.models import ImportFile, ImportJob
from xinglin.imports.tests import trial
from xinglin.people.fields import section_fields
from xinglin.residents.tests.own import make_own
from xinglin.ui.models import SiteSetting

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-16", "P-18", "Q-11", "Q-12")]
GONE = "现在不能上传文件"
FOUND = "发现了病毒"


@pytest.fixture
def clamd(tmp_path, settings) -> Iterator[Clamd]:
    scanner = Clamd(tmp_path / "clamd.ctl")
    settings.XINGLIN_CLAMD = scanner.url
    yield scanner
    scanner.close()


@pytest.fixture(params=[FOUND, GONE])
def said(request, clamd, tmp_path: Path, settings) -> str:
    """What the page must say: with a scanner that finds the virus, and without any that answers."""
    if request.param == GONE:
        settings.XINGLIN_CLAMD = f"unix://{tmp_path}/none.ctl"
    return request.param


def infected() -> bytes:
    return pictures.saved(pictures.drawing()) + EICAR


def test_workbooks(client, monkeypatch, said):
    monkeypatch.setattr(
        "xinglin.imports.actions.upload.read", lambda *_, **__: pytest.fail("parsed before the verdict")
    )
    sign_in(client, make_staff("base_admin", make_tree().base))
    upload = SimpleUploadedFile("名单.csv", "姓名,证件号\n".encode() + EICAR)
    answer = client.post(reverse("imports:start", args=[trial.TrialSpec.kind]), {"file": upload, "mode": "both"})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ImportJob.unscoped.exists() and not ImportFile.objects.exists()


def test_a_workbook_without_a_virus_is_scanned_once_and_read(client, clamd):
    sign_in(client, make_staff("base_admin", make_tree().base))
    data = "招收年份,姓名\n2026,林示例\n".encode()
    client.post(
        reverse("imports:start", args=[trial.TrialSpec.kind]),
        {"file": SimpleUploadedFile("a.csv", data), "mode": "both"},
    )
    assert clamd.seen == [data]


def test_the_logo_of_the_site(client, said):
    sign_in(client, make_staff("association_admin", make_tree().association))
    upload = SimpleUploadedFile("logo.jpg", infected())
    answer = client.post(reverse("administration:site"), {"logo": upload, "theme_colour": ""})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not SiteSetting.objects.exists()


def test_pictures_of_a_resident_with_and_without_a_script(said):
    own = make_own()
    before = StoredFile.unscoped.count()
    answer = own.client.post(
        reverse("files:upload"), {"file": SimpleUploadedFile("a.jpg", infected()), "purpose": "photo"}
    )
    assert answer.status_code == 422 and said in answer.json()["error"]
    name = next(field.key for field in section_fields("basic_info") if field.declaration.name == "photo")
    page = own.client.post("/my/record/basic_info/", {f"{name}__file": SimpleUploadedFile("a.jpg", infected())})
    assert said in page.content.decode()
    assert StoredFile.unscoped.count() == before
