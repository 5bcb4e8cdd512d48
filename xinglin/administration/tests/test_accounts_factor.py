"""重置两步验证 by the level above: who may, what is recorded, who is told (P-06, P-08, ASVS 6.4.4)."""

import pytest
from django.test import Client
from django.urls import reverse

from xinglin.accounts.actions import record_failure
from xinglin.accounts.actions.factors import reset_factor
from xinglin.accounts.enums import Guess
from xinglin.accounts.factor_selectors import has_factor
from xinglin.accounts.models import RecoveryCode
from xinglin.accounts.tests.authenticator import enrol
from xinglin.accounts.tests.courier_box import box
from xinglin.accounts.tests.factories import make_grant, make_resident, make_staff, make_tree, sign_in, viewer_of
from xinglin.accounts.tests.test_sign_in import send
from xinglin.accounts.throttle import guesser
from xinglin.history.models import HistoryEntry
from xinglin.kernel.errors import NotAllowed, Refused

__all__ = ["box"]
ACCOUNT = reverse("accounts:account")

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-06", "P-08", "Q-12")]


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def base(tree):
    return make_staff("base_organization", tree.base)


@pytest.fixture
def lost(tree):
    """Somebody of the base's staff whose phone is gone."""
    user = make_staff("base_admin", tree.base)
    enrol(user)
    return user


def page_of(user):
    return reverse("administration:account", args=[user.pk])


def reset_of(user):
    return reverse("administration:account-factor-reset", args=[user.pk])


def words(answer):
    return answer.content.decode()


def test_it_is_reset_with_a_reason_and_everything_that_follows(client, base, lost, tree, box):
    own = sign_in(Client(), lost)
    sign_in(client, base)
    assert f'href="{reset_of(lost)}"' in words(client.get(page_of(lost)))
    assert "核实是" in words(client.get(reset_of(lost))), "whose identity is looked at as when the account was opened"
    answer = client.post(reset_of(lost), {"reason": "手机遗失，已当面核对身份证"})
    assert answer.url == page_of(lost)
    assert not has_factor(lost.pk) and not RecoveryCode.objects.exists()
    assert own.get(ACCOUNT).status_code == 302, "its sign-ins end"
    assert box.factors[-1] == (lost.pk, f"被“{tree.base.name}”重置")
    entry = HistoryEntry.unscoped.get(verb="factor_reset")
    assert entry.subject_id == str(lost.pk) and entry.actor_name == base.display_name
    page = words(client.get(page_of(lost)))
    assert "重置两步验证" in page and "手机遗失，已当面核对身份证" in page


def test_afterwards_the_password_is_enough_or_a_new_one_is_set_up(client, base, lost, settings):
    reset_factor(lost, by=viewer_of(base), reason="x")
    assert send(client, lost.sign_in_name).url == "/"
    settings.XINGLIN_SECOND_FACTOR = "staff"
    assert client.get("/").url == reverse("accounts:factor")


def test_wrong_values_of_the_lost_one_do_not_keep_its_owner_out_of_the_next(client, base, lost):
    who = guesser(f"user:{lost.pk}", "198.51.100.7")
    for _ in range(30):
        record_failure(who, Guess.FACTOR)
    reset_factor(lost, by=viewer_of(base), reason="x")
    app = enrol(lost)
    send(client, lost.sign_in_name)
    assert client.post(reverse("accounts:second-factor"), {"code": app.value()}).url == "/"


def test_without_a_reason_nothing_is_reset(client, base, lost):
    sign_in(client, base)
    assert client.post(reset_of(lost), {"reason": ""}).status_code == 422
    assert has_factor(lost.pk)


def test_whoever_resets_must_cover_every_identity(client, base, lost, tree):
    make_grant(lost, "base_admin", tree.foreign_base)
    sign_in(client, base)
    page = words(client.get(reset_of(lost)))
    assert f"“{tree.base.name}”不能重置其两步验证" in page and f"请联系“{tree.association.name}”" in page
    assert client.post(reset_of(lost), {"reason": "x"}).status_code == 403
    assert has_factor(lost.pk)
    sign_in(client, make_staff("association_admin", tree.association))
    client.post(reset_of(lost), {"reason": "x"})
    assert not has_factor(lost.pk)


def test_ones_own_is_replaced_or_turned_off_on_ones_own_page(client, base):
    enrol(base)
    sign_in(client, base)
    assert "不能重置自己的两步验证，请在“我的账号”里更换或关闭" in words(client.get(reset_of(base)))
    with pytest.raises(NotAllowed):
        reset_factor(base, by=viewer_of(base), reason="x")


def test_a_colleague_of_the_same_level_may_not(client, lost, tree):
    sign_in(client, make_staff("base_admin", tree.base))
    assert client.post(reset_of(lost), {"reason": "x"}).status_code == 403
    assert "不能重置" in words(client.get(page_of(lost)))
    assert has_factor(lost.pk)


def test_a_base_resets_that_of_its_resident(client, tree):
    resident = make_resident(tree.base)
    enrol(resident)
    sign_in(client, make_staff("base_admin", tree.base))
    client.post(reset_of(resident), {"reason": "x"})
    assert not has_factor(resident.pk)


def test_an_account_of_another_place_is_not_there(client, lost, tree):
    sign_in(client, make_staff("base_organization", tree.sibling))
    assert client.get(reset_of(lost)).status_code == 404


def test_without_a_factor_there_is_nothing_to_reset(client, base, tree):
    plain = make_staff("base_admin", tree.base)
    sign_in(client, base)
    assert reset_of(plain) not in words(client.get(page_of(plain)))
    assert "没有开启两步验证" in words(client.get(reset_of(plain)))
    with pytest.raises(Refused):
        reset_factor(plain, by=viewer_of(base), reason="x")
