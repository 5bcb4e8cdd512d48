"""P-15: columns, row height and page size are remembered for each user and list."""

import pytest

from xinglin.accounts.tests import factories
from xinglin.ui.lists.models import ListPreference
from xinglin.ui.tests.lists import scenes

pytestmark = [pytest.mark.django_db, pytest.mark.urls("xinglin.ui.tests.lists.sample"), pytest.mark.req("P-15")]
ORDER = ["name", "kind", "province", "code", "contact", "length", "created_at"]


@pytest.fixture
def scene(client):
    return scenes.scene(client)


def post(scene, **words):
    return scene.client.post(scenes.PATH, words)


def columns(scene):
    page = scene.client.get(scenes.PATH).context["page"]
    return [column.name for column in page.columns], page.fixed


def test_declared_columns_until_others_are_chosen(scene):
    assert columns(scene) == (["name", "kind", "province", "code", "contact", "length"], 1)
    post(scene, do="columns", order=ORDER[::-1], show=["created_at", "kind"], fix=["kind"])
    assert columns(scene) == (["kind", "created_at", "name"], 1), "fixed first; the name cannot be hidden"
    post(scene, do="columns", declared="1")
    assert columns(scene)[0] == ORDER[:-1]


def test_buttons_move_a_column_without_scripts(scene):
    post(scene, do="columns", order=ORDER, show=ORDER, fix=["name"], down="kind")
    assert columns(scene)[0][:3] == ["name", "province", "kind"]
    post(scene, do="columns", order=ORDER, show=ORDER, fix=["name"], up="name")
    assert columns(scene)[0] == ORDER


def test_nonsense_is_passed_over(scene):
    post(scene, do="columns", order=["x", "kind"], show=["x", "kind"], fix=["x"])
    assert columns(scene)[0] == ["kind", "name"]
    ListPreference.objects.update(choice={"columns": ["gone", "code"], "density": "huge", "size": 7, "fixed": ["gone"]})
    page = scene.client.get(scenes.PATH).context["page"]
    assert [c.name for c in page.columns] == ["code", "name"]
    assert (page.preference.density, page.preference.size) == ("", 20)
    assert post(scene, do="columns", order=["kind"]).status_code == 302


def test_row_height_goes_round(scene):
    post(scene, do="density", density="dense", state="?page=2")
    html = scene.client.get(scenes.PATH).content.decode()
    assert 'class="xl-table xl-dense"' in html
    assert 'value="loose"' in html
    assert post(scene, do="density", density="huge").status_code == 302
    assert ListPreference.objects.get().choice["density"] == "dense"


def test_each_user_has_an_own_choice(scene):
    post(scene, do="density", density="loose")
    other = factories.make_staff("base_admin", factories.make_tree().base)
    factories.sign_in(scene.client, other)
    assert scene.client.get(scenes.PATH).context["page"].preference.density == ""
    assert ListPreference.objects.count() == 1


def test_an_unknown_verb_is_not_found(scene):
    assert post(scene, do="fly").status_code == 404
