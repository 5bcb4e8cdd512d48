"""The client's clock is two hours off, either way: the server's decides (Q-09)."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import pytest
import time_machine
from django.test import Client

from xinglin.accounts import puzzles
from xinglin.accounts.tests.factories import PASSWORD, make_staff, make_tree
from xinglin.kernel import clock
from xinglin.people.models import Person
from xinglin.residents.tests.own import make_own
from xinglin.windows.models import WindowPhase

pytestmark = [pytest.mark.req("Q-09"), pytest.mark.no_database, pytest.mark.django_db]
OFF = [timedelta(hours=2), timedelta(hours=-2)]
CAPTCHA = "2468"
FORM = "/my/record/basic_info/"


def send(client, name, headers, **words):
    """The sign-in form, filled in."""
    words.setdefault("picture_token", puzzles.make_puzzle().picture_token)
    sent = {
        "entrance": "organization",
        "name": name,
        "password": PASSWORD,
        "track": "western",
        "answer": CAPTCHA,
        **words,
    }
    return client.post("/sign-in/", sent, headers=headers)


def as_the_client_sees_it(off: timedelta) -> dict[str, str]:
    """Everything by which a browser could tell its time."""
    there = clock.now() + off
    return {
        "Date": format_datetime(there),
        "If-Modified-Since": format_datetime(there),
        "If-Unmodified-Since": format_datetime(there - timedelta(days=1)),
        "X-Client-Time": there.isoformat(),
    }


@pytest.mark.parametrize("off", OFF, ids=["ahead", "behind"])
@pytest.mark.parametrize(("ended_ago", "admitted"), [(timedelta(hours=1), False), (timedelta(hours=-1), True)])
def test_windows(off, ended_ago, admitted):
    """Ended an hour ago: a client two hours behind still sees it open. Open for an hour more: one ahead sees it closed."""
    own = make_own()
    WindowPhase.objects.filter(window=own.world.window, kind="filling").update(ends_at=clock.now() - ended_ago)
    values = {"act": "save", "basic_info.address": "示范路 8 号"}
    answer = own.client.post(FORM, values, headers=as_the_client_sees_it(off))
    assert (answer.status_code == 302) is admitted
    assert (own.content["basic_info.address"] == "示范路 8 号") is admitted
    if admitted:
        saved = Person.unscoped.get(pk=own.enrollment.person_id).updated_at
        assert abs(saved - clock.now()) < timedelta(minutes=1), "stamped by the server"


@pytest.mark.parametrize("off", OFF, ids=["ahead", "behind"])
def test_a_sign_in_lasts_by_the_servers_clock(off):
    user = make_staff("base_admin", make_tree().base)
    client, began = Client(), clock.now()
    client.get("/sign-in/", headers=as_the_client_sees_it(off))
    answer = send(client, user.sign_in_name, headers=as_the_client_sees_it(off))
    assert answer.status_code == 302 and "/sign-in/" not in answer["Location"]
    for morsel in client.cookies.values():
        assert not morsel["expires"] or morsel["max-age"], "browsers prefer max-age, which needs no clock"
    with time_machine.travel(began + timedelta(minutes=20), tick=False):
        assert client.get("/account/", headers=as_the_client_sees_it(off)).status_code == 200
    with time_machine.travel(began + timedelta(hours=13), tick=False):
        over = client.get("/account/", headers=as_the_client_sees_it(off))
        assert over.status_code == 302 and over["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("off", OFF, ids=["ahead", "behind"])
@pytest.mark.parametrize(("later", "taken"), [(timedelta(minutes=1), True), (timedelta(hours=1, minutes=59), False)])
def test_a_code_lasts_by_the_servers_clock(off, later, taken):
    """The picture of the sign-in page: old by the server's clock is old, young is young, whatever the client's says."""
    user = make_staff("base_admin", make_tree().base)
    token, began = puzzles.make_puzzle().picture_token, clock.now()
    with time_machine.travel(began + later, tick=False):
        answer = send(Client(), user.sign_in_name, picture_token=token, headers=as_the_client_sees_it(off))
    assert (answer.status_code == 302) is taken
