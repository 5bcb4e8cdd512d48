"""How a phone becomes verified: matched at the first sign-in, or proven by a code (P-05, P-06; decision 0026)."""

import pytest
from django.test import Client
from django.urls import reverse

from xinglin.accounts import puzzles
from xinglin.accounts.actions import open_organization_account, open_users
from xinglin.accounts.actions.forgetting import PART
from xinglin.accounts.actions.phones import note_phone, trust_phones
from xinglin.accounts.enums import PhoneProof
from xinglin.accounts.models import KnownPlace, PhoneCode, SignInSession, User, VerifiedPhone
from xinglin.accounts.reach import reach_of, staff_ids
from xinglin.history.models import HistoryEntry
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.people.models import Person
from xinglin.people.registry import Erasure, erasure_parts
from xinglin.people.selectors import phone_hash

from .courier_box import Box, box, trust, wrong
from .factories import (
    PASSWORD,
    forget_full_phone,
    make_grant,
    make_person,
    make_phone,
    make_resident,
    make_staff,
    make_tree,
    make_user,
    set_contact_phone,
    sign_in,
    viewer_of,
)
from .test_first_password import come_in, fill
from .test_sign_in import URL as DOOR
from .test_sign_in import send

__all__ = ["box"]
SEND, VERIFY, ACCOUNT = (reverse(f"accounts:{name}") for name in ("phone-code", "phone", "account"))
FIRST, FIRST_CODE, SIGN_IN_CODE = (
    reverse(f"accounts:{name}") for name in ("initial-password", "initial-code", "sign-in-code")
)
SYSTEM = Viewer.system("test")

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-06")]


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def person(tree):
    person = make_person()
    open_users([person.pk], organization=tree.base, track="western", by=SYSTEM)
    return person


def reach(user):
    return reach_of([user.pk])[user.pk]


class TestFirstSignIn:
    def test_the_number_typed_in_full_is_a_match(self, client, person):
        come_in(client, person)
        fill(client, phone=person.phone)
        user = User.unscoped.get(person=person)
        assert reach(user).verified_phone == person.phone
        assert reach(user).proof == PhoneProof.MATCHED
        assert HistoryEntry.unscoped.get(verb="phone_verified").facts["proof"] == "matched"

    def test_a_wrong_number_verifies_nothing(self, client, person):
        come_in(client, person)
        fill(client, phone="13900000000")
        assert not VerifiedPhone.objects.exists()

    def test_a_base_keeps_its_number_sealed(self, client, tree):
        set_contact_phone(tree.base, make_phone(1))
        open_organization_account(tree.base, by=SYSTEM)
        send(client, tree.base.name, "000000")
        assert fill(client, phone=make_phone(1)).url == "/"
        user = User.unscoped.get(organization=tree.base)
        assert reach(user).verified_phone == make_phone(1)
        raw = VerifiedPhone.objects.filter(user=user).values_list("phone", flat=True).get()
        assert make_phone(1).encode() not in bytes(raw)

    def test_a_code_instead_of_the_number_is_a_proof(self, client, person, box: Box):
        come_in(client, person)
        assert "发验证码到登记的手机" in client.get(FIRST).content.decode()
        page = client.post(FIRST_CODE, follow=True).content.decode()
        assert 'name="code"' in page
        assert 'name="phone"' not in page
        assert person.phone[-4:] not in page, "not a digit of the number is shown"
        assert fill(client, code=box.digits).url == "/"
        assert reach(User.unscoped.get(person=person)).proof == PhoneProof.CODE
        assert PhoneCode.objects.get().ended_at is not None

    def test_wrong_codes_count_as_tries_of_the_credential(self, client, person, box: Box):
        come_in(client, person)
        client.post(FIRST_CODE)
        for left in (4, 3, 2, 1):
            assert f"还可以试 {left} 次" in fill(client, code=wrong(box.digits)).content.decode()
        assert "why=locked" in fill(client, code=wrong(box.digits)).url

    def test_the_number_may_be_typed_after_all(self, client, person, box: Box):
        come_in(client, person)
        client.post(FIRST_CODE)
        assert 'name="phone"' in client.post(FIRST_CODE, {"instead": "phone"}, follow=True).content.decode()
        assert fill(client, phone=person.phone).url == "/"

    def test_a_second_code_waits(self, client, person, box: Box):
        come_in(client, person)
        client.post(FIRST_CODE)
        assert "秒后再试" in client.post(FIRST_CODE, follow=True).content.decode()

    def test_without_a_gateway_the_number_is_asked_for(self, client, person, box: Box):
        box.open = False
        come_in(client, person)
        assert "发验证码" not in client.get(FIRST).content.decode()
        assert "不能发送短信" in client.post(FIRST_CODE, follow=True).content.decode()
        assert not PhoneCode.objects.exists()

    def test_without_a_first_sign_in_there_is_no_code(self, client, box: Box):
        assert client.post(FIRST_CODE).status_code == 302
        assert not PhoneCode.objects.exists()


class TestAccountPage:
    def test_a_code_proves_the_number_on_record(self, client, tree, box: Box):
        user = make_resident(tree.base)
        page = sign_in(client, user).get(ACCOUNT).content.decode()
        assert "未验证" in page
        assert user.person.phone not in page
        assert "验证码已发送" in client.post(SEND, follow=True).content.decode()
        assert "手机已验证" in client.post(VERIFY, {"code": f" {box.digits} "}, follow=True).content.decode()
        assert reach(user).is_proven
        assert "已验证" in client.get(ACCOUNT).content.decode()
        assert HistoryEntry.unscoped.filter(verb="phone_verified", person_id=user.person_id).count() == 1

    @pytest.mark.parametrize(
        ("typed", "said"), [("", "请填写短信里的"), ("000001x", "验证码不对"), (None, "验证码不对")]
    )
    def test_anything_else_proves_nothing(self, client, tree, box: Box, typed, said):
        user = make_resident(tree.base)
        sign_in(client, user).post(SEND)
        typed = wrong(box.digits) if typed is None else typed
        assert said in client.post(VERIFY, {"code": typed}, follow=True).content.decode()
        assert not reach(user).proof

    def test_a_number_changed_in_between_is_not_proven(self, client, tree, box: Box):
        user = make_resident(tree.base)
        sign_in(client, user).post(SEND)
        Person.unscoped.filter(pk=user.person_id).update(phone_hash=phone_hash("19000008888"))
        assert "手机号已经改过" in client.post(VERIFY, {"code": box.digits}, follow=True).content.decode()
        assert not VerifiedPhone.objects.exists()

    def test_a_changed_number_loses_its_verification(self, tree):
        user = trust(make_resident(tree.base))
        assert reach(user).verified_phone
        Person.unscoped.filter(pk=user.person_id).update(phone_hash=phone_hash("19000008888"))
        assert reach(user).verified_phone == ""

    def test_the_code_of_another_proves_nothing(self, client, tree, box: Box):
        first, second = make_resident(tree.base), make_resident(tree.base)
        sign_in(client, first).post(SEND)
        stranger = sign_in(Client(), second)
        stranger.post(SEND)
        answer = stranger.post(VERIFY, {"code": box.made[0].digits}, follow=True)
        if box.made[0].digits != box.made[1].digits:
            assert "验证码不对" in answer.content.decode()
            assert not VerifiedPhone.objects.exists()

    def test_a_code_goes_to_the_contact_phone_on_record(self, client, tree, box: Box):
        user = make_staff("base_organization", tree.base)
        set_contact_phone(tree.base, make_phone(5))
        assert (reach(user).phone, reach(user).verified_phone) == (make_phone(5), ""), "known, not verified"
        sign_in(client, user)
        client.post(SEND)
        client.post(VERIFY, {"code": box.digits})
        assert (reach(user).verified_phone, reach(user).proof) == (make_phone(5), PhoneProof.CODE)

    def test_a_base_of_which_only_a_hash_is_known_types_its_number_first_and_completes_it(self, client, tree, box: Box):
        user = make_staff("base_organization", tree.base)
        set_contact_phone(tree.base, make_phone(5))
        forget_full_phone(tree.base)
        assert reach(user).phone == ""
        sign_in(client, user)
        assert 'name="phone"' in client.get(ACCOUNT).content.decode()
        assert "与登记的不一致" in client.post(SEND, {"phone": make_phone(6)}, follow=True).content.decode()
        assert "应为 11 位" in client.post(SEND, {"phone": "123"}, follow=True).content.decode()
        assert not box.posted
        client.post(SEND, {"phone": make_phone(5)})
        client.post(VERIFY, {"code": box.digits})
        assert (reach(user).verified_phone, reach(user).proof) == (make_phone(5), PhoneProof.CODE)
        tree.base.refresh_from_db()
        assert tree.base.contact_phone == make_phone(5) and not tree.base.lacks_full_phone

    def test_guessing_a_contact_phone_is_slowed_down(self, client, tree, box: Box):
        user = make_staff("base_organization", tree.base)
        set_contact_phone(tree.base, make_phone(5))
        forget_full_phone(tree.base)
        sign_in(client, user)
        for number in range(15):
            client.post(SEND, {"phone": make_phone(100 + number)})
        assert "分钟后再试" in client.post(SEND, {"phone": make_phone(5)}, follow=True).content.decode()
        assert not VerifiedPhone.objects.exists()

    def test_without_number_or_gateway_the_page_says_so(self, client, tree, box: Box):
        user = make_user(person=make_person(phone=""))
        make_grant(user, "resident", tree.base)
        assert "没有登记手机号" in sign_in(client, user).post(SEND, follow=True).content.decode()
        box.open = False
        assert "没有接通短信" in client.post(SEND, follow=True).content.decode()


class TestInsteadOfTheCaptcha:
    """P-04: a code to the phone is an accessible way past the picture."""

    def ask(self, client, name, **words):
        return client.post(SIGN_IN_CODE, {"entrance": "resident", "name": name, **words})

    def come(self, client, name, token, code, password=PASSWORD):
        words = {"entrance": "resident", "track": "western", "name": name, "password": password}
        return client.post(DOOR, words | {"code_token": token, "code": code})

    def test_it_opens_the_door_once(self, client, tree, box: Box):
        user = trust(make_resident(tree.base))
        assert "发验证码到手机" in client.get(DOOR).content.decode()
        part = self.ask(client, user.person.id_number)
        token = part.context["code_token"]
        assert 'autocomplete="one-time-code"' in part.content.decode()
        assert self.come(client, user.person.id_number, token, box.digits).url == "/"
        client.post(reverse("accounts:sign-out"))
        assert "手机验证码不对或已过期" in self.come(client, user.person.id_number, token, box.digits).content.decode()

    def test_a_wrong_password_leaves_the_code_good(self, client, tree, box: Box):
        user = trust(make_resident(tree.base))
        token = self.ask(client, user.person.id_number).context["code_token"]
        page = self.come(client, user.person.id_number, token, box.digits, "Wrong-2026").content.decode()
        assert "用户名或密码不对" in page
        assert f'value="{token}"' in page
        assert self.come(client, user.person.id_number, token, box.digits).url == "/"

    def test_it_is_no_captcha_for_other_accounts(self, client, tree, box: Box):
        user, other = trust(make_resident(tree.base)), make_resident(tree.base)
        token = self.ask(client, user.person.id_number).context["code_token"]
        assert "手机验证码不对" in self.come(client, other.person.id_number, token, box.digits).content.decode()

    @pytest.mark.parametrize("token", ["x", "W10:1:2"])
    def test_a_forged_token_opens_nothing(self, client, tree, box: Box, token):
        user = trust(make_resident(tree.base))
        assert "手机验证码不对" in self.come(client, user.person.id_number, token, "123456").content.decode()

    def test_known_and_unknown_names_get_the_same_part(self, client, tree, box: Box):
        user = trust(make_resident(tree.base))
        parts = [self.ask(client, name) for name in (user.person.id_number, "32019919930102005X")]
        texts = [part.content.decode().replace(part.context["code_token"], "") for part in parts]
        assert texts[0] == texts[1]
        assert len(box.made) == 1

    def test_too_often_or_without_a_name_it_says_so_at_the_captcha(self, client, tree, box: Box):
        user = trust(make_resident(tree.base))
        assert "请先填写用户名" in self.ask(client, "").content.decode()
        self.ask(client, user.person.id_number)
        answer = self.ask(client, user.person.id_number).content.decode()
        assert "秒后再试" in answer
        assert 'placeholder="4 位数字"' in answer

    def test_it_does_not_use_up_the_codes_for_a_forgotten_password(self, client, tree, box: Box):
        user = trust(make_resident(tree.base))
        self.ask(client, user.person.id_number)
        words = {"entrance": "resident", "id_type": "01", "name": user.person.id_number, "answer": "2468"}
        words["picture_token"] = puzzles.make_puzzle().picture_token
        assert client.post(reverse("accounts:forgotten"), words).status_code == 302
        assert [made.purpose.value for made in box.made] == ["sign_in", "reset"]

    def test_without_a_gateway_there_is_no_such_way(self, client, tree, box: Box):
        box.open = False
        assert "发验证码到手机" not in client.get(DOOR).content.decode()
        assert "没有接通短信" in self.ask(client, "x").content.decode()


class TestRules:
    def test_a_number_that_is_not_on_record_is_refused(self, tree):
        user = make_resident(tree.base)
        with pytest.raises(Refused, match="不一致") as caught:
            note_phone(user, PhoneProof.MATCHED, by=SYSTEM, organization=tree.base, phone="19000007777")
        assert caught.value.field == "phone"

    def test_proven_is_not_lowered_to_matched(self, tree):
        user = make_resident(tree.base)
        for proof in (PhoneProof.CODE, PhoneProof.MATCHED):
            note_phone(user, proof, by=SYSTEM, organization=tree.base)
        assert reach(user).is_proven

    def test_nothing_is_noted_without_a_number(self, tree):
        user = make_user(person=make_person(phone=""))
        note_phone(user, PhoneProof.MATCHED, by=SYSTEM, organization=tree.base)
        base = make_staff("base_organization", tree.base)
        set_contact_phone(tree.base, make_phone(9))
        note_phone(base, PhoneProof.MATCHED, by=SYSTEM, organization=tree.base)
        assert not VerifiedPhone.objects.exists()

    def test_trust_is_for_trials_only(self, tree, settings):
        user = make_resident(tree.base)
        settings.PRODUCTION = True
        with pytest.raises(Refused):
            trust_phones([user.pk], by=SYSTEM)
        settings.PRODUCTION = False
        trust_phones([user.pk, make_staff("base_organization", tree.base).pk], by=SYSTEM)
        assert list(VerifiedPhone.objects.values_list("user_id", flat=True)) == [user.pk]

    def test_staff_of_an_organisation_are_found_by_role_and_track(self, tree):
        both, western, tcm = (make_staff("base_admin", tree.base, track=track) for track in ("", "western", "tcm"))
        make_staff("base_admin", tree.sibling)
        make_resident(tree.base)
        make_staff("base_admin", tree.base, is_active=False)
        assert staff_ids(tree.base.pk, ("base_admin",), "western") == [both.pk, western.pk]
        assert staff_ids(tree.base.pk, ("base_admin",)) == [both.pk, western.pk, tcm.pk]
        assert viewer_of(both).organization_id == tree.base.pk

    def test_of_an_erased_person_nothing_stays_at_the_door(self, client, tree, box: Box):
        user = make_resident(tree.base)
        send(client, user.person.id_number, entrance="resident")
        client.post(SEND)
        client.post(VERIFY, {"code": box.digits})
        kept = (VerifiedPhone, PhoneCode, KnownPlace, SignInSession)
        assert all(model.objects.filter(user=user).exists() for model in kept)
        PART.erase(Erasure(user.person, frozenset(), SYSTEM))
        assert not any(model.objects.filter(user=user).exists() for model in kept)
        assert client.get(ACCOUNT).status_code == 302
        assert PART in erasure_parts()
