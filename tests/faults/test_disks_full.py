"""Disks full, one after the other: for the database, the files, the logs. Saving says so, reading goes on (Q-09, Q-13)."""

from __future__ import annotations

import errno
import os
import subprocess
from contextlib import contextmanager
from io import BytesIO

import pytest
from django.db import connection
from PIL import Image

from tests.browser.served import database_url
from tests.faults.serving import own_folder
from tests.faults.test_database_gone import PROGRAM
from xinglin.config.tests.running import wait_until
from xinglin.files import storage as private_storage
from xinglin.files.models import StoredFile
from xinglin.files.storage import private, walk
from xinglin.history.models import HistoryEntry
from xinglin.jobs import actions as jobs
from xinglin.jobs.models import Job
from xinglin.residents.tests.own import make_own
from xinglin.residents.tests.test_views_own_pictures import scan

pytestmark = pytest.mark.req("Q-09")
FORM = "/my/record/basic_info/"
FULL = "磁盘已满，暂时不能保存"

DISK_FULL_FUNCTION = """
CREATE OR REPLACE FUNCTION test_disk_full() RETURNS trigger AS $$ BEGIN
  RAISE EXCEPTION 'could not extend file "base/1/2": No space left on device' USING ERRCODE = 'disk_full';
END $$ LANGUAGE plpgsql"""
GROWING = ("people_person", "history_historyentry")


@contextmanager
def full_postgres():
    """No disk can be filled from here: the server raises its own disk_full, so that driver and product see the real thing."""
    with connection.cursor() as cursor:
        cursor.execute(DISK_FULL_FUNCTION)
        for table in GROWING:
            cursor.execute(
                f"CREATE TRIGGER test_full BEFORE INSERT OR UPDATE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION test_disk_full()"
            )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for table in GROWING:
                cursor.execute(f"DROP TRIGGER test_full ON {table}")
            cursor.execute("DROP FUNCTION test_disk_full")


@contextmanager
def full_sqlite():
    """The site was started with max_page_count=1: SQLITE_FULL as soon as the file would have to grow. Free pages of the
    file may be used, so that the end of the block makes room."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE test_ballast AS SELECT randomblob(500000) AS weight")
        cursor.execute("PRAGMA page_size")
        (page_size,) = cursor.fetchone()
        for _ in range(20):  # tests before this one left free pages
            cursor.execute("PRAGMA freelist_count")
            (free,) = cursor.fetchone()
            if free < 3:
                break
            cursor.execute("INSERT INTO test_ballast VALUES (randomblob(%s))", [(free - 1) * (page_size - 32)])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE test_ballast")


def test_full_database_says_so_and_reading_goes_on(new_site):
    own = make_own()
    on_postgres = connection.vendor == "postgresql"
    site = new_site(database="" if on_postgres else f"{database_url()}?max_page_count=1")
    with full_postgres() if on_postgres else full_sqlite():
        site.start_web()
        visitor = site.visitor(own.client)
        visitor.fetch_token(FORM)
        stored = own.content["basic_info.address"]
        for number in range(200):  # SQLite still has room in its last pages
            typed = f"示范路 {number} 号" + "长" * 60
            answer = visitor.post(FORM, {"act": "save", "basic_info.address": typed})
            if answer.status != 302:
                break
            stored = typed
        assert answer.status == 503 and FULL in answer.text and "刚才这一步没有保存" in answer.text
        assert typed in answer.text and "Refresh" not in answer.headers, "nothing that was typed is lost"
        assert "请告诉系统管理员" in answer.text
        assert "Location" not in answer.headers, "not silently back to the sign-in page"
        assert own.content["basic_info.address"] == stored, "all or nothing"
        entries = HistoryEntry.unscoped.filter(person_id=own.enrollment.person_id).count()
        note = visitor.post(FORM, {"act": "save", "basic_info.address": typed}, HX_Request="true")
        assert note.status == 503 and FULL in note.text and "没有保存，您填的内容还在" in note.text
        assert HistoryEntry.unscoped.filter(person_id=own.enrollment.person_id).count() == entries
        page = visitor.get(FORM)
        assert page.status == 200 and stored[:8] in page.text, "reading goes on, signed in as before"
        assert site.is_ready(), "a full disk takes nobody out of service"
        assert 'xinglin_faults_total{kind="database_full"}' in site.visitor().get("/metrics").text
    assert visitor.post(FORM, {"act": "save", "basic_info.address": "又有地方了"}).status == 302
    assert own.content["basic_info.address"] == "又有地方了"


@pytest.mark.req("P-18")
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_full_disk_for_files_stores_nothing_and_says_so(monkeypatch, number):
    """The real way to the disk with a real OSError at its last step; a real full disk is tried below."""
    own = make_own()
    before = sorted(walk(private()))

    def full(descriptor):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(private_storage.os, "fsync", full)
    answer = own.send("basic_info", {"basic_info.name": own.record.person.name, "basic_info.photo__file": scan()})
    assert answer.status_code == 503 and "服务器存放文件的磁盘满了" in answer.text
    assert "请刷新这一页，浏览器会问是否重新发送" in answer.text, "a file cannot be put back into a page"
    small = own.client.post("/files/upload", {"file": scan(), "purpose": "id_front"}, headers={"HX-Request": "true"})
    assert small.status_code == 503 and small["HX-Retarget"] == "#xl-alerts"
    assert not StoredFile.unscoped.exists() and sorted(walk(private())) == before, "no row, no leftover"
    assert own.get().status_code == 200
    monkeypatch.undo()
    assert own.client.post("/files/upload", {"file": scan(), "purpose": "id_front"}).status_code == 201


def test_a_really_full_disk(new_site, tmp_path):
    """A file system of 64 KiB for the files of a served site."""
    folder = tmp_path / "data"
    (folder / "files").mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder / "files"], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"no file system may be mounted here ({mounted.stderr.strip()}): see the test above")
    try:
        own = make_own()
        site = new_site(folder)
        site.start_web()
        visitor = site.visitor(own.client)
        token = visitor.fetch_token(FORM)
        noise = _noise()
        answer = visitor.send("POST", "/files/upload", *_multipart(noise, token))
        assert answer.status == 503 and "磁盘满了" in answer.text
        assert not StoredFile.unscoped.exists()
        assert not [path for path in (folder / "files").rglob("*") if path.is_file()], "nothing half written stays"
        assert visitor.get(FORM).status == 200
        subprocess.run(["mount", "-o", "remount,size=16m", folder / "files"], check=True)
        assert visitor.send("POST", "/files/upload", *_multipart(noise, token)).status == 201
    finally:
        subprocess.run(["umount", "-l", folder / "files"], check=True)


def _noise() -> bytes:
    """A picture that no compression makes small."""
    picture = Image.frombytes("RGB", (900, 600), os.urandom(900 * 600 * 3))
    out = BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


def _multipart(file: bytes, token: str):
    mark = "xinglin-test-boundary"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in (("csrfmiddlewaretoken", token), ("purpose", "id_front"))
    ]
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    )
    body = b"".join([*parts, head.encode(), file, f"\r\n--{mark}--\r\n".encode()])
    return body, {"Content-Type": f"multipart/form-data; boundary={mark}"}


@pytest.mark.req("Q-13")
def test_a_full_disk_for_logs_breaks_no_request_and_no_job(new_site):
    """stderr is /dev/full: every write of a log line fails with ENOSPC."""
    own = make_own()
    site = new_site(own_folder(), environment={"XINGLIN_LOG": "json"})
    with open("/dev/full", "wb") as full:
        site.start_web(stderr=full)
        worker = site.start_worker(stderr=full, program=PROGRAM)
    visitor = site.visitor(own.client)
    assert {visitor.get(path).status for path in (FORM, "/nowhere", "/my/")} == {200, 404}
    visitor.fetch_token(FORM)
    assert visitor.post(FORM, {"act": "save", "basic_info.address": "日志写不下"}).status == 302
    job = jobs.enqueue("test.steps", by=own.viewer, arguments={"total": 2})
    wait_until(lambda: Job.objects.for_system("test").get(pk=job.pk).status == "done", 20)
    assert worker.poll() is None
    lost = [
        line
        for line in site.visitor().get("/metrics").text.splitlines()
        if line.startswith("xinglin_log_lines_lost_total ")
    ]
    assert lost and float(lost[0].split()[1]) >= 3
