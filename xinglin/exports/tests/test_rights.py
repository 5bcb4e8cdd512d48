"""P-17, Q-10: who may export, who may have the numbers in full, whose file it is."""

import pytest

from xinglin.accounts.models import Grant
from xinglin.accounts.tests import factories
from xinglin.exports import actions
from xinglin.exports.enums import Status
from xinglin.exports.models import ExportJob
from xinglin.exports.tests import scenes
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed
from xinglin.ui.tests.lists.sample import UnitList

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("xinglin.ui.tests.lists.sample"),
    pytest.mark.req("P-17", "Q-10"),
]


@pytest.fixture
def tree():
    return scenes.units()[0]


def test_without_the_right_there_is_neither_button_nor_page(client, tree, monkeypatch):
    monkeypatch.setattr(UnitList, "export_permission", "nobody.has_this")
    scenes.signed_in(client, "province_reviewer", tree.province)
    assert client.get("/test/units/").context["page"].export_link == ""
    assert client.get(scenes.LIST).status_code == 403
    assert client.post(scenes.LIST, {"column": ["name"]}).status_code == 403


def test_full_numbers_need_their_own_right(client, tree):
    scenes.signed_in(client, "province_admin", tree.province)
    page = client.get(scenes.LIST).content.decode()
    assert "当前身份只能导出遮盖后的号码" in page
    answer = scenes.ask(client, clear="1")
    assert answer.status_code == 403
    assert not ExportJob.unscoped.exists()


def test_rows_are_those_of_the_scope(client, tree):
    scenes.signed_in(client, "base_admin", tree.base)
    assert scenes.made(client).rows == 1


def test_a_file_is_its_owners_alone(client, tree):
    scenes.signed_in(client, "province_reviewer", tree.province)
    export = scenes.made(client)
    for role, place in (("province_reviewer", tree.province), ("association_admin", tree.association)):
        scenes.signed_in(client, role, place)
        assert client.get(f"/exports/job/{export.pk}/").status_code == 404
        assert client.post(f"/exports/job/{export.pk}/download").status_code == 404
        assert export.title not in client.get("/exports/").content.decode().split("<main", 1)[1]
    client.logout()
    assert client.post(f"/exports/job/{export.pk}/download").status_code == 302


def test_another_identity_of_the_owner_elsewhere_does_not_get_it(client, tree):
    user = factories.make_staff("province_reviewer", tree.province)
    factories.sign_in(client, user)
    export = scenes.made(client)
    grant = factories.make_grant(user, "province_reviewer", tree.other_province)
    factories.sign_in(client, user, grant)
    assert client.post(f"/exports/job/{export.pk}/download").status_code == 404


def test_a_right_that_was_taken_away_takes_the_file_along(client, tree, monkeypatch):
    viewer = scenes.signed_in(client, "province_reviewer", tree.province)
    export = scenes.made(client, clear="1")
    monkeypatch.setattr(UnitList, "clear_permission", "nobody.has_this")
    assert client.post(f"/exports/job/{export.pk}/download").status_code == 403
    Grant.unscoped.filter(pk=viewer.grant_id).update(ends_at=clock.now())
    assert client.post(f"/exports/job/{export.pk}/download").status_code == 302


def test_the_right_is_asked_again_when_the_file_is_made(tree, client, monkeypatch):
    monkeypatch.setattr(actions, "INLINE_ROWS", 0)
    viewer = scenes.signed_in(client, "province_reviewer", tree.province)
    export = scenes.made(client)
    monkeypatch.setattr(UnitList, "export_permission", "nobody.has_this")
    with pytest.raises(NotAllowed):
        actions.run(export.pk, by=viewer)
    export.refresh_from_db()
    assert export.status == Status.FAILED
    assert "不能导出" in export.failure


def test_a_residents_own_identity_has_no_exports(client, tree):
    factories.sign_in(client, factories.make_resident(tree.base))
    assert client.get("/exports/").status_code == 403
    assert client.get("/exports/job/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_a_get_never_hands_out_a_file(client, tree):
    scenes.signed_in(client, "province_reviewer", tree.province)
    export = scenes.made(client)
    assert client.get(f"/exports/job/{export.pk}/download").status_code == 405
