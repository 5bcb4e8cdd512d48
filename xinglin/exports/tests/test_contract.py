"""P-15, P-17: 导出记录 is a list like any other; the sample list is exported like any other."""

import pytest

from xinglin.accounts.tests import factories
from xinglin.exports.list_specs import ExportHistory, size_text
from xinglin.exports.testing import ExportedListContract
from xinglin.exports.tests import scenes
from xinglin.ui.lists.testing import ListContract, Scene
from xinglin.ui.tests.lists import scenes as lists
from xinglin.ui.tests.lists.sample import UnitList

pytestmark = [pytest.mark.django_db, pytest.mark.urls("xinglin.ui.tests.lists.sample"), pytest.mark.req("P-15", "P-17")]


class TestUnitList(ExportedListContract):
    spec, path = UnitList, lists.PATH

    @pytest.fixture
    def scene(self, client):
        return lists.scene(client)


class TestExportHistory(ListContract):
    spec, path = ExportHistory, "/exports/"

    @pytest.fixture
    def scene(self, client):
        tree = factories.make_tree()
        scenes.signed_in(client, "province_reviewer", tree.other_province)
        foreign = scenes.made(client)
        viewer = scenes.signed_in(client, "province_reviewer", tree.province)
        own = [scenes.made(client), scenes.made(client, format="csv")]
        return Scene(client, viewer, [export.pk for export in own], [foreign.pk])


@pytest.mark.parametrize(
    ("size", "shown"), [(None, ""), (0, "1 KB"), (2048, "2 KB"), (1024 * 1024 * 3 + 400_000, "3.4 MB")]
)
def test_sizes_in_words(size, shown):
    assert size_text(size) == shown
