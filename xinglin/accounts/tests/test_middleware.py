"""Who gets through to a view: the session, the grant, the clock (Q-10, P-07)."""

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts.access import Level, account_only, level_of, needs, public, signed_in
from xinglin.accounts.models import User
from xinglin.kernel.errors import NotAllowed

from .factories import make_resident, make_staff, make_tree, sign_in, viewer_of, writes_of

ACCOUNT = reverse("accounts:account")

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-10")]


def test_signed_out_people_are_sent_to_the_sign_in_with_the_way_back(client):
    assert client.get(f"{ACCOUNT}?a=1").url == f"{reverse('accounts:sign-in')}?next=%2Faccount%2F%3Fa%3D1"
    answer = client.get(ACCOUNT, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith(reverse("accounts:sign-in"))


def test_a_lost_session_is_said_aloud(client):
    sign_in(client, make_resident(make_tree().base))
    client.session.flush()
    where = client.get(ACCOUNT).url
    assert "why=ended" in where
    page = client.get(where).text
    assert "登录已经失效" in page and "没有保存" not in page


@pytest.mark.req("P-21")
def test_a_form_sent_after_a_sign_out_in_another_tab_says_why_it_was_not_taken(client):
    sign_in(client, make_resident(make_tree().base))
    client.post(reverse("accounts:sign-out"))
    where = client.post(reverse("accounts:change-password")).url
    assert where == f"{reverse('accounts:sign-in')}?why=unsaved"
    page = client.get(where).text
    assert "已在别处退出" in page and "刚才提交的内容没有保存" in page


def test_one_request_costs_two_queries_for_the_viewer_and_writes_nothing(client, rf):
    sign_in(client, make_staff("base_admin", make_tree().base))
    client.get(ACCOUNT)
    with CaptureQueriesContext(connection) as caught:
        client.get(reverse("accounts:sign-in"))
    sql = [query["sql"] for query in caught.captured_queries]
    assert len(sql) == 2, sql
    assert "accounts_signinsession" in sql[0]
    assert "accounts_grant" in sql[1]
    with CaptureQueriesContext(connection) as caught:
        client.get(ACCOUNT)
    assert not writes_of(caught.captured_queries)


def test_a_raised_epoch_ends_the_session(client):
    user = make_resident(make_tree().base)
    sign_in(client, user)
    User.unscoped.filter(pk=user.pk).update(session_epoch=1)
    assert client.get(ACCOUNT).url.startswith(reverse("accounts:sign-in"))


def test_a_deactivated_account_is_out_at_once(client):
    user = make_resident(make_tree().base)
    sign_in(client, user)
    User.unscoped.filter(pk=user.pk).update(is_active=False)
    assert client.get(ACCOUNT).url.startswith(reverse("accounts:sign-in"))


def test_pages_of_identities_are_not_kept_by_caches(client):
    answer = sign_in(client, make_resident(make_tree().base)).get(ACCOUNT)
    assert "no-store" in answer.headers["Cache-Control"]


def test_sign_out_is_a_post_and_ends_the_session(client):
    sign_in(client, make_resident(make_tree().base))
    url = reverse("accounts:sign-out")
    assert client.get(url).status_code == 405
    answer = client.post(url)
    assert "您已退出登录" in client.get(answer.url).content.decode()
    assert client.get(ACCOUNT).status_code == 302


def view(request):
    return HttpResponse("done")


def test_needs_lets_any_of_its_permissions_through(rf: RequestFactory):
    tree = make_tree()
    request = rf.get("/")
    guarded = needs("residents.review", "residents.revoke")(view)
    request.viewer = viewer_of(make_staff("province_reviewer", tree.province))
    assert guarded(request).content == b"done"
    request.viewer = viewer_of(make_staff("base_admin", tree.base))
    with pytest.raises(NotAllowed, match="基地管理员"):
        guarded(request)
    assert guarded.xl_needs == ("residents.review", "residents.revoke")


def test_levels_are_declared_and_an_identity_is_the_default():
    def plain(request):
        return view(request)

    assert level_of(plain) is Level.IDENTITY
    assert level_of(needs("x")(view)) is Level.IDENTITY
    for declare, level in ((public, Level.PUBLIC), (account_only, Level.ACCOUNT), (signed_in, Level.IDENTITY)):
        assert level_of(declare(lambda request: view(request))) is level
