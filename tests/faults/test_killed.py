"""SIGKILL at thirty instants of an import, a report, a batch approval, an export, a sealing: all or nothing, and what was
acknowledged is there exactly once (Q-09)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

import pytest
from django.urls import reverse

from tests.faults.killing import Victims, cookies_of, victims
from xinglin.accounts.models import Grant, InitialCredential, User
from xinglin.dictionaries.actions import add_entries
from xinglin.exports import actions as exports
from xinglin.exports import sealed_file
from xinglin.exports import selectors as export_selectors
from xinglin.exports.models import ExportJob
from xinglin.files.storage import private, walk
from xinglin.history.actions import Entry, record
from xinglin.history.models import HistoryEntry, HistorySeal
from xinglin.history.sealing import seal_waiting
from xinglin.history.verification import verify
from xinglin.imports import actions as imports
from xinglin.imports.enums import Status
from xinglin.imports.models import ImportJob, ImportRow
from xinglin.imports.testing import xlsx_file
from xinglin.jobs import actions as jobs
from xinglin.jobs.models import Job
from xinglin.jobs.reclaim import reclaim
from xinglin.jobs.worker import run_waiting_jobs
from xinglin.kernel import id_numbers
from xinglin.people.models import Person
from xinglin.people.selectors import id_number_hash
from xinglin.residents.import_specs import ACCOUNTS
from xinglin.residents.models import ApprovedRecord, Enrollment, RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.tests import factories
from xinglin.residents.tests.signed_in import client_of
from xinglin.reviews import actions as reviews
from xinglin.reviews.models import ContentVersion, ReviewEvent

pytestmark = pytest.mark.req("Q-09")

GROUP = 8
STEP = 6
IMPORTED = 24
EXPORTED = 12
SEALED = 60


@pytest.fixture
def unlucky() -> Iterator[Victims]:
    with victims() as found:
        yield found


def ready_group(world: Any, size: int = GROUP) -> list[int]:
    found = factories.make_enrollments(world, size)
    for enrollment in found:
        factories.complete(enrollment, world)
    return [enrollment.pk for enrollment in found]


def states(keys: list[int]) -> Counter[tuple[str, str]]:
    rows = RecruitmentReview.unscoped.filter(pk__in=keys).values_list("report_status", "review_status")
    return Counter((report, review) for report, review in rows)


def events(keys: list[int], verb: str) -> int:
    return ReviewEvent.unscoped.filter(subject_id__in=keys, verb=verb).count()


def written(keys: list[int], verb: str) -> int:
    rows = HistoryEntry.unscoped.filter(subject_type="enrollment", subject_id__in=[str(key) for key in keys])
    return rows.filter(verb=f"recruitment.{verb}").count()


def test_report_killed_at_thirty_instants(unlucky: Victims) -> None:
    world = factories.make_world()
    keys = ready_group(world)
    order = {"cookies": cookies_of(client_of(world.base)), "path": reverse("residents:report"), "data": {"pick": keys}}
    reported = 0

    def judge(ack: Any) -> None:
        nonlocal reported
        now = states(keys)
        assert now in ({("reported", "pending"): GROUP}, {("unreported", ""): GROUP}), now
        done = now[("reported", "pending")] == GROUP
        if ack is not None:
            assert ack["status"] == 302 and done, "it was acknowledged and is not there"
        reported += done
        assert events(keys, "report") == written(keys, "report") == reported * GROUP
        assert ContentVersion.unscoped.filter(subject_id__in=keys, kind="recruitment").count() == reported * GROUP
        if done:
            assert len(reviews.recall(RECRUITMENT, keys, by=world.base).done) == GROUP

    unlucky.rounds("post", lambda: order, judge)


def test_batch_approval_killed_at_thirty_instants(unlucky: Victims) -> None:
    world = factories.make_world()
    keys = ready_group(world)
    assert len(reviews.report(RECRUITMENT, keys, by=world.base).done) == GROUP
    order = {
        "cookies": cookies_of(client_of(world.province)),
        "path": reverse("review:batch", args=["approve"]),
        "data": {"pick": keys, "confirmed": "1"},
    }
    approved = 0

    def judge(ack: Any) -> None:
        nonlocal approved
        now = states(keys)
        assert now in ({("reported", "approved"): GROUP}, {("reported", "pending"): GROUP}), now
        done = now[("reported", "approved")] == GROUP
        if ack is not None:
            assert ack["status"] == 302 and done, "it was acknowledged and is not there"
        approved += done
        assert events(keys, "approve") == written(keys, "approve") == approved * GROUP
        assert ApprovedRecord.unscoped.filter(enrollment_id__in=keys).count() == (GROUP if done else 0)
        in_training = Enrollment.unscoped.filter(pk__in=keys, training_status="in_training").count()
        assert in_training == (GROUP if done else 0), "the status goes with the decision"
        if done:
            assert len(reviews.revoke(RECRUITMENT, keys, reason="下一轮", by=world.province).done) == GROUP

    unlucky.rounds("post", lambda: order, judge)


class Importer:
    """Imports of ever new residents, each confirmed and handed to a worker."""

    def __init__(self, *, whole: bool) -> None:
        add_entries("division", [{"code": "320199", "label": "示例县"}], "测试")
        self.world = factories.make_world()
        self.whole = whole
        self.serial = count(1)
        self.numbers: list[str] = []
        self.item: ImportJob | None = None
        self.job: Job | None = None

    def confirmed(self) -> dict[str, Any]:
        """A new workbook, checked and confirmed; the arguments of the victim that runs it."""
        rows = [self._row(next(self.serial)) for _ in range(IMPORTED)]
        self.numbers = [row["证件号码"] for row in rows]
        data = xlsx_file([list(rows[0]), *(list(row.values()) for row in rows)])
        item = imports.start(ACCOUNTS, data=data, file_name="账号.xlsx", by=self.world.base)
        checked = imports.check(item.pk, by=self.world.base)
        assert checked is not None
        item.refresh_from_db()
        assert imports.confirm(item, revision=item.revision, whole=self.whole, by=self.world.base)
        self.item = item
        self.job = jobs.enqueue("imports.run", by=self.world.base, arguments={"import_id": str(item.pk)})
        return {"job_id": str(self.job.pk), "step_rows": STEP}

    def _row(self, number: int) -> dict[str, str]:
        born = date(1990 + number % 9, 1 + number // 9 % 12, 1 + number // 108 % 28)
        return {
            "招收年份": str(date.today().year),
            "姓名": f"程{'知望景思若清嘉明'[number % 8]}禾",
            "证件类型": "居民身份证",
            "证件号码": id_numbers.synthetic("320199", born, number % 1000),
            "手机号": f"1907{number:07d}",
        }

    def present(self) -> int:
        """How many of the file's people are in, each with everything that belongs to one, or none of it."""
        hashes = [id_number_hash(number) for number in self.numbers]
        people = list(Person.unscoped.filter(id_number_hash__in=hashes).values_list("pk", flat=True))
        assert len(set(people)) == len(people)
        enrolled = Enrollment.unscoped.filter(person_id__in=people)
        assert enrolled.count() == enrolled.values("person_id").distinct().count() == len(people)
        assert RecruitmentReview.unscoped.filter(pk__in=enrolled.values("pk")).count() == len(people)
        users = User.unscoped.filter(person_id__in=people)
        assert users.count() == len(people)
        assert Grant.unscoped.filter(user__in=users).count() == len(people)
        assert InitialCredential.objects.filter(user__in=users).count() == len(people)
        told = HistoryEntry.unscoped.filter(person_id__in=people, verb="enrollment.import")
        assert told.count() == told.values("person_id").distinct().count() == len(people)
        assert ImportRow.objects.filter(job=self.item, applied_at__isnull=False).count() == len(people)
        return len(people)

    def taken_up_again(self) -> None:
        """The worker is dead: its job goes to another one, which ends it."""
        assert self.job is not None and self.item is not None
        reclaim(stale_seconds=-1)
        run_waiting_jobs()
        self.job.refresh_from_db()
        self.item.refresh_from_db()
        assert (self.job.status, self.item.status) == ("done", Status.DONE)
        assert self.present() == IMPORTED


@pytest.mark.parametrize("whole", [False, True], ids=["valid rows", "all or nothing"])
def test_import_killed_at_thirty_instants(unlucky: Victims, whole: bool) -> None:
    importer = Importer(whole=whole)

    def judge(ack: Any) -> None:
        present = importer.present()
        assert present % (IMPORTED if whole else STEP) == 0, f"{present} are in: half a step"
        if ack is not None:
            assert ack["status"] == "done" and present == IMPORTED, "it was acknowledged and is not there"
        importer.taken_up_again()

    unlucky.rounds("job", importer.confirmed, judge, rounds=30 if not whole else 15)


def test_export_killed_at_thirty_instants(unlucky: Victims, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "INLINE_ROWS", 5)
    world = factories.make_world()
    factories.make_enrollments(world, EXPORTED)
    client = client_of(world.base)
    current: dict[str, Any] = {}

    def asked() -> dict[str, Any]:
        known = set(ExportJob.unscoped.values_list("pk", flat=True))
        answer = client.post(
            reverse("exports:start", args=["residents.intake"]),
            {"column": ["name", "id_number", "phone"], "format": "csv", "query": ""},
        )
        assert answer.status_code == 302
        current["export"] = ExportJob.unscoped.exclude(pk__in=known).get()
        return {"job_id": str(current["export"].job_id)}

    def judge(ack: Any) -> None:
        export = export_selectors.for_work(current["export"].pk)
        if ack is not None:
            assert ack["status"] == "done" and export.status == "done"
        if export.status == "done":
            assert lines_of(export) == EXPORTED + 1, "what is called done is whole"
        reclaim(stale_seconds=-1)
        run_waiting_jobs()
        export = export_selectors.for_work(export.pk)
        assert (export.status, export.rows) == ("done", EXPORTED)
        assert lines_of(export) == EXPORTED + 1
        assert HistoryEntry.unscoped.filter(verb="export", subject_id=str(export.pk)).count() == 1

    unlucky.rounds("job", asked, judge)
    names = set(ExportJob.unscoped.values_list("file", flat=True))
    assert names <= set(walk(private())), "every file that a row names is there"


def lines_of(export: ExportJob) -> int:
    """Lines of the csv file as its owner gets it, the heads among them."""
    data = b"".join(sealed_file.read(export.pk, export.key, export.file))
    return data.decode("utf-8-sig").count("\r\n")


@pytest.mark.req("Q-12")
def test_sealing_killed_at_thirty_instants(unlucky: Victims) -> None:
    world = factories.make_world()
    seal_waiting()

    def more() -> dict[str, Any]:
        record(
            [
                Entry(verb="export", subject_type="test", subject_id=number, organization_path=world.tree.base.path)
                for number in range(SEALED)
            ],
            by=world.base,
        )
        return {"rows_a_seal": 10}

    def judge(ack: Any) -> None:
        report = verify()
        assert not report.findings, [str(finding) for finding in report.findings]
        if ack is not None:
            assert report.tail == 0, "it said that all were sealed"
        seal_waiting()
        report = verify()
        assert not report.findings and report.tail == 0
        assert report.rows == HistoryEntry.unscoped.count() == sum(HistorySeal.objects.values_list("rows", flat=True))

    unlucky.rounds("seal", more, judge)
