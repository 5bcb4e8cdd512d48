"""`xinglin doctor`: finds what was broken on purpose, says what to do, and ends with 0, 1 or 2 (Q-13)."""

from __future__ import annotations

import json
import os
import uuid
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import OperationalError, connection

from xinglin.accounts.tests.factories import make_staff, make_tree
from xinglin.config import checkups as own
from xinglin.config.health import database_fault
from xinglin.dictionaries.models import CodeTable
from xinglin.exports.models import ExportJob
from xinglin.files.models import StoredFile
from xinglin.files.storage import private
from xinglin.history.models import HistoryEntry
from xinglin.imports.models import ImportJob, ImportRow
from xinglin.jobs.job_specs import PULSE
from xinglin.jobs.models import Job, PeriodicTask
from xinglin.kernel import clock
from xinglin.kernel.checkups import Level, Look, checkups, examine
from xinglin.people.models import Person
from xinglin.residents.models import ApprovedRecord, Enrollment, RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.tests.factories import complete, make_enrollments, make_world
from xinglin.reviews import actions as reviews
from xinglin.vault import masters
from xinglin.vault.actions import new_key
from xinglin.vault.models import DataKey

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-13")]


def look_at(name, full=False):
    (one,) = [known for known in checkups() if known.name == name]
    return examine(one, Look(full=full))


def said(name, full=False):
    return " ".join(finding.what for finding in look_at(name, full).findings)


def run(*words):
    """(exit code, output)."""
    out = StringIO()
    try:
        call_command("doctor", *words, stdout=out, stderr=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def healthy(settings):
    """A worker lives, somebody can administer."""
    PeriodicTask.objects.create(name=PULSE, due_at=clock.now() + timedelta(seconds=30), finished_at=clock.now())
    make_staff("association_admin", make_tree().association)
    os.chmod(settings.DATA_DIR, 0o700)


def test_a_healthy_installation_is_fine(healthy):
    code, text = run()
    assert code == 0, text
    assert "故障 0。" in text and "注意 0" in text and "→" not in text


def test_every_app_with_rows_to_lose_declares_something():
    names = {one.name.split(".")[0] for one in checkups()}
    assert {"config", "vault", "people", "history", "files", "jobs", "exports", "imports", "residents", "accounts",
            "dictionaries"} <= names  # fmt: skip
    assert len({one.title for one in checkups()}) == len(checkups())


def test_json_is_for_machines(healthy):
    Job.unscoped.create(name="x", title="x", status="failed", finished_at=clock.now())
    code, text = run("--json")
    told = json.loads(text)
    assert (code, told["level"]) == (1, "warn") and told["at"].endswith("+08:00")
    (queue,) = [check for check in told["checks"] if check["name"] == "jobs.queue"]
    assert queue["level"] == "warn" and queue["findings"][0]["todo"]
    assert all(check["findings"] and check["title"] for check in told["checks"])


def test_what_is_wrong_has_a_remedy_and_the_worst_decides():
    code, text = run()
    assert code == 2 and "后台进程从来没有运行过" in text and "→ 启动后台进程" in text


@pytest.mark.parametrize(("words", "number"), [(("jobs",), 3), (("jobs.queue",), 1), (("vault", "people"), 3)])
def test_some_only(words, number):
    _, text = run("--json", *(f"--only={word}" for word in words))
    assert len(json.loads(text)["checks"]) == number


def test_a_check_that_nobody_declared_is_told():
    code, text = run("--only", "nonsense")
    assert code == 2 and "nonsense" in text and "jobs.queue" in text


def test_without_a_database_it_still_examines_the_rest(monkeypatch):
    def gone(*_, **__):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(connection, "cursor", gone)
    code, text = run("--json")
    checks = {check["name"]: check for check in json.loads(text)["checks"]}
    assert code == 2 and "数据库连接中断" in checks["config.database"]["findings"][0]["what"]
    assert "没有检查" in checks["jobs.queue"]["findings"][0]["what"]
    assert checks["files.storage"]["level"] == "ok"
    monkeypatch.undo()
    assert database_fault() is None


def test_nobody_is_named(healthy):
    world = make_world()
    person = make_enrollments(world)[0].person
    Person.unscoped.filter(pk=person.pk).update(id_number_hash="x" * 64)
    _, text = run("--full")
    assert person.name not in text and person.id_number not in text and person.phone not in text


# What each finds, broken on purpose.


@pytest.mark.parametrize(
    ("ago", "level"),
    [(timedelta(seconds=10), Level.OK), (timedelta(seconds=110), Level.OK), (timedelta(minutes=3), Level.BAD)],
)
def test_worker_without_pulse(ago, level):
    PeriodicTask.objects.create(name=PULSE, due_at=clock.now(), finished_at=clock.now() - ago)
    assert look_at("jobs.worker").level is level


def test_a_silent_job():
    now = clock.now()
    Job.unscoped.create(name="x", title="x", status="running", worker="w", heartbeat_at=now - timedelta(minutes=5))
    assert "1 个任务标为进行中，但没有心跳" in said("jobs.queue")
    Job.unscoped.update(heartbeat_at=now)
    assert look_at("jobs.queue").level is Level.OK


def test_a_job_that_waits_long_but_not_one_that_is_put_off():
    Job.unscoped.create(name="x", title="x", created_at=clock.now() - timedelta(hours=1))
    assert "排队至今" in said("jobs.queue")
    Job.unscoped.update(heartbeat_at=clock.now())
    assert look_at("jobs.queue").level is Level.OK


def test_failing_upkeep():
    PeriodicTask.objects.create(name="jobs.prune", due_at=clock.now(), failures=4)
    assert "jobs.prune 连续失败 4 次" in said("jobs.upkeep")
    PeriodicTask.objects.update(failures=0, due_at=clock.now() - timedelta(hours=2))
    assert "还没有" in said("jobs.upkeep")
    PeriodicTask.objects.update(name="gone.kind")
    assert look_at("jobs.upkeep").level is Level.OK, "what this version does not know is no matter"


def test_a_data_key_without_its_master():
    key = new_key("person")
    assert look_at("vault.data-keys").level is Level.OK
    DataKey.objects.filter(pk=key.pk).update(master_id="lost")
    assert "由主密钥 lost 包裹，这里没有它" in said("vault.data-keys")


def test_a_data_key_under_another_value_of_its_master():
    key = new_key("person")
    DataKey.objects.filter(pk=key.pk).update(wrapped=os.urandom(61))
    for full in (False, True):
        assert "打不开 1 个" in said("vault.data-keys", full)


def test_keys_under_an_old_master_are_to_be_rotated(monkeypatch):
    new_key("person")
    ring = masters.masters()
    newer = masters.Masters("m9", {"m9": os.urandom(32), **ring.keys}, ring.index)
    monkeypatch.setattr(masters, "_ring", newer)
    result = look_at("vault.data-keys")
    assert result.level is Level.WARN and "rotate-keys" in result.findings[0].todo


@pytest.mark.parametrize(("mode", "level"), [(0o600, Level.OK), (0o640, Level.BAD), (0o644, Level.BAD)])
def test_the_key_file_is_its_owners_alone(settings, tmp_path, monkeypatch, mode, level):
    settings.DATA_DIR, settings.XINGLIN_KEYS = tmp_path, ""
    (tmp_path / "keys").write_text(masters.generate())
    os.chmod(tmp_path / "keys", mode)
    monkeypatch.setattr(masters, "_ring", None)
    assert look_at("vault.masters").level is level
    masters.forget_masters()


def test_no_or_broken_master_keys(settings, tmp_path, monkeypatch):
    settings.DATA_DIR, settings.XINGLIN_KEYS = tmp_path, "m1:nonsense!"
    monkeypatch.setattr(masters, "_ring", None)
    assert look_at("vault.masters").level is Level.BAD and look_at("vault.data-keys").level is Level.BAD
    settings.XINGLIN_KEYS = ""
    assert look_at("vault.masters").level is Level.WARN and not (tmp_path / "keys").exists()
    masters.forget_masters()


def test_another_index_key_finds_nobody():
    world = make_world()
    make_enrollments(world, 3)
    assert look_at("people.index").level is Level.OK
    for number, person in enumerate(Person.unscoped.exclude(id_number_hash="")):
        Person.unscoped.filter(pk=person.pk).update(id_number_hash=f"{number:064d}")
    assert "检索密钥不是当时的那个" in said("people.index")


def test_one_hash_that_does_not_fit():
    make_enrollments(make_world(), 2)
    Person.unscoped.filter(pk=Person.unscoped.latest("pk").pk).update(id_number_hash="0" * 64)
    assert "1 人的检索值与证件号码不符" in said("people.index", full=True)


def stored(**values):
    now = clock.now()
    base = {"purpose": "photo", "kind": "photo", "key": new_key("system"), "content_type": "image/jpeg", "size": 3,
            "width": 1, "height": 1, "digest": "d", "name": f"doctor/{uuid.uuid4().hex}", "created_at": now}  # fmt: skip
    return StoredFile.unscoped.create(**base | values)


def test_a_file_that_a_row_names_is_missing():
    there, gone = stored(), stored()
    private().save(there.name, ContentFile(b"abc"))
    assert "1 个登记了却不在存储里" in said("files.rows")
    assert str(gone.pk)[:8] in said("files.rows", full=True)
    StoredFile.unscoped.filter(pk=gone.pk).update(deleted_at=clock.now())
    assert look_at("files.rows").level is Level.OK
    private().delete(there.name)


def test_a_storage_that_cannot_be_written(monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xinglin.files.storage.os.fsync", full)
    assert "写不进去" in said("files.storage") and look_at("files.storage").level is Level.BAD


@pytest.mark.parametrize(
    ("free", "level"), [(100 * 2**20, Level.BAD), (1500 * 2**20, Level.WARN), (80 * 2**30, Level.OK)]
)
def test_disk_space(monkeypatch, free, level):
    usage = SimpleNamespace(total=100 * 2**30, free=free)
    monkeypatch.setattr("xinglin.files.checkups.shutil.disk_usage", lambda _: usage)
    assert look_at("files.space").level is level


def test_unfinished_files_of_yesterday():
    place = private().root / "doctor-left.part"
    place.write_bytes(b"x")
    assert look_at("files.leftovers", full=True).level is Level.OK, "young: an upload may be under way"
    os.utime(place, (0, 0))
    assert "1 个一天前没有写完的文件还在" in said("files.leftovers", full=True)
    place.unlink()


def test_history_that_is_not_sealed(healthy):
    make_enrollments(make_world())
    assert look_at("history.seals").level is Level.OK, "young rows may wait"
    HistoryEntry.unscoped.update(at=clock.now() - timedelta(minutes=20))
    assert "还没有封存" in said("history.seals")


def test_a_clock_that_ran_ahead():
    make_enrollments(make_world())
    assert look_at("history.clock").level is Level.OK
    HistoryEntry.unscoped.update(at=clock.now() + timedelta(hours=2))
    assert "比这台机器的时钟还晚" in said("history.clock")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no partitions")
def test_missing_partitions(monkeypatch):
    assert look_at("history.partitions").level is Level.OK
    later = clock.today().replace(year=clock.today().year + 5)
    monkeypatch.setattr("xinglin.history.checkups.clock.today", lambda: later)
    assert "缺少分区" in said("history.partitions")


def test_an_enrollment_without_its_review():
    enrollment = make_enrollments(make_world())[0]
    assert look_at("residents.counts").level is Level.OK
    RecruitmentReview.unscoped.filter(pk=enrollment.pk).delete()
    assert "1 名学员没有审核状态" in said("residents.counts")


def test_approvals_and_their_records_belong_together():
    world = make_world()
    ids = [enrollment.pk for enrollment in make_enrollments(world, 2)]
    for enrollment in Enrollment.unscoped.filter(pk__in=ids).select_related("person__key"):
        complete(enrollment, world)
    assert len(reviews.report(RECRUITMENT, ids, by=world.base).done) == 2
    assert len(reviews.approve(RECRUITMENT, ids, by=world.province).done) == 2
    assert look_at("residents.counts").level is Level.OK
    ApprovedRecord.unscoped.filter(pk=ids[0]).delete()
    assert "1 名学员审核通过，却没有通过时的记录" in said("residents.counts")
    RecruitmentReview.unscoped.filter(pk=ids[1]).update(report_status="reported", review_status="pending")
    assert "1 条通过记录，学员却不是审核通过" in said("residents.counts")


def import_job(**values):
    now = clock.now()
    base = {"kind": "x", "title": "x", "organization_name": "x", "organization_path": "/1/", "owner_name": "x",
            "key": new_key("job"), "file_name": "x.xlsx", "file_size": 1, "confirmed_at": now, "finished_at": now}  # fmt: skip
    return ImportJob.unscoped.create(**base | values)


def test_a_finished_import_with_rows_that_were_not_written():
    job = import_job(status="done")
    row = ImportRow.objects.create(job=job, number=1, sealed=b"", verdict="create", applied_at=clock.now())
    assert look_at("imports.rows").level is Level.OK
    ImportRow.objects.filter(pk=row.pk).update(applied_at=None)
    for full in (False, True):
        assert "有该写入的行没有写入" in said("imports.rows", full)


def test_a_checked_import_without_its_file():
    import_job(status="checked")
    assert "找不到上传的文件" in said("imports.rows")


def test_an_import_that_stands_still():
    import_job(status="applying", heartbeat_at=clock.now() - timedelta(hours=1))
    assert "1 次导入中断了" in said("imports.stalled")


def test_an_export_without_its_file():
    ExportJob.unscoped.create(
        key=new_key("job"), owner_user_id=1, owner_name="x", organization_path="/1/", list_name="x", title="x", rows=1,
        size=1, status="done", file="exports/gone", finished_at=clock.now(), expires_at=clock.now() - timedelta(hours=3),
    )  # fmt: skip
    text = said("exports.files")
    assert "1 个导出文件不在存储里" in text and "过了保存期" in text


def test_missing_code_tables():
    CodeTable.objects.filter(key=CodeTable.objects.values_list("key", flat=True)[0]).delete()
    assert "缺少代码表" in said("dictionaries.tables")


def test_nobody_can_administer():
    assert "还没有任何账号" in said("accounts.reachable")
    make_staff("base_admin", make_tree().base)
    assert "没有一个有效的最高级管理账号" in said("accounts.reachable")


def test_migrations_of_this_version_that_were_not_run(monkeypatch):
    monkeypatch.setattr(own, "pending_migrations", lambda: ["people.0009_more"])
    assert "people.0009_more" in said("config.migrations")


def test_a_folder_that_others_may_enter(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    assert look_at("config.folder").level is Level.BAD
    settings.DATA_DIR.mkdir(mode=0o755)
    assert look_at("config.folder").level is Level.WARN
    settings.DATA_DIR.chmod(0o750)
    assert look_at("config.folder").level is Level.OK


def test_the_database_is_described():
    text = said("config.database", full=True)
    assert ("PostgreSQL" if connection.vendor == "postgresql" else "SQLite") in text
    assert look_at("config.database", full=True).level is Level.OK


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a limit of SQLite files")
def test_an_sqlite_file_near_its_limit():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count")
        (kept,) = cursor.fetchone()
        cursor.execute("PRAGMA max_page_count=1")
    assert "快到 max_page_count 的上限" in said("config.database")
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA max_page_count={kept}")


def test_static_files_of_another_version(settings, monkeypatch):
    assert look_at("config.static").level is Level.OK, "served from their sources here"
    settings.WHITENOISE_USE_FINDERS = False
    monkeypatch.setattr(own, "is_collected", lambda: False)
    assert "不是这个版本的" in said("config.static")


def test_settings_that_production_refuses(settings):
    settings.PRODUCTION = True
    result = look_at("config.settings")
    assert result.level is Level.BAD and "xinglin.E001" in " ".join(finding.what for finding in result.findings)
