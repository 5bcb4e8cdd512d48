"""What was altered behind the product's back is found and named."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.history import heads
from xinglin.history.digesting import COLUMNS, GENESIS
from xinglin.history.findings import KEPT, Finding, Kind, Report
from xinglin.history.models import HistoryEntry, HistorySeal
from xinglin.history.sealing import seal_waiting
from xinglin.history.verification import verify
from xinglin.kernel import clock

from .rows import change, copy_of, everything_is_safe, remove, sealed, write

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-12")]
OTHER = {
    "at": dt.datetime(2026, 11, 3, 8, 0, tzinfo=clock.SHANGHAI), "request_id": "0" * 32, "actor_user_id": 6,
    "actor_name": "别人", "actor_role": "resident", "actor_organization_id": None, "actor_organization_name": "别处",
    "source": "api", "verb": "person.save.education", "update_type": "", "subject_type": "enrollment",
    "subject_id": "4100", "parent_type": "", "parent_id": "9", "person_id": None, "organization_path": "/1/4/8/",
    "organization_name": "", "province_id": 4, "province_name": "别省", "track": "tcm", "facts": {"batch": 2},
    "changes": {"民族": ["--", "回族"]}, "sealed": b"\x01", "key_id": uuid.UUID(int=7),
}  # fmt: skip


def found(report=None):
    """(kind, row) of every finding."""
    return sorted((finding.kind, finding.row_id) for finding in (report or verify()).findings)


def test_what_was_not_touched_passes():
    sealed(3, batches=3)
    report = verify()
    assert report.intact and (report.partitions, report.seals, report.rows, report.tail) == (1, 3, 9, 0)
    assert report.summary == "核验通过：1 个月份、3 个封条、9 条记录，与封存时一致。"


def test_an_empty_history_passes():
    assert verify().intact and verify().summary.startswith("核验通过：0 个月份")


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "id"])
def test_one_altered_column_of_one_row_is_found_and_named(column):
    ids = sealed(3, batches=2)
    change(ids[4], **{column: OTHER[column]})
    report = verify()
    (finding,) = report.findings
    assert (finding.kind, finding.row_id, finding.sequence) == (Kind.TAMPERED, ids[4], 2)
    row = HistoryEntry.unscoped.get(pk=ids[4])
    assert (finding.verb, finding.subject_type, finding.subject_id) == (row.verb, row.subject_type, row.subject_id)
    assert finding.at == f"{clock.local(row.at):%Y-%m-%d %H:%M:%S}" and str(ids[4]) in str(finding)


def test_a_changed_id_is_a_missing_row_and_an_added_one():
    ids = sealed(5)
    HistorySeal.objects.all().delete()
    remove(ids[2])
    seal_waiting()
    everything_is_safe()
    HistoryEntry.unscoped.filter(pk=ids[3]).update(id=ids[2])
    assert found() == [(Kind.ADDED, ids[2]), (Kind.MISSING, ids[3])]


def test_the_lookup_may_go_with_the_persons_key():
    (row,) = sealed(1)
    change(row, lookup="")
    assert verify().intact


def test_a_row_moved_to_another_month_is_found():
    ids = sealed(2)
    change(ids[0], at=dt.datetime(2025, 1, 1, tzinfo=clock.SHANGHAI))
    assert found() == [(Kind.TAMPERED, ids[0])]


def test_a_deleted_row_is_named_with_its_seal():
    ids = sealed(2, batches=2)
    remove(ids[2])
    (finding,) = verify().findings
    assert (finding.kind, finding.row_id, finding.sequence) == (Kind.MISSING, ids[2], 2)
    assert "封存于" in finding.note and "记录被删除" in str(finding)


def test_a_row_put_in_below_the_last_seal_is_named():
    ids = sealed(4)
    HistorySeal.objects.all().delete()
    copied = HistoryEntry.unscoped.filter(pk=ids[1]).values(*COLUMNS).get()
    remove(ids[1])
    seal_waiting()
    everything_is_safe()
    HistoryEntry.unscoped.bulk_create([HistoryEntry(**{**copied, "verb": "review.approve"})])
    (finding,) = verify().findings
    assert (finding.kind, finding.row_id, finding.verb) == (Kind.ADDED, ids[1], "review.approve")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the key of SQLite is the id alone")
def test_a_second_row_with_a_taken_id_is_named():
    ids = sealed(2)
    copy_of(ids[0], at=dt.datetime(2040, 1, 1, tzinfo=clock.SHANGHAI), verb="forged")
    report = verify()
    assert [(f.kind, f.row_id, f.verb) for f in report.findings] == [(Kind.ADDED, ids[0], "forged")]


def test_two_rows_that_changed_places_are_both_named():
    ids = sealed(3)
    one, two = (HistoryEntry.unscoped.filter(pk=pk).values("subject_id", "changes").get() for pk in ids[:2])
    change(ids[0], **two), change(ids[1], **one)
    assert found() == [(Kind.TAMPERED, ids[0]), (Kind.TAMPERED, ids[1])]


def test_rows_not_sealed_yet_are_told_and_no_breach():
    sealed(2)
    write(3, at=dt.datetime(2026, 11, 5, 7, 8, 9, tzinfo=clock.SHANGHAI))
    report = verify()
    assert report.intact and report.tail == 3 and report.tail_oldest == "2026-11-05 07:08:09"


class TestSeals:
    def edit(self, sequence, **values):
        assert HistorySeal.objects.filter(sequence=sequence).update(**values) == 1

    def test_an_altered_row_digest_breaks_its_own_seal(self):
        ids = sealed(2, batches=2)
        digests = bytearray(HistorySeal.objects.get(sequence=1).row_digests)
        digests[40] ^= 1
        self.edit(1, row_digests=bytes(digests))
        assert found() == [(Kind.SEAL_ALTERED, None), (Kind.TAMPERED, ids[1])]

    @pytest.mark.parametrize(
        "values",
        [{"rows": 9}, {"first_id": 0}, {"last_id": 10**9}, {"digest": "f" * 64}, {"row_digests": b""},
         {"sealed_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, {"row_ids": [[1, 10**15]]}, {"row_ids": "x"}],
        ids=lambda values: next(iter(values)),
    )  # fmt: skip
    def test_an_altered_seal_is_named(self, values):
        sealed(2, batches=2)
        self.edit(2, **values)
        assert (Kind.SEAL_ALTERED, "2 号") in [(f.kind, f.place[-5:-2].strip("第 ")) for f in verify().findings]

    def test_an_altered_previous_is_a_broken_link(self):
        sealed(1, batches=3)
        self.edit(2, previous="e" * 64)
        assert {kind for kind, _ in found()} == {Kind.LINK_BROKEN, Kind.SEAL_ALTERED}

    def test_a_deleted_seal_is_missed_and_its_rows_lie_outside(self):
        ids = sealed(1, batches=3)
        everything_is_safe()
        HistorySeal.objects.filter(sequence=2).delete()
        report = verify()
        assert found(report) == [(Kind.ADDED, ids[1]), (Kind.SEAL_MISSING, None)]
        assert "之前缺第 2 号封条" in str(report.findings[0])

    def test_the_first_seals_cannot_go_unnoticed(self):
        sealed(1, batches=4)
        HistorySeal.objects.filter(sequence__lte=2).delete()
        assert "之前缺第 1 至 2 号封条" in str(verify().findings[0])

    def test_a_fork_is_seen_where_the_constraint_was_dropped(self):
        sealed(1, batches=2)
        twin = HistorySeal.objects.get(sequence=2)
        twin.pk, twin.digest = None, "d" * 64
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                for name in ("history_seal_sequence", "history_seal_chain"):
                    cursor.execute(f"ALTER TABLE history_historyseal DROP CONSTRAINT {name}")
            else:
                cursor.execute("CREATE TABLE twin AS SELECT * FROM history_historyseal")
                cursor.execute("DROP TABLE history_historyseal")
                cursor.execute("ALTER TABLE twin RENAME TO history_historyseal")
        twin.pk = 10**6
        twin.save(force_insert=True)
        kinds = {kind for kind, _ in found()}
        assert {Kind.FORK, Kind.TWICE, Kind.SEAL_ALTERED} <= kinds


class TestHead:
    """Only what was kept outside the machine shows that the end was cut off or everything rewritten."""

    def head(self):
        return heads.parse(heads.export(heads.current()))

    def test_the_head_of_an_untouched_chain_fits_also_later(self):
        sealed(2, batches=2)
        head = self.head()
        sealed(1, batches=2)
        report = verify(heads=head)
        assert report.intact and report.head_made_at == head.made_at and head.rows == 4

    def test_a_cut_tail_is_found_by_the_head_alone(self):
        ids = sealed(1, batches=3)
        head = self.head()
        HistorySeal.objects.filter(sequence=3).delete()
        remove(ids[2])
        assert verify().intact
        (finding,) = verify(heads=head).findings
        assert finding.kind == Kind.CUT and finding.sequence == 3

    def test_a_rewritten_chain_is_found_by_the_head_alone(self):
        ids = sealed(2, batches=2)
        head = self.head()
        change(ids[0], verb="review.approve")
        HistorySeal.objects.all().delete()
        seal_waiting()
        seal = HistorySeal.objects.get()
        assert seal.previous == GENESIS and verify().intact
        assert {f.kind for f in verify(heads=head).findings} <= {Kind.CUT, Kind.REPLACED}
        assert not verify(heads=head).intact

    def test_a_chain_of_the_same_length_is_found_replaced(self):
        ids = sealed(2)
        head = self.head()
        change(ids[0], verb="review.approve")
        HistorySeal.objects.all().delete()
        seal_waiting()
        assert [f.kind for f in verify(heads=head).findings] == [Kind.REPLACED]

    def test_a_vanished_month_is_found(self):
        sealed(1, at=dt.datetime(2026, 10, 5, tzinfo=clock.SHANGHAI))
        sealed(1, at=dt.datetime(2026, 11, 5, tzinfo=clock.SHANGHAI))
        head = self.head()
        HistorySeal.objects.filter(partition="2026-10").delete()
        assert [(f.kind, f.partition) for f in verify(heads=head).findings if f.kind == Kind.CUT] == [
            (Kind.CUT, "2026-10")
        ]

    def test_an_altered_head_file_is_told(self):
        sealed(1)
        head = heads.parse(heads.export(heads.current()).replace('"rows": 1', '"rows": 2'))
        assert not head.ours
        assert [f.kind for f in verify(heads=head).findings] == [Kind.HEAD_FOREIGN]

    @pytest.mark.parametrize(
        "text",
        ["", "{", "[]", "null", "3", '{"kind": "x"}', '{"kind":"xinglin-history-head","format":1,"signature":""}',
         '{"kind":"xinglin-history-head","format":1,"made_at":"x","partitions":[],"signature":""}',
         '{"kind":"xinglin-history-head","format":1,"made_at":"2026-11-20T08:00:00+08:00","signature":"",'
         '"partitions":[{"partition":"2026-11","sequence":"1","digest":"","rows":1}]}'],
    )  # fmt: skip
    def test_other_texts_are_refused_in_words(self, text):
        with pytest.raises(ValueError, match="导出的链头文件"):
            heads.parse(text)


@given(spoiled=st.dictionaries(st.integers(0, 11), st.sampled_from(["change", "remove"]), max_size=6))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_exactly_the_spoiled_rows_are_named(db, spoiled):
    from django.db import transaction

    with transaction.atomic():
        ids = sealed(4, batches=3)
        for place, how in spoiled.items():
            remove(ids[place]) if how == "remove" else change(ids[place], organization_name="别处")
        expected = [(Kind.MISSING if how == "remove" else Kind.TAMPERED, ids[place]) for place, how in spoiled.items()]
        assert found() == sorted(expected)
        transaction.set_rollback(True)


def test_a_report_survives_json_and_tells_only_so_many():
    report = Report(partitions=1, seals=2, rows=3)
    for number in range(KEPT + 5):
        report.add(Finding(Kind.MISSING, "2026-11", 1, number))
    again = Report.from_json(report.as_json())
    assert again == report and again.total == KEPT + 5 and len(again.findings) == KEPT
    assert (
        again.summary
        == f"核验发现 {KEPT + 5} 处问题：记录被删除 {KEPT + 5} 处（共核对 1 个月份、2 个封条、3 条记录）。"
    )


def test_progress_is_told_and_may_stop_the_run():
    sealed(2, batches=3)
    heard = []
    verify(tell=lambda done, total: heard.append((done, total)))
    assert heard == [(2, 6), (4, 6), (6, 6)]

    def stop(done, total):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        verify(tell=stop)
