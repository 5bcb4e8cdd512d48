"""What the ministry's readers see: everything of their track in the country, and not one button that changes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from xinglin.accounts.selectors import viewer_for
from xinglin.accounts.tests.factories import make_staff, sign_in
from xinglin.administration.tests.accounts_world import grant_of
from xinglin.residents.models import Enrollment

from .actors import Scene, make_scene
from .fingerprint import changed, fingerprint

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-07", "Q-10")]
LIST = "residents:intake"


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def reader(scene: Scene, track: str) -> tuple[Client, Any]:
    user = make_staff("ministry_reader", scene.world.tree.ministry, track=track)
    return sign_in(Client(raise_request_exception=False), user), viewer_for(grant_of(user))


def links(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        if entry.url:
            yield entry.url
        yield from links(entry.children)


@pytest.mark.parametrize("track", ["western", "tcm", ""])
def test_every_entry_of_its_menus_is_a_page_and_looking_writes_nothing(scene: Scene, track: str) -> None:
    client, _ = reader(scene, track)
    frame = client.get("/", follow=True).context["frame"]
    urls = [*links(frame.side), *links(frame.top), *links(frame.menu)]
    assert reverse(LIST) in urls and reverse("windows:list") in urls
    before = fingerprint()
    assert {url: client.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)
    assert changed(before) == []


def test_the_western_reader_sees_every_base_and_the_tcm_reader_none_of_it(scene: Scene) -> None:
    """All records of the scene are western ones, of two bases."""
    wanted = {scene.own.pk, scene.open.pk, scene.foreign.pk}
    for track, seen in (("western", wanted), ("", wanted), ("tcm", set())):
        client, viewer = reader(scene, track)
        assert set(Enrollment.objects.visible_to(viewer).values_list("pk", flat=True)) == seen
        for row in (scene.own, scene.foreign):
            answer = client.get(reverse("residents:detail", args=[row.pk]))
            assert answer.status_code == (200 if row.pk in seen else 404)


def test_the_record_has_masked_numbers_and_no_verb(scene: Scene) -> None:
    client, viewer = reader(scene, "western")
    page = client.get(reverse("residents:detail", args=[scene.own.pk])).text
    person = scene.own.person
    assert person.name in page and person.id_number not in page and person.phone not in page
    for words in ("编辑培训信息", "基本信息退回</", "审核通过</button", "撤回上报</button"):
        assert words not in page
    assert not viewer.permissions & {"residents.reveal", "residents.review", "residents.export_clear"}
