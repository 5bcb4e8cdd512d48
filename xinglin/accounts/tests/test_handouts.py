"""Batches of initial passwords: once each, resumable, sealed, gone after a week (P-05, P-06)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.http import Http404

from xinglin.accounts.actions import (
    begin_handout,
    end_grant,
    open_users,
    reset_one,
    reset_refusals,
    take_passwords,
    wipe_old,
    work_off,
)
from xinglin.accounts.enums import HandoutVerb
from xinglin.accounts.models import CredentialHandout, Grant, HandoutItem, InitialCredential, User
from xinglin.accounts.selectors import grants_of, items_of, open_credential_of, visible_handout
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer
from xinglin.vault.cipher import KeyDestroyed

from .factories import PASSWORD, make_grant, make_person, make_resident, make_staff, make_tree, viewer_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-05")]
SYSTEM = Viewer.system("test")


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def admin(tree):
    return viewer_of(make_staff("base_admin", tree.base))


def waiting(place, count: int = 1, track: str = "western") -> list[User]:
    people = [make_person().pk for _ in range(count)]
    opened = open_users(people, organization=place, track=track, by=SYSTEM)
    return list(User.unscoped.select_related("person__key").filter(pk__in=opened.users.values()).order_by("pk"))


def renewed(users, by) -> CredentialHandout:
    return begin_handout(HandoutVerb.RENEWED, [user.pk for user in users], by=by)


def test_a_renewal_gives_each_a_new_credential_and_revokes_the_old(tree, admin):
    users = waiting(tree.base, 3)
    before = {user.pk: open_credential_of(user).pk for user in users}
    batch = renewed(users, admin)
    assert batch.is_open
    assert work_off(batch, by=admin) == 0
    for item in items_of(CredentialHandout.unscoped.get(pk=batch.pk)):
        assert item.credential is not None and item.credential.pk != before[item.user_id]
        assert item.refusal == "" and item.done_at is not None
    assert InitialCredential.objects.filter(pk__in=before.values(), revoked_at=None).count() == 0
    assert CredentialHandout.unscoped.get(pk=batch.pk).finished_at is not None
    assert HistoryEntry.unscoped.filter(verb="credential_issued").count() == 3


@pytest.mark.parametrize("state", ["lapsed", "locked"])
def test_lapsed_and_locked_ones_wait_again_afterwards(tree, admin, state):
    (user,) = waiting(tree.base)
    rows = InitialCredential.objects.filter(user=user)
    rows.update(**({"failed_tries": 5} if state == "locked" else {"expires_at": clock.now()}))
    work_off(renewed([user], admin), by=admin)
    credential = open_credential_of(user)
    assert credential is not None
    assert credential.is_pending(clock.now()) and not credential.is_locked


def test_own_passwords_foreigners_and_unknown_numbers_are_left_alone_with_the_reason(tree, admin):
    active, foreign = make_resident(tree.base), waiting(tree.sibling)[0]
    busy = waiting(tree.base)[0]
    make_grant(busy, "base_admin", tree.sibling)
    batch = renewed([active, foreign, busy], admin)
    assert work_off(batch, by=admin) == 0
    told = {item.user_id: item.refusal for item in HandoutItem.objects.filter(handout=batch)}
    assert "已设过密码" in told[active.pk]
    assert "不在您的管理范围内" in told[foreign.pk]
    assert tree.sibling.name in told[busy.pk] and tree.province.name in told[busy.pk]
    assert User.unscoped.get(pk=active.pk).check_password(PASSWORD)
    assert not HandoutItem.objects.filter(handout=batch, credential__isnull=False).exists()


def test_a_batch_goes_on_where_it_was_and_does_nobody_twice(tree, admin):
    users = waiting(tree.base, 5)
    batch = renewed(users, admin)
    assert work_off(batch, by=admin, most=2) == 3
    first = dict(HandoutItem.objects.filter(done_at__isnull=False).values_list("user", "credential"))
    assert len(first) == 2
    assert work_off(batch, by=admin, most=2) == 1
    assert work_off(batch, by=admin, most=2) == 0
    assert work_off(batch, by=admin) == 0
    now = dict(HandoutItem.objects.values_list("user", "credential"))
    assert {user: now[user] for user in first} == first
    assert HistoryEntry.unscoped.filter(verb="credential_issued").count() == 5


def test_a_killed_step_leaves_its_accounts_waiting(tree, admin, monkeypatch):
    users = waiting(tree.base, 2)
    batch = renewed(users, admin)
    before = [open_credential_of(user).pk for user in users]
    saves = []

    def break_off(self, *args, **kwargs):
        saves.append(self)
        if len(saves) == 2:
            raise KeyboardInterrupt
        return original(self, *args, **kwargs)

    original = HandoutItem.save
    monkeypatch.setattr(HandoutItem, "save", break_off)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        work_off(batch, by=admin)
    assert [open_credential_of(user).pk for user in users] == before
    assert HandoutItem.objects.filter(handout=batch, done_at=None).count() == 2


def test_a_batch_stops_when_its_owner_lost_the_identity(tree, admin):
    batch = renewed(waiting(tree.base, 2), admin)
    end_grant(Grant.unscoped.get(pk=admin.grant_id), by=SYSTEM, reason="停用")
    with pytest.raises(NotAllowed, match="没有继续办理"):
        work_off(batch, by=admin)
    assert HandoutItem.objects.filter(handout=batch, done_at=None).count() == 2


def test_an_empty_batch_is_refused_and_a_number_counts_once(tree, admin):
    with pytest.raises(Refused, match="没有选中账号"):
        begin_handout(HandoutVerb.RENEWED, [], by=admin)
    (user,) = waiting(tree.base)
    batch = begin_handout(HandoutVerb.RENEWED, [user.pk, user.pk], by=admin)
    assert HandoutItem.objects.filter(handout=batch).count() == 1


# random passwords


def test_one_time_passwords_are_sealed_and_come_back_to_their_owner(tree, admin, settings):
    settings.XINGLIN_INITIAL_PASSWORDS = "random"
    users = waiting(tree.base, 2)
    batch = renewed(users, admin)
    work_off(batch, by=admin)
    passwords = {item.password for item in items_of(batch)}
    assert len(passwords) == 2 and all(len(password) == 10 for password in passwords)
    assert visible_handout(admin, batch.pk).pk == batch.pk


@pytest.mark.parametrize("who", ["colleague", "province", "sibling", "resident", "system_like"])
def test_nobody_else_sees_a_batch(tree, admin, who):
    batch = renewed(waiting(tree.base), admin)
    viewers = {
        "colleague": lambda: viewer_of(make_staff("base_admin", tree.base)),
        "province": lambda: viewer_of(make_staff("province_admin", tree.province)),
        "sibling": lambda: viewer_of(make_staff("base_admin", tree.sibling)),
        "resident": lambda: viewer_of(make_resident(tree.base)),
        "system_like": lambda: Viewer(None, "", None, "base_admin", "", None, "", "/"),
    }
    with pytest.raises(Http404):
        visible_handout(viewers[who](), batch.pk)


def test_the_same_person_under_another_identity_does_not_see_it(tree, admin):
    batch = renewed(waiting(tree.base), admin)
    user = User.unscoped.get(pk=admin.user_id)
    other = make_grant(user, "base_admin", tree.sibling)
    elsewhere = next(viewer for viewer in [viewer_of(user)] if viewer)
    assert elsewhere.grant_id == admin.grant_id
    with pytest.raises(Http404):
        visible_handout(Viewer(**{**_fields(admin), "grant_id": other.pk}), batch.pk)


def _fields(viewer: Viewer) -> dict:
    return {name: getattr(viewer, name) for name in Viewer.__slots__}


def test_passwords_go_after_a_week_the_record_stays(tree, admin, settings):
    settings.XINGLIN_INITIAL_PASSWORDS = "random"
    batch = renewed(waiting(tree.base), admin)
    work_off(batch, by=admin)
    take_passwords(batch, by=admin)
    assert wipe_old() == 0
    with time_machine.travel(clock.now() + timedelta(days=7, seconds=1)):
        assert wipe_old() == 1
        assert wipe_old() == 0
        kept = visible_handout(admin, batch.pk)
        assert kept.wiped_at is not None
        (item,) = items_of(kept)
        assert item.password == "" and item.credential is not None
        with pytest.raises(Refused, match="已经清除"):
            take_passwords(kept, by=admin)
        item.password = "ABCD-23456"
        with pytest.raises(KeyDestroyed):
            item.save()


def test_taking_the_workbook_is_recorded(tree, admin):
    batch = renewed(waiting(tree.base, 2), admin)
    work_off(batch, by=admin)
    take_passwords(batch, by=admin)
    entry = HistoryEntry.unscoped.get(verb="handout_taken")
    assert (entry.facts["accounts"], entry.facts["batch"]) == (2, str(batch.pk))
    assert entry.actor_user_id == admin.user_id


# resetting one


@pytest.mark.req("P-06")
def test_a_reset_is_a_batch_of_one_with_its_reason_in_the_history(tree, admin):
    user = make_resident(tree.base)
    batch = reset_one(user, by=admin, reason="本人忘记密码")
    (item,) = items_of(batch)
    assert item.credential is not None and item.credential.default == "000000"
    assert not User.unscoped.get(pk=user.pk).has_usable_password()
    assert HistoryEntry.unscoped.get(verb="password_reset").facts["reason"] == "本人忘记密码"
    assert batch.reason == "本人忘记密码"


@pytest.mark.req("P-06")
def test_a_reset_that_is_not_ones_own_says_who_can(tree, admin):
    user = make_resident(tree.base)
    make_grant(user, "base_admin", tree.foreign_base)
    with pytest.raises(NotAllowed) as refused:
        reset_one(user, by=admin, reason="试一下")
    assert tree.foreign_base.name in refused.value.message
    assert f"请联系“{tree.association.name}”" in refused.value.message
    assert not CredentialHandout.unscoped.exists()


@pytest.mark.req("P-06")
def test_an_account_without_an_identity_in_force_is_reset_by_nobody(tree, admin):
    """Else a base that let somebody go would hold the key to his next job."""
    user = make_staff("base_admin", tree.base)
    end_grant(grants_of(user)[0], by=SYSTEM, reason="调离")
    account = viewer_of(make_staff("base_organization", tree.base))
    assert "没有有效的身份" in reset_refusals([user], account)[user.pk]
    with pytest.raises(NotAllowed):
        reset_one(user, by=account, reason="试一下")
    assert User.unscoped.get(pk=user.pk).check_password(PASSWORD)


# what the database refuses


@pytest.mark.parametrize(
    "words",
    [{"refusal": "没有办理"}, {"credential": True}],
)
def test_an_item_has_a_result_only_when_it_is_done(tree, admin, words):
    (user,) = waiting(tree.base)
    batch = renewed([user], admin)
    values = {name: open_credential_of(user) if value is True else value for name, value in words.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        HandoutItem.objects.filter(handout=batch).update(**values)


def test_an_account_is_in_a_batch_once(tree, admin):
    (user,) = waiting(tree.base)
    batch = renewed([user], admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        HandoutItem.objects.create(handout=batch, user=user)


@pytest.mark.parametrize("values", [{"verb": "stolen"}, {"expires_at": "created"}])
def test_a_batch_has_a_known_verb_and_an_end_after_its_beginning(tree, admin, values):
    batch = renewed(waiting(tree.base), admin)
    changed = {name: batch.created_at if value == "created" else value for name, value in values.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        CredentialHandout.unscoped.filter(pk=batch.pk).update(**changed)
