"""P-15: the list page as a whole, through the middleware."""

import pytest

from xinglin.accounts.tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("xinglin.ui.tests.lists.sample")]


def test_smoke(client):
    tree = factories.make_tree()
    user = factories.make_staff("association_admin", tree.association)
    factories.sign_in(client, user)
    for q in ["", "?name=x", "?kind=hospital", "?page=900", "?page=77&size=50","?sort=-code&count=all&more=1", "?year=abc&kind=zz&created_from=2020"]:
        response = client.get("/test/units/"+q)
        assert response.status_code == 200
        open("/tmp/xl-list.html","w").write(response.content.decode())
