"""P-17, Q-09: large exports in the background, cancelled, lost, expired; files that were touched."""

from datetime import timedelta

import pytest

from xinglin.exports import actions, job_specs, sealed_file
from xinglin.exports.enums import Status
from xinglin.exports.models import ExportJob
from xinglin.exports.tests import scenes
from xinglin.files.storage import private
from xinglin.jobs import actions as jobs
from xinglin.jobs.models import Job
from xinglin.jobs.running import run_job
from xinglin.kernel import clock
from xinglin.vault.cipher import Damaged

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("xinglin.ui.tests.lists.sample"),
    pytest.mark.req("P-17", "Q-09"),
]


@pytest.fixture
def viewer(client, monkeypatch):
    tree, _ = scenes.units(30)
    monkeypatch.setattr(actions, "INLINE_ROWS", 10)
    return scenes.signed_in(client, "province_reviewer", tree.province)


def job_of(export):
    return Job.unscoped.get(pk=export.job_id)


def test_a_large_one_is_a_job_with_progress_and_a_link(client, viewer):
    export = scenes.made(client)
    assert export.status == Status.WAITING
    html = client.get(f"/exports/job/{export.pk}/").content.decode()
    assert f"/jobs/{export.job_id}/progress" in html
    assert client.post(f"/exports/job/{export.pk}/download").status_code == 422
    job = run_job(export.job_id, worker="w", beat=False)
    assert (job.progress_done, job.progress_total) == (33, 33)
    export.refresh_from_db()
    assert (export.status, export.rows) == (Status.DONE, 33)
    assert scenes.taken(client, export)[:2] == b"PK"
    assert f"/exports/job/{export.pk}/" in client.get(f"/jobs/{export.job_id}/progress").content.decode()


def test_arguments_of_the_job_name_the_export_only(client, viewer):
    export = scenes.made(client, "name=云汀")
    assert job_of(export).arguments == {"export_id": str(export.pk)}


def test_running_twice_makes_one_file(client, viewer):
    export = scenes.made(client)
    run_job(export.job_id, worker="w", beat=False)
    first = ExportJob.unscoped.get().finished_at
    actions.run(export.pk, by=viewer)
    assert ExportJob.unscoped.get().finished_at == first


def test_taken_back_while_it_waits_or_runs(client, viewer, monkeypatch):
    export = scenes.made(client)
    jobs.cancel(job_of(export), by=viewer)
    job_specs.sweep()
    export.refresh_from_db()
    assert export.status == Status.FAILED
    other = scenes.made(client)
    monkeypatch.setattr("xinglin.exports.writing.CHUNK", 5)
    done = []

    def chunk_then_cancel(handle, done_rows, *rest):
        done.append(done_rows)
        jobs.cancel(job_of(other), by=viewer)

    monkeypatch.setattr("xinglin.jobs.handle.JobHandle.progress", chunk_then_cancel)
    run_job(other.job_id, worker="w", beat=False)
    other.refresh_from_db()
    assert other.status == Status.CANCELLED
    assert done == [5]
    assert "已取消" in client.get(f"/exports/job/{other.pk}/").content.decode()


def test_a_job_that_died_is_told(client, viewer):
    export = scenes.made(client)
    Job.unscoped.filter(pk=export.job_id).delete()
    assert actions.give_up_lost() == 1
    assert "请重新导出" in client.get(f"/exports/job/{export.pk}/").content.decode()


def test_after_seven_days_the_file_goes_and_the_record_stays(client, viewer):
    export = scenes.made(client)
    run_job(export.job_id, worker="w", beat=False)
    export.refresh_from_db()
    assert actions.expire() == 0
    name = export.file
    ExportJob.unscoped.update(expires_at=clock.now() - timedelta(seconds=1))
    assert actions.expire() == 1
    assert not private().exists(name)
    assert client.post(f"/exports/job/{export.pk}/download").status_code == 422
    assert "文件已过保存期" in client.get(f"/exports/job/{export.pk}/").content.decode()
    assert "已过期" in client.get("/exports/").content.decode()


@pytest.mark.req("Q-12")
def test_the_stored_file_is_sealed_and_tells_when_it_was_touched(client, viewer, monkeypatch):
    monkeypatch.setattr(sealed_file, "PIECE", 1000)
    export = scenes.made(client, format="csv")
    run_job(export.job_id, worker="w", beat=False)
    export = ExportJob.unscoped.select_related("key").get()
    with private().open(export.file) as file:
        blob = file.read()
    assert "云汀".encode() not in blob
    assert "云汀".encode() in b"".join(sealed_file.read(export.pk, export.key, export.file))
    piece = 4 + int.from_bytes(blob[:4], "big")
    for touched in (blob[:piece], blob[:-1] + b"x", blob[piece:], blob[:piece] + blob):
        name = private().save("exports/zz/export-touched.sealed", _file(touched))
        with pytest.raises((Damaged, ValueError)):
            list(sealed_file.read(export.pk, export.key, name))


def _file(blob):
    from django.core.files.base import ContentFile

    return ContentFile(blob)
