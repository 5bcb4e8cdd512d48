"""The sign-in page: who is found, what is refused, what a session holds afterwards (P-04)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts import puzzles
from xinglin.accounts.actions import open_organization_account, open_users
from xinglin.kernel.viewer import Viewer

from .factories import PASSWORD, make_grant, make_person, make_resident, make_staff, make_tree, sign_in, writes_of

URL = reverse("accounts:sign-in")
CAPTCHA = "2468"
SYSTEM = Viewer.system("test")

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-04")]


@pytest.fixture
def tree():
    return make_tree()


def send(client, name, password=PASSWORD, entrance="organization", **words):
    """Fill and send the form, with a right captcha unless told otherwise."""
    words.setdefault("picture_token", puzzles.make_puzzle().picture_token)
    words.setdefault("answer", CAPTCHA)
    words.setdefault("track", "western")
    return client.post(URL, {"entrance": entrance, "name": name, "password": password, **words})


def test_the_page_has_the_entrances_and_writes_nothing(client):
    with CaptureQueriesContext(connection) as caught:
        page = client.get(URL).content.decode()
    assert not writes_of(caught.captured_queries)
    for word in (
        "业务管理系统",
        "住院医师入口",
        "师资",
        "医师",
        "西医",
        "中医",
        "换一换",
        "由浏览器自动验证",
        "学员注册",
        "培训教学系统",
    ):
        assert word in page


@pytest.mark.parametrize("entrance", ["faculty", "physician"])
def test_entrances_of_later_parts_say_when_they_come(client, entrance):
    page = client.get(URL, {"entrance": entrance}).content.decode()
    assert "这个入口还没有开通" in page
    assert 'type="password"' not in page


def test_a_base_signs_in_with_its_name_or_code(client, tree):
    make_staff("base_organization", tree.base)
    for name in (tree.base.name, f"  {tree.base.name}　", tree.base.code.lower()):
        answer = send(client, name)
        assert (answer.status_code, answer.url) == (302, "/")
        client.post(reverse("accounts:sign-out"))


def test_a_resident_signs_in_with_the_id_number_in_any_writing(client, tree):
    person = make_person(id_number="32019919930102005X")
    make_resident(tree.base, person=person)
    assert send(client, " ３２０１９９19930102005x", entrance="resident").url == "/"


def test_staff_sign_in_with_the_name_they_chose(client, tree):
    user = make_staff("province_reviewer", tree.province)
    assert send(client, user.sign_in_name.upper()).url == "/"
    assert client.get(reverse("accounts:account")).context["frame"].viewer.role == "province_reviewer"


def test_wrong_password_and_unknown_name_say_the_same(client, tree):
    user = make_staff("base_admin", tree.base)
    known, unknown = (send(client, name, "Wrong-2026").content.decode() for name in (user.sign_in_name, "nobody"))
    assert "用户名或密码不对" in known
    assert "用户名或密码不对" in unknown
    assert PASSWORD not in known


def test_the_same_number_under_two_types_asks_for_the_type(client, tree):
    for id_type in ("06", "07"):
        make_resident(tree.base, person=make_person(id_number="H12345678", id_type=id_type))
    answer = send(client, "H12345678", entrance="resident")
    assert answer.status_code == 422
    assert "请选择证件类型" in answer.content.decode()
    assert '<select name="id_type"' in answer.content.decode()
    assert send(client, "H12345678", entrance="resident", id_type="07").url == "/"


def test_an_account_without_an_identity_is_told_whom_to_ask(client, tree):
    user = make_staff("base_admin", tree.base)
    grant = make_grant(user, "base_admin", tree.sibling)
    type(grant).unscoped.filter(user=user).update(ends_at=grant.starts_at)
    assert "没有有效的身份" in send(client, user.sign_in_name).content.decode()


def test_an_inactive_account_stays_outside(client, tree):
    user = make_staff("base_admin", tree.base, is_active=False)
    assert "用户名或密码不对" in send(client, user.sign_in_name).content.decode()


def test_the_session_key_is_fresh_after_sign_in(client, tree):
    user = make_staff("base_admin", tree.base)
    sign_in(client, make_resident(tree.base))
    client.post(reverse("accounts:sign-out"))
    client.cookies["sessionid"] = planted = "a" * 32
    send(client, user.sign_in_name)
    assert client.cookies["sessionid"].value != planted


def test_a_resident_who_went_out_finds_the_own_entrance_again_and_no_warning(client, tree):
    sign_in(client, make_resident(tree.base))
    page = client.get(client.post(reverse("accounts:sign-out")).url).text
    assert "您已退出登录" in page and "xl-note-wait" not in page and "没有保存" not in page
    chosen = 'aria-current="page">住院医师入口'
    assert chosen in page
    assert chosen in client.get(URL, {"why": "ended", "next": "/my/record/"}).text
    assert chosen not in client.get(URL, {"why": "ended", "next": "/residents/"}).text
    sign_in(client, make_staff("base_admin", tree.base))
    assert client.post(reverse("accounts:sign-out")).url == f"{URL}?why=out"


def test_next_leads_only_within_the_house(client, tree):
    user = make_staff("base_admin", tree.base)
    assert send(client, user.sign_in_name, next="/account/").url == "/account/"
    client.post(reverse("accounts:sign-out"))
    assert send(client, user.sign_in_name, next="//evil.example/").url == "/"


def test_the_form_needs_the_csrf_token(tree):
    strict = Client(enforce_csrf_checks=True)
    assert send(strict, "nobody").status_code == 403


def test_signed_in_people_do_not_see_the_form(client, tree):
    assert sign_in(client, make_resident(tree.base)).get(URL).url == "/"


def test_the_picker_finds_organisations_with_an_account(client, tree):
    open_organization_account(tree.base, by=SYSTEM)
    url = reverse("accounts:organization-names")
    assert client.get(url, {"q": tree.base.name[:4]}).json()["names"] == [
        {"name": tree.base.name, "code": tree.base.code}
    ]
    assert client.get(url, {"q": tree.base.name[:1]}).json()["names"] == []
    assert client.get(url, {"q": tree.sibling.name}).json()["names"] == []


def test_the_first_sign_in_leads_to_the_password_page_only(client, tree):
    person = make_person()
    open_users([person.pk], organization=tree.base, track="western", by=SYSTEM)
    answer = send(client, person.id_number, "000000", entrance="resident")
    assert answer.url == reverse("accounts:initial-password")
    assert "_auth_user_id" not in client.session


def test_who_opens_an_account_is_explained(client):
    assert "账号由谁开通" in client.get(reverse("accounts:register-info")).content.decode()
