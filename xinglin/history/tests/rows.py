"""Rows to seal and ways around the product to spoil them."""

from django.db import connection

from xinglin.history.actions import Entry, record
from xinglin.history.digesting import COLUMNS
from xinglin.history.models import HistoryEntry, HistorySeal
from xinglin.history.sealing import seal_waiting
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.vault.actions import new_key
from xinglin.vault.hashing import keyed_hash


def write(count=1, *, at=None, **fields):
    """Some rows about one invented person, written as the product writes them; their ids."""
    key = new_key("person")
    fields = {"subject_type": "person", "organization_path": "/1/3/7/", "person_id": 41, **fields}
    before = set(HistoryEntry.unscoped.values_list("id", flat=True))
    entries = [
        Entry(
            verb="person.save.basic_info", update_type="changed", subject_id=number, province_id=3, track="western",
            province_name="澜江省", organization_name="澜江医院", parent_type="enrollment", parent_id=number, key=key,
            changes={"民族": ["--", "汉族"]}, sealed_changes={"手机": ["--", "19000000003"]}, facts={"batch": 1},
            who={"name": "江明澈"}, lookup=keyed_hash("id_number", "x"), **fields,
        )
        for number in range(1, count + 1)
    ]  # fmt: skip
    if at is None:
        record(entries, by=BASE)
    else:
        with clock.telling(at):
            record(entries, by=BASE)
    return sorted(set(HistoryEntry.unscoped.values_list("id", flat=True)) - before)


BASE = Viewer(
    user_id=5, user_name="何嘉树", grant_id=9, role="base_admin", role_label="基地管理员", organization_id=7,
    organization_name="澜江医院", organization_path="/1/3/7/", source="web",
)  # fmt: skip


def sealed(count=1, batches=1, **fields):
    """Rows in so many seals; their ids."""
    ids = []
    for _ in range(batches):
        ids += write(count, **fields)
        seal_waiting()
    return ids


def everything_is_safe():
    """As after some minutes: nothing open can still commit below the last seal (PostgreSQL; SQLite knows)."""
    if connection.vendor == "postgresql":
        from xinglin.history.models import SealMark

        last = HistorySeal.objects.order_by("-last_id").values_list("last_id", flat=True)[0]
        SealMark.objects.update_or_create(pk=1, defaults={"safe_id": last})


def copy_of(row_id, **changes):
    """Insert a copy of a row behind the product's back."""
    row = HistoryEntry.unscoped.filter(pk=row_id).values(*COLUMNS).get()
    HistoryEntry.unscoped.bulk_create([HistoryEntry(**{**row, **changes})])


def change(row_id, **values):
    """Alter a stored row behind the product's back."""
    assert HistoryEntry.unscoped.filter(pk=row_id).update(**values) == 1


def remove(row_id):
    """Delete a stored row behind the product's back."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM history_historyentry WHERE id = %s", [row_id])
        assert cursor.rowcount == 1
