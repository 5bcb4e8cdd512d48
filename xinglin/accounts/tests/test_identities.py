"""One account, several identities: choice, switch, the last one remembered, the end of one (P-07)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from xinglin.accounts import sessions
from xinglin.accounts.actions import end_grant
from xinglin.accounts.models import User
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer

from .factories import make_grant, make_resident, make_staff, make_tree, sign_in
from .test_sign_in import send

CHOICE, SWITCH, ACCOUNT = (reverse(f"accounts:{name}") for name in ("identities", "switch", "account"))
SYSTEM = Viewer.system("test")

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-07")]


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def both(tree):
    """Staff of one base who also reviews for the province."""
    user = make_staff("base_admin", tree.base, track="western")
    return user, make_grant(user, "province_reviewer", tree.province)


def viewer_in(client):
    return client.get(ACCOUNT).context["frame"].viewer


def test_several_identities_are_offered_and_the_chosen_one_is_in_force(client, both, tree):
    user, second = both
    assert send(client, user.sign_in_name).url == CHOICE
    assert client.get(ACCOUNT).url == CHOICE
    page = client.get(CHOICE).content.decode()
    assert tree.base.name in page
    assert tree.province.name in page
    assert client.post(SWITCH, {"grant": second.pk}).url == "/"
    viewer = viewer_in(client)
    assert (viewer.role, viewer.organization_path) == ("province_reviewer", tree.province.path)
    assert User.unscoped.get(pk=user.pk).last_grant_id == second.pk


def test_the_switch_follows_at_once_and_is_recorded(client, both):
    user, second = both
    sign_in(client, user)
    assert viewer_in(client).role == "base_admin"
    client.post(SWITCH, {"grant": second.pk})
    assert viewer_in(client).may("residents.review")
    assert HistoryEntry.unscoped.filter(verb="identity_switched", subject_id=str(user.pk)).exists()


def test_the_last_identity_stands_first(client, both):
    user, second = both
    User.unscoped.filter(pk=user.pk).update(last_grant_id=second.pk)
    send(client, user.sign_in_name)
    page = client.get(CHOICE)
    assert page.context["identities"][0]["grant"].pk == second.pk
    assert "上次使用" in page.content.decode()


def test_the_track_of_the_sign_in_chooses(client, tree):
    user = make_staff("base_admin", tree.base, track="western")
    tcm = make_grant(user, "base_admin", tree.base, track="tcm")
    assert send(client, user.sign_in_name, track="tcm").url == "/"
    assert viewer_in(client).grant_id == tcm.pk
    assert viewer_in(client).track == "tcm"


def test_a_track_without_an_identity_offers_the_others(client, tree):
    user = make_staff("base_admin", tree.base, track="western")
    assert send(client, user.sign_in_name, track="tcm").url == "/"
    assert viewer_in(client).track == "western"


@pytest.mark.req("Q-10")
@pytest.mark.parametrize("wanted", ["foreign", "0", "", "x", "９", "9" * 30, "-1"])
def test_a_foreign_identity_does_not_exist(client, both, tree, wanted):
    foreign = make_grant(make_resident(tree.foreign_base), "base_admin", tree.foreign_base)
    sign_in(client, both[0])
    assert client.post(SWITCH, {"grant": foreign.pk if wanted == "foreign" else wanted}).status_code == 404
    assert viewer_in(client).role == "base_admin"


def test_an_ended_identity_cannot_be_switched_to(client, both):
    user, second = both
    sign_in(client, user)
    type(second).unscoped.filter(pk=second.pk).update(ends_at=clock.now())
    assert client.post(SWITCH, {"grant": second.pk}).status_code == 404


def test_an_identity_that_runs_out_leads_to_the_others(client, tree):
    user = make_staff("base_admin", tree.base)
    until = clock.now() + timedelta(minutes=10)
    limited = make_grant(user, "province_reviewer", tree.province, ends_at=until)
    sign_in(client, user, limited)
    assert viewer_in(client).role == "province_reviewer"
    with time_machine.travel(until):
        assert client.get(ACCOUNT).url == CHOICE
        assert client.get(ACCOUNT, headers={"HX-Request": "true"}).headers["HX-Redirect"] == CHOICE
        assert [row["role"].code for row in client.get(CHOICE).context["identities"]] == ["base_admin"]


def test_an_account_whose_last_identity_ran_out_is_told_so(client, tree):
    user = make_resident(tree.base)
    sign_in(client, user)
    with time_machine.travel(clock.now() - timedelta(days=2)):
        assert "没有可用的身份" in client.get(CHOICE).content.decode()


def test_ending_an_identity_ends_the_sessions(client, both):
    user, second = both
    sign_in(client, user, second)
    end_grant(second, by=SYSTEM, reason="调离")
    assert client.get(ACCOUNT).url.startswith(reverse("accounts:sign-in"))
    entry = HistoryEntry.unscoped.get(verb="grant_ended")
    assert entry.facts["reason"] == "调离"
    end_grant(second, by=SYSTEM, reason="again")
    assert HistoryEntry.unscoped.filter(verb="grant_ended").count() == 1


def test_a_grant_of_another_user_in_the_session_is_nobody(client, both, tree):
    sign_in(client, make_resident(tree.base))
    session = client.session
    session[sessions.GRANT] = both[1].pk
    session.save()
    assert client.get(ACCOUNT).url == CHOICE


def test_get_switch_shows_the_choice(client, both):
    sign_in(client, both[0])
    assert client.get(SWITCH).url == CHOICE


def test_my_account_says_how_i_sign_in(client, tree):
    base = make_staff("base_organization", tree.base)
    assert tree.base.code in sign_in(client, base).get(ACCOUNT).content.decode()
    client.logout()
    page = sign_in(client, make_resident(tree.base)).get(ACCOUNT)
    assert "证件号码" in page.content.decode()
    assert "ui/phone.html" in [template.name for template in page.templates]
