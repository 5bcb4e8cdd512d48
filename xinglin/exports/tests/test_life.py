"""P-17: from the list to the file in the owner's hands."""

import io

import openpyxl
import pytest

from xinglin.accounts.tests import factories
from xinglin.exports.models import ExportJob

pytestmark = [pytest.mark.django_db, pytest.mark.urls("xinglin.ui.tests.lists.sample")]


@pytest.fixture
def tree():
    return factories.make_tree()


@pytest.fixture
def base(client, tree):
    return factories.sign_in(client, factories.make_staff("province_reviewer", tree.province))


def make(client, query="", **post):
    page = client.get(f"/exports/of/test.units/?{query}")
    assert page.status_code == 200, page.content.decode()
    words = {"query": page.context["query"], "column": [c.name for c in page.context["columns"]], "format": "xlsx"}
    answer = client.post("/exports/of/test.units/", {**words, **post})
    assert answer.status_code == 302, answer.content.decode()
    return ExportJob.unscoped.select_related("key").get()


def taken(client, export):
    answer = client.post(f"/exports/job/{export.pk}/download")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.mark.req("P-17")
def test_the_workbook_holds_what_the_list_shows(base, tree):
    export = make(base, "kind=hospital&sort=-name")
    sheet = openpyxl.load_workbook(io.BytesIO(taken(base, export))).active
    rows = list(sheet.values)
    assert rows[0][:3] == ("名称", "类别", "省份")
    shown = base.get("/test/units/?kind=hospital&sort=-name").context["page"].page.rows
    assert [row[0] for row in rows[1:]] == [unit.name for unit in shown]
    assert export.rows == len(shown) == 2
