"""初始密码发放记录: past batches of the subtree, what became of them, and who may still take the result (P-05)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from xinglin.accounts.actions import begin_handout, take_passwords, work_off
from xinglin.accounts.actions.handouts import wipe_old
from xinglin.accounts.enums import HandoutVerb, Policy
from xinglin.accounts.models import CredentialHandout, InitialCredential
from xinglin.accounts.tests.factories import make_staff, viewer_of
from xinglin.administration.selectors.handouts import batches
from xinglin.administration.tables.handouts import HandoutList
from xinglin.exports.testing import ExportedListContract
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.ui.lists.testing import Scene

from .accounts_world import make_world, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-05", "P-06")]
PAST = reverse("administration:handouts")


@pytest.fixture
def world():
    return make_world()


def batch(world: Any, who: str, place: str, count: int = 1, **words: Any) -> CredentialHandout:
    users = waiting(getattr(world.tree, place), count, **words)
    made = begin_handout(HandoutVerb.RENEWED, [user.pk for user in users], by=world.viewer(who))
    work_off(made, by=world.viewer(who))
    return made


class TestThePastBatches(ExportedListContract):
    spec, path = HandoutList, PAST

    @pytest.fixture
    def scene(self, world):
        inside = [batch(world, "base_organization", "base").pk for _ in range(3)]
        outside = [batch(world, "sibling", "sibling").pk, batch(world, "province_admin", "base").pk]
        return Scene(world.client("base_organization"), world.viewer("base_organization"), inside, outside)


def row_of(world: Any, who: str, made: CredentialHandout) -> Any:
    rows = world.client(who).get(PAST).context["page"].page.rows
    return next(row for row in rows if row.pk == made.pk)


def test_a_row_tells_how_many_were_issued_used_and_refused(world):
    made = batch(world, "base_organization", "base", 3)
    used = InitialCredential.objects.filter(used_at=None, revoked_at=None).first()
    InitialCredential.objects.filter(pk=used.pk).update(used_at=clock.now())
    tally = row_of(world, "base_organization", made).tally
    assert (tally.accounts, tally.issued, tally.used, tally.refused) == (3, 3, 1, 0)
    page = world.client("base_organization").get(PAST).text
    assert "重新发放" in page and "可下载" in page and world.user("base_organization").display_name in page
    assert reverse("administration:handout", args=[made.pk]) in page


def test_whom_the_batch_left_alone_is_counted(world):
    made = begin_handout(HandoutVerb.RENEWED, [world.user("sibling").pk], by=world.viewer("base_organization"))
    work_off(made, by=world.viewer("base_organization"))
    assert row_of(world, "base_organization", made).tally.refused == 1


def test_the_level_above_sees_that_it_happened_and_cannot_open_it(world, settings):
    settings.XINGLIN_INITIAL_PASSWORDS = Policy.RANDOM
    made = batch(world, "base_organization", "base")
    address = reverse("administration:handout", args=[made.pk])
    for who in ("province_admin", "association_admin", "base_admin"):
        page = world.client(who).get(PAST).text
        assert "办理人可下载" in page and address not in page
        assert world.client(who).get(address).status_code == 404
        assert world.client(who).post(address + "workbook/").status_code == 404
    assert str(made.pk) not in world.client("foreign").get(PAST).text


def test_after_a_week_it_says_that_the_result_is_gone(world):
    made = batch(world, "base_organization", "base")
    with time_machine.travel(clock.now() + timedelta(days=8)):
        assert "已清除" in str(HandoutList().column_of["result"].value(_prepared(world, made)))
        wipe_old()
        with pytest.raises(Refused, match="只保留 7 天"):
            take_passwords(CredentialHandout.unscoped.get(pk=made.pk), by=world.viewer("base_organization"))


def _prepared(world: Any, made: CredentialHandout) -> Any:
    row = CredentialHandout.unscoped.get(pk=made.pk)
    HandoutList().prepare([row], world.viewer("base_organization"))
    return row


def test_lapsed_ones_are_marked(world):
    made = batch(world, "base_organization", "base")
    InitialCredential.objects.update(expires_at=clock.now())
    assert row_of(world, "base_organization", made).tally.until <= clock.now()
    assert "已过期" in world.client("base_organization").get(PAST).text


def test_it_is_one_click_from_where_passwords_are_handed_out(world):
    made = batch(world, "province_admin", "base")
    client = world.client("province_admin")
    for name, args in (("accounts", ()), ("base-accounts", ()), ("handout", (made.pk,))):
        assert f'href="{PAST}"' in client.get(reverse(f"administration:{name}", args=args)).text


@pytest.mark.parametrize("who", ["province_reviewer", "ministry_reader", "resident"])
def test_whoever_hands_nothing_out_has_no_such_list(world, who):
    assert world.client(who).get(PAST).status_code == 403


def test_an_identity_of_one_track_sees_what_its_own_track_handed_out(world):
    """Who, how many and why is told within the track, as everything about accounts is (P-01, P-05)."""
    place = world.tree.province
    made = {}
    for track in ("western", "tcm", ""):
        viewer = viewer_of(make_staff("province_admin", place, track=track))
        user = waiting(world.tree.base, 1)[0]
        made[track] = viewer, begin_handout(HandoutVerb.RENEWED, [user.pk], by=viewer).pk
    seen = {track: set(batches(viewer).values_list("pk", flat=True)) for track, (viewer, _) in made.items()}
    ids = {track: pk for track, (_, pk) in made.items()}
    assert ids["western"] in seen["western"] and ids["tcm"] not in seen["western"]
    assert ids["tcm"] in seen["tcm"] and ids["western"] not in seen["tcm"]
    assert set(ids.values()) <= seen[""]
