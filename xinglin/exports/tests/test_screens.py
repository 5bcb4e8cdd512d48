"""P-17: the page that asks what to export, the page that tells how far it is, the time that a file is kept."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
import time_machine

from xinglin.exports import actions, sealed_file
from xinglin.exports.enums import Format, Status
from xinglin.exports.list_specs import size_text
from xinglin.exports.models import ExportJob
from xinglin.exports.tests import scenes
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.organizations.models import Organization
from xinglin.ui.lists.addresses import of_list

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("xinglin.ui.tests.lists.sample"),
    pytest.mark.req("P-17"),
]


@pytest.fixture
def tree(client):
    tree, _ = scenes.units()
    scenes.signed_in(client, "province_reviewer", tree.province)
    return tree


def lines_of(client, export):
    blob = scenes.taken(client, export)
    if export.format == Format.CSV:
        return list(csv.reader(io.StringIO(blob.decode("utf-8-sig"))))
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(blob)).active.values]


@pytest.mark.parametrize("form", Format.values)
@pytest.mark.parametrize("columns", [["code"], ["created_at", "name"], ["length", "contact", "kind"]])
def test_the_columns_asked_for_in_their_order(client, tree, form, columns):
    export = scenes.made(client, "name=云汀", column=columns, format=form)
    head, *rows = lines_of(client, export)
    assert export.columns == columns
    assert len(head) == len(columns)
    assert len(rows) == 3
    if "length" in columns:
        assert {int(row[0]) for row in rows} == {10_000}


@pytest.mark.parametrize("columns", [[], ["nothing"], ["pk", "password"]])
def test_without_a_known_column_nothing_is_made_and_the_page_says_why(client, tree, columns):
    answer = scenes.ask(client, column=columns)
    assert answer.status_code == 422
    assert "至少选择一列" in answer.content.decode()
    assert not ExportJob.unscoped.exists()


def test_a_column_twice_and_an_unknown_one_are_passed_over(client, tree):
    assert scenes.made(client, column=["name", "name", "nothing", "code"]).columns == ["name", "code"]


def test_an_unknown_format_is_a_workbook(client, tree):
    assert scenes.made(client, format="exe").format == Format.XLSX


def test_the_page_names_conditions_and_number_of_rows(client, tree):
    page = client.get(f"{scenes.LIST}?kind=hospital&name=云汀")
    html = page.content.decode()
    assert "名称" in html
    assert "云汀" in html
    assert page.context["count"].number == 3
    assert [column.name for column in page.context["columns"]][:2] == ["name", "kind"]


def test_columns_that_the_list_shows_are_ticked_and_come_first(client, tree):
    client.post("/test/units/", {"do": "columns", "order": ["code", "name"], "show": ["code", "name"]})
    page = client.get(scenes.LIST)
    assert [column.name for column in page.context["columns"]][:2] == ["code", "name"]
    assert page.context["shown"] == {"name", "code"}


def test_a_list_that_does_not_exist_is_not_found(client, tree):
    assert client.get("/exports/of/test.nothing/").status_code == 404
    assert client.post("/exports/of/test.nothing/", {"column": ["name"]}).status_code == 404


def test_conditions_that_make_no_sense_export_what_the_list_would_show(client, tree):
    export = scenes.made(client, "kind=castle&name=云汀")
    assert export.rows == 3


def test_an_empty_list_makes_a_file_of_heads(client, tree):
    export = scenes.made(client, "name=没有这家", format="csv")
    assert export.rows == 0
    assert lines_of(client, export)[0][0] == "名称"


@pytest.mark.parametrize("form", Format.values)
@pytest.mark.parametrize("evil", ["=1+1", "+86", "-李", "@x", "'=1", "\t=1", "＝１", "a=b", "'", "''"])
def test_a_text_comes_back_as_it_was_through_the_guard(client, tree, form, evil):
    from xinglin.kernel.spreadsheet_guard import unguard

    unit = Organization.unscoped.get(name="云汀第00001医院")
    Organization.unscoped.filter(pk=unit.pk).update(code=evil)
    export = scenes.made(client, "name=00001", format=form, column=["code"])
    said = lines_of(client, export)[1][0]
    assert not str(said).startswith(("=", "+", "-", "@"))
    assert unguard(str(said)) == evil


def test_a_file_is_kept_seven_days_and_then_gone(client, tree):
    export = scenes.made(client)
    assert export.expires_at - export.finished_at == timedelta(days=7)
    with time_machine.travel(clock.now() + timedelta(days=6, hours=23)):
        assert actions.expire() == 0
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        assert actions.expire() == 1
        assert actions.expire() == 0
    export.refresh_from_db()
    assert (export.status, export.file) == (Status.EXPIRED, "")
    assert export.rows == 6, "what was exported stays told"


def test_an_expired_file_says_so_and_names_the_way(client, tree):
    export = scenes.made(client)
    ExportJob.unscoped.filter(pk=export.pk).update(expires_at=clock.now() - timedelta(minutes=1))
    actions.expire()
    answer = client.post(f"/exports/job/{export.pk}/download")
    assert answer.status_code in {409, 422}
    assert "请重新导出" in answer.content.decode()
    assert "请重新导出" in client.get("/exports/").content.decode()


@pytest.mark.parametrize("status", [Status.WAITING, Status.RUNNING, Status.FAILED, Status.CANCELLED])
def test_a_file_that_is_not_made_cannot_be_taken(client, tree, status):
    export = scenes.made(client)
    ExportJob.unscoped.filter(pk=export.pk).update(status=status, failure="磁盘已满")
    export.refresh_from_db()
    viewer = scenes.signed_in(client, "province_reviewer", tree.province)
    with pytest.raises(Refused, match="还没有生成"):
        actions.hand_out(export, by=viewer)


def test_every_taking_is_recorded_with_what_it_was(client, tree):
    export = scenes.made(client, "name=云汀", clear="1")
    for _ in range(2):
        scenes.taken(client, export)
    rows = HistoryEntry.objects.for_system("test").filter(subject_id=str(export.pk)).order_by("id")
    assert [row.verb for row in rows] == ["export", "download", "download"]
    for row in rows:
        assert (row.facts["rows"], row.facts["clear"], row.facts["list"]) == (3, True, "test.units")
        assert "云汀" not in str(row.facts), "what was typed is told to nobody who only reads the log"


def test_masked_or_clear_by_what_was_asked(client, tree):
    masked = lines_of(client, scenes.made(client, "name=云汀", column=["contact"], format="csv"))[1:]
    clear = lines_of(client, scenes.made(client, "name=云汀", column=["contact"], format="csv", clear="1"))[1:]
    assert [row[0] for row in clear] == [f"139{place:08d}" for place in range(3)]
    assert [row[0] for row in masked] == [f"139****{place:04d}" for place in range(3)]


def test_running_a_finished_export_again_changes_nothing(client, tree):
    export = scenes.made(client)
    viewer = scenes.signed_in(client, "province_reviewer", tree.province)
    Organization.unscoped.filter(name="云汀第00001医院").update(name="改名医院")
    actions.run(export.pk, by=viewer)
    again = ExportJob.unscoped.get(pk=export.pk)
    assert (again.file, again.finished_at, again.rows) == (export.file, export.finished_at, export.rows)


def test_the_stored_file_shows_nothing_of_its_content(client, tree):
    from xinglin.files.storage import private

    export = scenes.made(client, format="csv")
    with private().open(export.file) as stored:
        blob = stored.read()
    assert "云汀".encode() not in blob
    assert b"PK" not in blob[:8]
    assert b"".join(sealed_file.read(export.pk, export.key, export.file)).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("size", "said"),
    [(None, ""), (0, "1 KB"), (900, "1 KB"), (2048, "2 KB"), (1024 * 1024, "1.0 MB"), (3_565_158, "3.4 MB")],
)
def test_sizes_are_said_in_round_figures(size, said):
    assert size_text(size) == said


def test_the_answer_is_a_download_that_no_cache_keeps(client, tree):
    export = scenes.made(client, format="csv")
    answer = client.post(f"/exports/job/{export.pk}/download")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert int(answer["Content-Length"]) == len(b"".join(answer.streaming_content))


def test_the_buttons_of_a_file_do_not_wait_for_another_page(client, tree):
    """The page stays where it is, so no event would take "正在处理…" off the button."""
    export = scenes.made(client)
    url = f"/exports/job/{export.pk}/"
    assert f'action="{url}download" data-download>' in client.get(url).content.decode()
    assert f'formaction="{url}download" data-download ' in client.get("/exports/").content.decode()


def test_an_export_stands_under_the_menu_entry_of_its_list_and_leads_back_to_it(client, tree):
    scenes.signed_in(client, "base_admin", tree.base)
    answer = client.get("/exports/of/residents.intake/?name=张三")
    assert answer.context["nav_key"] == "residents.intake"
    assert answer.context["back"] == "/residents/intake/?name=%E5%BC%A0%E4%B8%89"
    assert "取消" in answer.content.decode()
    assert of_list("no.such.list") == ""
