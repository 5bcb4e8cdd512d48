"""Setting the second factor up, replacing it, turning it off; who must have one and is kept at the page until then (P-08)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts import totp
from xinglin.accounts.actions import end_grant, open_users
from xinglin.accounts.actions.factors import turn_off
from xinglin.accounts.checks import factor_setting_is_known, production_asks_for_a_factor
from xinglin.accounts.enums import Demand
from xinglin.accounts.factor_selectors import factor_of, has_factor
from xinglin.accounts.models import RecoveryCode, SecondFactor
from xinglin.accounts.roles import ROLES
from xinglin.accounts.rules import needs_factor
from xinglin.accounts.selectors import grants_of
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from . import authenticator
from .authenticator import enrol
from .courier_box import box
from .factories import make_grant, make_person, make_resident, make_staff, make_tree, sign_in, viewer_of, writes_of
from .test_sign_in import send

__all__ = ["box"]
ACCOUNT, SETUP = reverse("accounts:account"), reverse("accounts:factor")
BEGIN, CONFIRM, CODES, OFF = (reverse(f"accounts:factor-{name}") for name in ("begin", "confirm", "codes", "off"))
IDENTITIES, SWITCH = reverse("accounts:identities"), reverse("accounts:switch")

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-08", "Q-12")]


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def staff(tree):
    return make_staff("base_admin", tree.base)


def words(answer):
    return answer.content.decode()


def offered(user):
    return factor_of(user.pk).offered


def first_value(user):
    return authenticator.first_value(offered(user))


class TestByChoice:
    def test_from_the_account_page_to_the_recovery_codes(self, client, staff, box):
        sign_in(client, staff)
        assert f'href="{SETUP}"' in words(client.get(ACCOUNT))
        assert "未开启" in words(client.get(SETUP))
        assert client.post(BEGIN).url == SETUP
        page = words(client.get(SETUP))
        assert "<svg" in page and totp.in_groups(offered(staff)) in page
        assert not has_factor(staff.pk), "not before a right value"
        answer = client.post(CONFIRM, {"code": first_value(staff)})
        assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
        codes = answer.context["codes"]
        assert len(codes) == 8 and all(code in words(answer) for code in codes)
        assert "恢复码还有 8 个" in words(client.get(ACCOUNT)), "this sign-in goes on"
        page = words(client.get(SETUP))
        assert "已开启" in page and not any(code in page for code in codes), "they are shown once"
        assert box.factors == [(staff.pk, "已开启")]
        assert HistoryEntry.unscoped.get(verb="factor_on").subject_id == str(staff.pk)

    def test_other_sign_ins_end_with_it(self, client, staff):
        other = sign_in(Client(), staff)
        sign_in(client, staff)
        client.post(BEGIN)
        client.post(CONFIRM, {"code": first_value(staff)})
        assert other.get(ACCOUNT).status_code == 302

    def test_a_wrong_first_value_turns_nothing_on(self, client, staff):
        sign_in(client, staff)
        client.post(BEGIN)
        page = client.post(CONFIRM, {"code": "12345"})
        assert page.status_code == 422 and "动态码不对" in words(page) and "<svg" in words(page)
        assert client.post(CONFIRM, {"code": ""}).status_code == 422
        assert not has_factor(staff.pk) and not RecoveryCode.objects.exists()

    def test_looking_at_the_page_writes_nothing(self, client, staff):
        sign_in(client, staff)
        client.post(BEGIN)
        with CaptureQueriesContext(connection) as caught:
            client.get(SETUP)
        assert not writes_of(caught.captured_queries)

    def test_an_offer_lapses_after_an_hour(self, client, staff):
        sign_in(client, staff)
        client.post(BEGIN)
        with time_machine.travel(clock.now() + timedelta(hours=1, seconds=1), tick=False):
            sign_in(client, staff)
            page = client.post(CONFIRM, {"code": first_value(staff)})
            assert page.status_code == 422 and "请点“开始设置”" in words(page)

    def test_without_an_offer_nothing_is_confirmed(self, client, staff):
        sign_in(client, staff)
        assert client.post(CONFIRM, {"code": "123456"}).status_code == 422

    def test_on_the_phone_face_too(self, client, tree):
        user = make_resident(tree.base)
        sign_in(client, user)
        client.post(BEGIN)
        assert "xl-on-phone" in words(client.get(SETUP))
        assert client.post(CONFIRM, {"code": first_value(user)}).status_code == 200


class TestKeepingIt:
    def test_the_old_app_works_until_the_new_one_is_confirmed(self, client, staff):
        old = enrol(staff)
        sign_in(client, staff)
        client.post(BEGIN)
        assert factor_of(staff.pk).secret == old.secret
        client.post(CONFIRM, {"code": first_value(staff)})
        assert factor_of(staff.pk).secret != old.secret
        assert HistoryEntry.unscoped.filter(verb="factor_replaced").exists()

    def test_new_recovery_codes_void_the_old_ones(self, client, staff):
        old = enrol(staff)
        sign_in(client, staff)
        fresh = client.post(CODES).context["codes"]
        assert not set(fresh) & set(old.codes) and RecoveryCode.objects.count() == 8
        assert HistoryEntry.unscoped.filter(verb="recovery_codes_renewed").exists()

    def test_without_a_factor_there_are_no_codes(self, client, staff):
        sign_in(client, staff)
        assert client.post(CODES).status_code == 422
        assert not RecoveryCode.objects.exists()

    def test_it_can_be_turned_off_where_nobody_asks_for_it(self, client, staff, box):
        enrol(staff)
        other = sign_in(Client(), staff)
        sign_in(client, staff)
        assert client.post(OFF).url == SETUP
        assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()
        assert client.get(ACCOUNT).status_code == 200 and other.get(ACCOUNT).status_code == 302
        assert box.factors[-1] == (staff.pk, "已关闭")

    def test_what_is_not_on_is_not_turned_off(self, client, staff, box):
        sign_in(client, staff)
        client.post(BEGIN)
        page = client.post(OFF, follow=True)
        assert "没有开启两步验证" in words(page) and not box.factors
        assert not HistoryEntry.unscoped.filter(verb="factor_off").exists()

    def test_not_where_any_of_the_identities_must_have_it(self, client, staff, tree, settings):
        settings.XINGLIN_SECOND_FACTOR = "province"
        enrol(staff)
        grant = make_grant(staff, "province_reviewer", tree.province)
        sign_in(client, staff)
        assert "关闭两步验证</button>" not in words(client.get(SETUP))
        client.post(OFF)
        assert has_factor(staff.pk)
        with pytest.raises(Refused, match="不能关闭"):
            turn_off(staff, by=viewer_of(staff))
        end_grant(grant, by=Viewer.system("test"), reason="x")
        turn_off(staff, by=viewer_of(staff))
        assert not has_factor(staff.pk)

    def test_the_account_of_an_organisation_has_a_key_of_its_own(self, tree):
        user = make_staff("base_organization", tree.base)
        enrol(user)
        key = factor_of(user.pk).key
        assert key.purpose == "system"
        turn_off(user, by=viewer_of(user))
        key.refresh_from_db()
        assert key.destroyed_at is not None


class TestWhoMust:
    @pytest.mark.parametrize(
        ("setting", "roles"),
        [
            ("optional", set()),
            ("province", {"province_reviewer", "province_admin", "association_admin", "ministry_reader"}),
            ("staff", set(ROLES) - {"resident"}),
            ("all", set(ROLES)),
        ],
    )
    def test_the_setting_says_who(self, settings, setting, roles):
        settings.XINGLIN_SECOND_FACTOR = setting
        assert {code for code in ROLES if needs_factor(code)} == roles

    def test_whoever_must_and_has_none_gets_no_further_than_the_set_up(self, client, staff, settings):
        settings.XINGLIN_SECOND_FACTOR = "staff"
        assert send(client, staff.sign_in_name, next="/account/password/").url == "/account/password/"
        for address in (
            "/",
            ACCOUNT,
            "/account/password/",
            reverse("accounts:puzzle"),
            reverse("portal:residents-home"),
        ):
            assert client.get(address).url == SETUP, address
        assert client.post(CODES).url == SETUP and client.post(OFF).url == SETUP
        page = words(client.get(SETUP))
        assert "这个身份必须使用两步验证" in page and "切换身份" not in page
        client.post(BEGIN)
        done = client.post(CONFIRM, {"code": first_value(staff)})
        assert 'href="/account/password/"' in words(done), "on to where the sign-in was to lead"
        assert client.get(ACCOUNT).status_code == 200

    def test_the_set_up_asks_no_password_right_after_the_sign_in(self, client, staff, settings):
        settings.XINGLIN_SECOND_FACTOR = "all"
        send(client, staff.sign_in_name)
        assert client.post(BEGIN).status_code == 302

    def test_a_first_sign_in_goes_on_to_the_set_up(self, client, tree, settings):
        settings.XINGLIN_SECOND_FACTOR = "all"
        person = make_person()
        open_users([person.pk], organization=tree.base, track="western", by=Viewer.system("test"))
        send(client, person.id_number, "000000", entrance="resident")
        client.post(
            reverse("accounts:initial-password"),
            {"old": "000000", "phone": person.phone, "new": "Kapok-Lane-77", "confirm": "Kapok-Lane-77"},
        )
        assert client.get("/").url == SETUP and client.post(BEGIN).url == SETUP

    def test_a_resident_may_go_without_where_staff_must(self, client, tree, settings):
        settings.XINGLIN_SECOND_FACTOR = "staff"
        send(client, make_resident(tree.base).person.id_number, entrance="resident")
        assert client.get(ACCOUNT).status_code == 200

    def test_at_a_switch_into_an_identity_that_must(self, client, staff, tree, settings):
        settings.XINGLIN_SECOND_FACTOR = "province"
        grant = make_grant(staff, "province_reviewer", tree.province)
        sign_in(client, staff)
        assert client.get(ACCOUNT).status_code == 200
        client.post(SWITCH, {"grant": grant.pk})
        assert client.get(ACCOUNT).url == SETUP
        assert client.get(IDENTITIES).status_code == 200, "the other identity can be taken again"
        client.post(SWITCH, {"grant": _other(staff, grant)})
        assert client.get(ACCOUNT).status_code == 200

    def test_among_several_at_the_sign_in_the_way_onward_is_kept(self, client, staff, tree, settings):
        settings.XINGLIN_SECOND_FACTOR = "province"
        grant = make_grant(staff, "province_reviewer", tree.province)
        send(client, staff.sign_in_name, next="/account/password/")
        client.post(SWITCH, {"grant": grant.pk})
        client.post(BEGIN)
        done = client.post(CONFIRM, {"code": first_value(staff)})
        assert 'href="/account/password/"' in words(done)

    def test_a_sign_in_with_the_factor_is_enough_for_every_identity(self, client, staff, tree, settings):
        settings.XINGLIN_SECOND_FACTOR = "all"
        grant = make_grant(staff, "province_reviewer", tree.province)
        app = enrol(staff)
        send(client, staff.sign_in_name)
        client.post(reverse("accounts:second-factor"), {"code": app.value()})
        client.post(SWITCH, {"grant": grant.pk})
        assert client.get(ACCOUNT).status_code == 200

    def test_a_setting_that_is_raised_holds_for_sign_ins_that_stand(self, client, staff, settings):
        sign_in(client, staff)
        assert client.get(ACCOUNT).status_code == 200
        settings.XINGLIN_SECOND_FACTOR = "staff"
        assert client.get(ACCOUNT).url == SETUP

    def test_a_page_in_use_says_so_also_during_the_set_up(self, client, staff, settings):
        settings.XINGLIN_SECOND_FACTOR = "staff"
        sign_in(client, staff)
        assert client.post(reverse("accounts:session-seen")).status_code == 204


def _other(user, grant):
    return next(found.pk for found in grants_of(user) if found.pk != grant.pk)


class TestSetting:
    def test_a_word_that_is_none_stops_the_start(self, settings):
        settings.XINGLIN_SECOND_FACTOR = "everybody"
        assert [fault.id for fault in factor_setting_is_known()] == ["xinglin.E023"]
        for word in Demand.values:
            settings.XINGLIN_SECOND_FACTOR = word
            assert factor_setting_is_known() == []

    def test_production_is_told_where_nobody_must(self, settings):
        assert production_asks_for_a_factor() == [], "a trial may"
        settings.PRODUCTION = True
        assert [advice.id for advice in production_asks_for_a_factor()] == ["xinglin.W023"]
        settings.XINGLIN_SECOND_FACTOR = "province"
        assert production_asks_for_a_factor() == []
