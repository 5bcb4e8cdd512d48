"""What the doctor finds in stored rows and files: those that belong together and do not, and those that nobody minds (Q-13)."""

from __future__ import annotations

import os
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from xinglin.accounts.models import VerifiedPhone
from xinglin.accounts.tests.factories import forget_full_phone, make_phone, make_staff, make_tree, set_contact_phone
from xinglin.config.tests.examining import look_at, said
from xinglin.dictionaries.models import CodeTable
from xinglin.exports.models import ExportJob
from xinglin.files.models import StoredFile
from xinglin.files.storage import private
from xinglin.history.models import HistoryEntry
from xinglin.imports.models import ImportJob, ImportRow
from xinglin.kernel import clock
from xinglin.kernel.checkups import Level
from xinglin.residents.models import ApprovedRecord, Enrollment, RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.tests.factories import complete, make_enrollments, make_world
from xinglin.reviews import actions as reviews
from xinglin.vault.actions import new_key

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-13")]


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


def test_bases_whose_contact_phone_cannot_be_told_anything():
    tree = make_tree()
    assert "都能收到通知" in said("accounts.contact_phones"), "nobody was promised anything yet"
    make_staff("base_organization", tree.bases[3])
    assert "1 家有账号的培训基地没有登记联系电话" in said("accounts.contact_phones")
    for number, base in enumerate(tree.bases):
        set_contact_phone(base, make_phone(number))
    assert "都能收到通知" in said("accounts.contact_phones")
    for base in tree.bases[:2]:
        forget_full_phone(base)
    assert "2 家培训基地的联系电话早先只登记了校验值" in said("accounts.contact_phones")
    typed = VerifiedPhone(user=make_staff("base_organization", tree.bases[0]), proof="matched", key=new_key("system"))
    typed.phone_hash, typed.phone, typed.verified_at = tree.bases[0].contact_phone_hash, make_phone(0), clock.now()
    typed.save()
    assert "1 家培训基地的联系电话早先只登记了校验值" in said("accounts.contact_phones"), (
        "the one that typed it is reached"
    )
