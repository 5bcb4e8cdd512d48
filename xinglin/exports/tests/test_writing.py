"""P-17, P-19, P-21: workbook and CSV as a reader finds them, rows read light or whole, what an export may never be."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.accounts.tests import factories
from xinglin.exports import checkups, list_specs, selectors, writing
from xinglin.exports.enums import Format, Status
from xinglin.exports.models import ExportJob
from xinglin.exports.tests import scenes
from xinglin.kernel import clock
from xinglin.kernel.checkups import Look
from xinglin.kernel.spreadsheet_guard import unguard
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import Organization
from xinglin.ui.lists.parts import Column
from xinglin.ui.lists.spec import ListSpec
from xinglin.vault.actions import new_key

pytestmark = pytest.mark.req("P-17")
STILL = settings(max_examples=30, deadline=None)
NAME, COUNT = Column("name", "姓名"), Column("count", "人数", numeric=True, unit="人", width=9)
CELLS = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


def sheet(columns, lines, title="名单"):
    target = io.BytesIO()
    writing.write_xlsx(target, title, columns, lines)
    return openpyxl.load_workbook(io.BytesIO(target.getvalue())).active


def text_of(columns, lines):
    target = io.BytesIO()
    writing.write_csv(target, columns, lines)
    return target.getvalue()


def test_a_workbook_has_a_frozen_bold_head_a_filter_and_widths():
    found = sheet([NAME, COUNT], [("林知夏", 3), ("方景行", None)])
    assert list(found.values) == [("姓名", "人数（人）"), ("林知夏", 3), ("方景行", None)]
    assert found.freeze_panes == "A2"
    assert found["A1"].font.bold
    assert not found["A2"].font.bold
    assert found.auto_filter.ref
    assert found.column_dimensions["B"].width == pytest.approx(9, abs=1)
    assert [cell.data_type for cell in found[2]] == ["s", "n"]


def test_digits_in_a_text_column_stay_text():
    """An ID number as a number would lose its last three digits."""
    found = sheet([NAME], [("110199199001012747",), ("007",)])
    assert [cell.value for cell in found["A"]] == ["姓名", "110199199001012747", "007"]
    assert {cell.data_type for cell in found["A"]} == {"s"}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("招收信息", "招收信息"),
        ("a/b:c*d?e[f]g\\h", "a b c d e f g h"),
        ("长" * 40, "长" * 31),
        ("///", "数据"),
        ("", "数据"),
    ],
)
def test_a_sheet_takes_the_title_as_far_as_a_sheet_can(title, name):
    assert sheet([NAME], [("a",)], title).title == name


def test_without_a_row_there_are_heads_only():
    assert next(sheet([NAME, COUNT], []).values) == ("姓名", "人数（人）")
    assert text_of([NAME, COUNT], []) == "\ufeff姓名,人数（人）\r\n".encode()


@STILL
@given(lines=st.lists(st.tuples(CELLS, CELLS), max_size=6))
def test_whatever_stands_in_a_csv_file_comes_back_cell_by_cell(lines):
    blob = text_of([NAME, Column("b", "备注")], lines)
    assert blob.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(blob.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["姓名", "备注"]
    assert [tuple(row) for row in rows[1:]] == lines


def test_a_csv_file_quotes_what_would_break_a_row_and_leaves_gaps_empty():
    blob = text_of([NAME, COUNT], [('他说"好"', 1), ("一,二", None), ("上\n下", 2.5)]).decode("utf-8-sig")
    assert blob == '姓名,人数（人）\r\n"他说""好""",1\r\n"一,二",\r\n"上\n下",2.5\r\n'


def test_the_target_of_a_csv_file_stays_open_for_the_sealing():
    target = io.BytesIO()
    writing.write_csv(target, [NAME], [("a",)])
    assert not target.closed


@pytest.mark.parametrize("head", ["=HYPERLINK(1)", "+1", "-1", "@x"])
def test_heads_are_guarded_like_cells(head):
    assert writing.distinct_heads([Column("a", head)]) == [f"'{head}"]
    assert unguard(writing.distinct_heads([Column("a", head)])[0]) == head


@STILL
@given(labels=st.lists(st.sampled_from(["甲", "乙", "甲（2）", "甲（3）"]), max_size=9))
def test_no_two_heads_are_the_same_whatever_they_are_called(labels):
    heads = writing.distinct_heads([Column(str(place), label) for place, label in enumerate(labels)])
    assert len(set(heads)) == len(labels)
    assert all(head.startswith(label) for head, label in zip(heads, labels, strict=True))


class Light(ListSpec):
    """Reads what its columns need as tuples."""

    name, title, order_by = "test.light", "轻", ("name",)
    model, reads = Organization, ("kind",)
    columns = (
        Column("name", "名称"),
        Column("province", "省份", value="province.name"),
        Column("both", "两者", value=lambda row: f"{row.name}/{row.code}", needs=("name", "code")),
        Column("made", "类别", value=lambda row: row.said),
        Column("phone", "电话", value="short_name", mask="phone"),
    )

    def queryset(self, viewer):
        return Organization.objects.visible_to(viewer).select_related("province")

    def prepare(self, rows, viewer):
        for row in rows:
            row.said = f"={row.kind}"


class Whole(Light):
    """The same, reading rows whole."""

    name, reads = "test.whole_rows", None


def lines(spec, viewer, *, clear=False, tell=lambda done: None):
    return list(
        writing.rows(spec, spec.queryset(viewer).order_by("name"), spec.columns, viewer, clear=clear, tell=tell)
    )


@pytest.mark.django_db
@pytest.mark.req("Q-03", "P-19")
@pytest.mark.parametrize("clear", [False, True])
def test_light_rows_and_whole_rows_make_the_same_lines(clear):
    tree, made = scenes.units(5)
    viewer = factories.viewer_of(factories.make_staff("province_reviewer", tree.province))
    light = lines(Light(), viewer, clear=clear)
    assert light == lines(Whole(), viewer, clear=clear)
    mine = {line[0]: line for line in light}
    for unit in made:
        shown = unit.short_name if clear else f"{unit.short_name[:3]}****{unit.short_name[-4:]}"
        assert mine[unit.name] == (
            unit.name, tree.province.name, f"{unit.name}/{unit.code}", "'=hospital", shown,
        )  # fmt: skip
    assert tree.foreign_base.name not in mine


@pytest.mark.django_db
@pytest.mark.parametrize("spec", [Light(), Whole()])
def test_progress_is_told_after_every_chunk_and_counts_all(monkeypatch, spec):
    monkeypatch.setattr(writing, "CHUNK", 3)
    tree, _ = scenes.units(7)
    viewer = factories.viewer_of(factories.make_staff("province_reviewer", tree.province))
    told = []
    found = lines(spec, viewer, tell=told.append)
    assert told[:3] == [3, 6, 9]
    assert told[-1] == len(found) == 10


@pytest.mark.django_db
def test_who_tells_may_stop_the_work():
    tree, _ = scenes.units(3)
    viewer = factories.viewer_of(factories.make_staff("province_reviewer", tree.province))

    def stop(done):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        lines(Light(), viewer, tell=stop)


def export(**changes):
    """A row as an action would write it."""
    words = {
        "key": new_key("job"), "owner_user_id": 7, "owner_name": "方景行", "grant_id": 70, "organization_path": "/1/2/",
        "track": "western", "list_name": "test.units", "title": "机构一览", "query": "name=云", "conditions": "[]",
        "columns": ["name"], "total": 3,
    }  # fmt: skip
    return ExportJob.unscoped.create(**{**words, **changes})


DONE = {"status": Status.DONE, "file": "x", "rows": 1, "finished_at": clock.now(), "expires_at": clock.now()}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "gone"},
        {"format": "pdf"},
        {**DONE, "file": ""},
        {**DONE, "rows": None},
        {**DONE, "expires_at": None},
        {**DONE, "finished_at": None},
        {"status": Status.FAILED, "failure": ""},
    ],
)
def test_the_database_refuses_what_no_export_is(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        export(**wrong)


def looks(**changes):
    words = {
        "user_id": 7, "user_name": "方景行", "grant_id": 70, "role": "base_admin", "role_label": "基地管理员",
        "organization_id": 2, "organization_name": "云汀", "organization_path": "/1/2/", "track": "western",
    }  # fmt: skip
    return Viewer(**{**words, **changes})


@pytest.mark.django_db
@pytest.mark.req("Q-10")
@pytest.mark.parametrize(
    ("viewer", "sees"),
    [
        (looks(), True),
        (looks(organization_path="/1/", track=None), True),
        (looks(user_id=8), False),
        (looks(organization_path="/1/3/"), False),
        (looks(organization_path=""), False),
        (looks(track="tcm"), False),
        (looks(user_id=None, role="public"), False),
        (Viewer.system("test"), True),
    ],
)
def test_an_export_is_its_owners_under_an_identity_that_covers_its_place(viewer, sees):
    made = export()
    assert [row.pk for row in selectors.mine(viewer)] == ([made.pk] if sees else [])


@pytest.mark.parametrize(
    ("status", "opened"),
    [
        (Status.WAITING, True),
        (Status.RUNNING, True),
        (Status.DONE, False),
        (Status.FAILED, False),
        (Status.CANCELLED, False),
        (Status.EXPIRED, False),
    ],
)
@pytest.mark.req("P-21")
def test_without_a_file_the_download_says_why(status, opened):
    job = ExportJob(status=status, title="机构一览", format=Format.CSV)
    (action,) = list_specs.ExportHistory().row_actions(job, looks())
    assert job.is_open is opened
    assert bool(action.url) is (status == Status.DONE)
    expected = {
        Status.DONE: "", Status.EXPIRED: "文件已过保存期，请重新导出",
    }.get(status, f"{Status(status).label}，没有文件")  # fmt: skip
    assert action.reason == expected


@pytest.mark.req("P-20")
def test_a_saved_copy_is_called_by_title_and_time_in_beijing():
    from datetime import UTC, datetime

    job = ExportJob(title="机构一览", format=Format.CSV, created_at=datetime(2026, 11, 20, 16, 30, 5, tzinfo=UTC))
    assert job.file_name == "机构一览_20261121_003005.csv"


@pytest.mark.django_db
@pytest.mark.urls("xinglin.ui.tests.lists.sample")
def test_conditions_for_the_history_hide_what_was_typed():
    tree, _ = scenes.units(1)
    viewer = factories.viewer_of(factories.make_staff("province_reviewer", tree.province))
    asked = selectors.request_of("test.units", QueryDict("name=林知夏&kind=hospital&year=2026"), viewer)
    assert ("名称", "林知夏") in asked.conditions
    assert dict(asked.untold_conditions)["名称"] == "（已填写）"
    assert "林知夏" not in json.dumps(asked.untold_conditions, ensure_ascii=False)
    assert dict(asked.untold_conditions)["年份"] == "2026"
    assert asked.has_sensitive


@pytest.mark.django_db
@pytest.mark.req("Q-13")
def test_the_doctor_tells_of_missing_files_and_late_sweeps():
    assert list(checkups.files(Look(full=True))) == []
    late = clock.now() - timedelta(hours=2)
    export(**{**DONE, "file": "exports/00/nothing", "expires_at": late})
    missing, over = checkups.files(Look(full=True))
    assert "1 个导出文件不在存储里" in missing.what
    assert "1 个导出文件过了保存期" in over.what
    counted = {labels[0]: number for labels, number in checkups.exports()}
    assert counted == {status: int(status == Status.DONE) for status in Status.values}
