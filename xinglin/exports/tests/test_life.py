"""P-17: from the list to the file in the owner's hands."""

import csv
import io
import re

import openpyxl
import pytest

from xinglin.exports.enums import Status
from xinglin.exports.tests import scenes
from xinglin.history.models import HistoryEntry
from xinglin.organizations.models import Organization

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


def sheet_of(blob):
    return list(openpyxl.load_workbook(io.BytesIO(blob)).active.values)


def test_the_workbook_holds_exactly_what_the_list_shows(client, tree):
    export = scenes.made(client, "kind=hospital&sort=-name")
    head, *rows = sheet_of(scenes.taken(client, export))
    assert head == ("名称", "类别", "省份", "代码", "电话", "字数（字）", "建立时间")
    shown = client.get("/test/units/?kind=hospital&sort=-name").context["page"].page.rows
    assert [row[0] for row in rows] == [unit.name for unit in shown]
    assert export.rows == len(shown) == 5
    assert rows[0][5] == len(shown[0].name) * 1000, "numbers stay numbers"


def test_csv_opens_in_excel(client, tree):
    blob = scenes.taken(client, scenes.made(client, "name=云汀", format="csv"))
    assert blob.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in blob
    rows = list(csv.reader(io.StringIO(blob.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["名称", "云汀第00000医院", "云汀第00001医院", "云汀第00002医院"]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_what_people_typed_is_never_a_formula(client, tree, form):
    evil = ["=1+1", "+86", "-李", "@x", "\t=1"]
    for unit, name in zip(Organization.unscoped.filter(name__startswith="云汀"), evil[:3], strict=True):
        Organization.unscoped.filter(pk=unit.pk).update(code=name)
    blob = scenes.taken(client, scenes.made(client, "name=云汀", format=form))
    if form == "csv":
        codes = [row[3] for row in list(csv.reader(io.StringIO(blob.decode("utf-8-sig"))))[1:]]
    else:
        cells = [row[3] for row in openpyxl.load_workbook(io.BytesIO(blob)).active.iter_rows(min_row=2)]
        assert {cell.data_type for cell in cells} == {"s"}
        codes = [cell.value for cell in cells]
    assert codes == [f"'{name}" for name in evil[:3]]


def test_nothing_found_is_a_workbook_of_heads(client, tree):
    export = scenes.made(client, "name=没有这样的")
    assert [row[0] for row in sheet_of(scenes.taken(client, export))] == ["名称"]
    assert export.rows == 0


def test_columns_are_those_chosen_in_their_order(client, tree):
    export = scenes.made(client, column=["code", "name", "nonsense"])
    assert sheet_of(scenes.taken(client, export))[0] == ("代码", "名称")
    answer = scenes.ask(client, column=["nonsense"])
    assert answer.status_code == 422
    assert "至少选择一列" in answer.content.decode()


def test_the_form_ticks_what_the_list_shows(client, tree):
    client.post("/test/units/", {"do": "columns", "order": ["code", "name"], "show": ["code"], "fix": []})
    page = client.get(scenes.LIST)
    assert [c.name for c in page.context["columns"]][:2] == ["code", "name"]
    assert page.context["shown"] == {"code", "name"}


@pytest.mark.req("P-19")
def test_masked_unless_clear_is_asked_for(client, tree):
    masked = sheet_of(scenes.taken(client, scenes.made(client, "name=云汀")))
    assert masked[1][4] == "139****0000"
    clear = sheet_of(scenes.taken(client, scenes.made(client, "name=云汀", clear="1")))
    assert clear[1][4] == "13900000000"


def test_every_export_and_download_is_recorded(client, tree):
    export = scenes.made(client, "kind=hospital&name=云汀", clear="1")
    scenes.taken(client, export)
    verbs = HistoryEntry.unscoped.filter(subject_id=str(export.pk)).order_by("id")
    assert [entry.verb for entry in verbs] == ["export", "download"]
    facts = verbs[0].facts
    assert facts["rows"] == 3
    assert facts["clear"] is True
    assert facts["conditions"] == {"类别": "医院（单位）", "名称": "（已填写）"}
    assert "云汀" not in str(facts), "what was typed is sealed"
    assert verbs[0].sealed


def test_the_page_says_what_the_file_holds(client, tree):
    export = scenes.made(client, "kind=hospital")
    html = client.get(f"/exports/job/{export.pk}/").content.decode()
    assert "类别：医院（单位）" in html
    assert export.file_name in html
    assert re.fullmatch(r"机构一览_\d{8}_\d{6}\.xlsx", export.file_name)
    history = client.get("/exports/").content.decode()
    assert "机构一览" in history
    assert "下载" in history
    assert export.status == Status.DONE


def test_the_list_offers_it_under_the_same_address(client, tree):
    page = client.get("/test/units/?kind=hospital&sort=-name&page=1").context["page"]
    assert page.export_link == "/exports/of/test.units/?kind=hospital&sort=-name"


def test_an_unknown_list_is_not_found(client, tree):
    assert client.get("/exports/of/nothing/").status_code == 404
