"""P-15: the sample list keeps what every list must keep."""

import pytest

from xinglin.ui.lists.testing import ListContract
from xinglin.ui.tests.lists import scenes
from xinglin.ui.tests.lists.sample import UnitList

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("xinglin.ui.tests.lists.sample"),
    pytest.mark.req("P-15", "Q-07"),
]


class TestUnitList(ListContract):
    spec, path = UnitList, scenes.PATH

    @pytest.fixture
    def scene(self, client):
        return scenes.scene(client)
