"""P-15: rows picked by hand, or all that meet the conditions, found anew by the server."""

import pytest
from django.core import signing

from xinglin.accounts.tests import factories
from xinglin.ui.lists import selection
from xinglin.ui.tests.lists import sample, scenes

pytestmark = [pytest.mark.django_db, pytest.mark.urls("xinglin.ui.tests.lists.sample"), pytest.mark.req("P-15")]


@pytest.fixture
def scene(client):
    sample.done.clear()
    return scenes.scene(client)


def batch(scene, **words):
    return scene.client.post(scenes.PATH, {"do": "batch", "action": "mark", **words}, follow=True)


def test_picked_rows_within_the_scope(scene):
    answer = batch(scene, pick=[scene.inside[0], scene.inside[1], scene.outside[0], "x", "9" * 30, "-1"])
    assert sample.done == [sorted(scene.inside[:2], key=lambda key: name_of(scene, key))]
    assert "处理了 2 条。 第一条：不能处理。" in answer.content.decode()


def name_of(scene, key):
    return sample.UnitList().queryset(scene.viewer).get(pk=key).name


def test_all_that_meet_the_conditions_are_found_anew(scene):
    page = scene.client.get(f"{scenes.PATH}?kind=hospital").context["page"]
    scenes.more_units(scene.viewer, 2)
    batch(scene, selection=page.token)
    assert len(sample.done[0]) == 4
    assert set(scene.inside[1:]) < set(sample.done[0])


def test_a_foreign_altered_or_old_word_does_nothing(scene, client):
    token = scene.client.get(scenes.PATH).context["page"].token
    assert "选择已经失效" in batch(scene, selection=token + "x").content.decode()
    other = signing.dumps(["test.units", scene.viewer.user_id + 1, ""], salt="xinglin.ui.lists.selection")
    assert "选择已经失效" in batch(scene, selection=other).content.decode()
    wrong_list = signing.dumps(["other", scene.viewer.user_id, ""], salt="xinglin.ui.lists.selection")
    assert batch(scene, selection=wrong_list).status_code == 422
    assert sample.done == []


def test_nothing_selected_too_many_selected(scene):
    assert "没有选中机构" in batch(scene).content.decode()
    scenes.more_units(scene.viewer, 60)
    token = scene.client.get(scenes.PATH).context["page"].token
    assert "一次最多处理 50 条" in batch(scene, selection=token).content.decode()
    assert sample.done == []


def test_an_action_that_is_off_unknown_or_not_permitted(scene):
    picked = {"pick": [scene.inside[0]]}
    assert "只有协会可以停用" in batch(scene, action="shut", **picked).content.decode()
    assert batch(scene, action="fly", **picked).status_code == 404
    assert batch(scene, action="send", **picked).status_code == 403
    assert sample.done == []


def test_the_batch_comes_back_to_the_same_place(scene):
    words = {"do": "batch", "action": "mark", "pick": [scene.inside[0]], "state": "?kind=province&sort=-name"}
    answer = scene.client.post(scenes.PATH, words)
    assert answer["Location"] == f"{scenes.PATH}?kind=province&sort=-name"


def test_a_selection_travels_through_a_page_that_asks_back(scene, rf):
    token = scene.client.get(f"{scenes.PATH}?kind=hospital").context["page"].token
    for words in ({"selection": token}, {"pick": [str(key) for key in scene.inside]}):
        request = rf.post("/", words)
        request.viewer = scene.viewer
        chosen = selection.read(request, "test.units")
        again = rf.post("/", {name: [v for n, v in chosen.fields() if n == name] for name, _ in chosen.fields()})
        again.viewer = scene.viewer
        assert selection.read(again, "test.units").ids() == chosen.ids()


def test_another_user_cannot_use_the_word(scene, rf):
    token = scene.client.get(scenes.PATH).context["page"].token
    request = rf.post("/", {"selection": token})
    request.viewer = factories.viewer_of(factories.make_staff("ministry_reader", factories.make_tree().ministry))
    with pytest.raises(Exception, match="选择已经失效"):
        selection.read(request, "test.units")
