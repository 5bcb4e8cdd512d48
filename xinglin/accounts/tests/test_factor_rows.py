"""What is kept of a second factor: sealed, bound by constraints, gone with the person; nothing of it passes twice (P-08)."""

import string
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from xinglin.accounts.actions import recovery_codes
from xinglin.accounts.actions.factors import confirm_factor, forget_offers, offer_factor, pass_factor
from xinglin.accounts.actions.forgetting import PART
from xinglin.accounts.actions.recovery_codes import make_codes, use_code
from xinglin.accounts.factor_selectors import factor_of, state_of, unused_codes
from xinglin.accounts.models import RecoveryCode, SecondFactor
from xinglin.accounts.selectors import organization_of
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.people.registry import Erasure

from .authenticator import enrol
from .factories import make_resident, make_staff, make_tree, viewer_of

pytestmark = pytest.mark.req("P-08", "Q-12")


@pytest.fixture
def user(db):
    return make_resident(make_tree().base)


def passes(user, typed):
    by = viewer_of(user)
    return pass_factor(user, typed, by=by, organization=organization_of(by.organization_id))


class TestKept:
    def test_the_secret_is_sealed_under_the_persons_key(self, user):
        app = enrol(user)
        with connection.cursor() as cursor:
            cursor.execute("SELECT secret, offered FROM accounts_secondfactor")
            secret, offered = (bytes(value) for value in cursor.fetchone())
        assert app.secret.encode() not in secret and secret and not offered
        assert SecondFactor.objects.get().key_id == user.person.key_id

    def test_recovery_codes_are_kept_as_salted_argon2id_of_more_than_twenty_bits(self, user):
        codes = enrol(user).codes
        digests = list(RecoveryCode.objects.values_list("digest", flat=True))
        assert all(digest.startswith("argon2$argon2id$") for digest in digests)
        salts = {digest.split("$")[5] for digest in digests}
        assert len(salts) == len(codes) == recovery_codes.COUNT
        assert not any(code.replace("-", "") in digest for code in codes for digest in digests)
        assert len(recovery_codes.ALPHABET) ** (recovery_codes.GROUPS * recovery_codes.GROUP) >= 2**60

    def test_it_says_its_state_without_the_secret(self, user):
        assert not state_of(user).is_on and str(factor_of(user.pk)) == "None"
        offer_factor(user)
        assert "offered" in str(factor_of(user.pk)) and not state_of(user).is_on
        enrol(user)
        assert state_of(user).codes_left == 8 and str(factor_of(user.pk)).endswith("in force")
        assert str(unused_codes(user.pk)[0]).endswith("unused")

    @pytest.mark.parametrize(
        "change",
        [{"confirmed_at": None}, {"last_step": None}, {"confirmed_at": None, "last_step": None, "offered_at": None}],
    )
    def test_the_database_refuses_a_factor_that_nothing_confirmed(self, user, change):
        enrol(user)
        with pytest.raises(IntegrityError), transaction.atomic():
            SecondFactor.objects.update(**change)

    def test_the_database_refuses_a_code_without_digest(self, user):
        with pytest.raises(IntegrityError), transaction.atomic():
            RecoveryCode.objects.create(user=user, digest="", made_at=clock.now())

    def test_of_an_erased_person_nothing_stays(self, user):
        enrol(user)
        PART.erase(Erasure(person=user.person, places=frozenset(), by=viewer_of(user)))
        assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()


class TestOffers:
    def test_a_secret_that_nobody_confirmed_goes_after_an_hour(self, user):
        offer_factor(user)
        forget_offers()
        assert SecondFactor.objects.exists(), "not yet"
        with time_machine.travel(clock.now() + timedelta(hours=1, seconds=1), tick=False):
            forget_offers()
        assert not SecondFactor.objects.exists()

    def test_beside_a_factor_in_force_the_offer_alone_goes(self, user):
        app = enrol(user)
        offer_factor(user)
        with time_machine.travel(clock.now() + timedelta(hours=1, seconds=1), tick=False):
            forget_offers()
            assert factor_of(user.pk).secret == app.secret and not factor_of(user.pk).offered
            assert passes(user, app.value())

    def test_that_of_an_organisation_takes_its_key_along(self, db):
        user = make_staff("base_organization", make_tree().base)
        offer_factor(user)
        key = factor_of(user.pk).key
        with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
            forget_offers()
        key.refresh_from_db()
        assert key.destroyed_at is not None


class TestOnce:
    def test_two_who_hand_in_the_same_value_at_once_are_one(self, user, monkeypatch):
        """Both have read the row before either writes."""
        app = enrol(user)
        stale = factor_of(user.pk)
        monkeypatch.setattr("xinglin.accounts.actions.factors.factor_of", lambda _: stale)
        value = app.value()
        assert [passes(user, value), passes(user, value)] == [True, False]

    def test_two_who_hand_in_the_same_recovery_code_at_once_are_one(self, user, monkeypatch):
        codes = enrol(user).codes
        rows = unused_codes(user.pk)
        monkeypatch.setattr("xinglin.accounts.actions.recovery_codes.unused_codes", lambda _: rows)
        assert [use_code(user, codes[0]), use_code(user, codes[0])] == [True, False]

    def test_a_value_of_a_factor_that_was_replaced_meanwhile_passes_no_more(self, user, monkeypatch):
        old = enrol(user)
        stale = factor_of(user.pk)
        enrol(user)
        monkeypatch.setattr("xinglin.accounts.actions.factors.factor_of", lambda _: stale)
        assert not passes(user, old.value())

    def test_the_value_that_confirmed_the_app_does_not_also_open_the_door(self, user):
        app = enrol(user)
        assert not passes(user, app.value(timedelta(seconds=-30)))

    def test_an_offer_is_no_factor(self, user):
        offer_factor(user)
        assert not passes(user, "123456")
        with pytest.raises(Refused):
            confirm_factor(user, "12345", by=viewer_of(user))

    def test_without_any_row_nothing_passes(self, user):
        assert not passes(user, "123456")


class TestCodes:
    def test_hyphens_spaces_and_case_do_not_matter(self, user):
        codes = make_codes(user)
        assert use_code(user, codes[0].lower()) and use_code(user, codes[1].replace("-", " "))
        assert use_code(user, f" {codes[2].replace('-', '')} ")

    @given(typed=st.text(alphabet=string.ascii_letters + string.digits + "- 一０", max_size=30))
    def test_what_is_no_code_costs_no_hash(self, typed):
        bare = recovery_codes._bare(typed)
        looks_right = len(bare) == 12 and set(bare) <= set(recovery_codes.ALPHABET)
        assert bool(recovery_codes._WRITTEN.fullmatch(bare)) == looks_right

    def test_a_code_that_was_used_or_replaced_is_none(self, user):
        codes = make_codes(user)
        assert use_code(user, codes[0]) and not use_code(user, codes[0])
        make_codes(user)
        assert not use_code(user, codes[1])


def test_an_offer_writes_nothing_of_what_is_in_force(user):
    """Somebody who starts once more while the first app is being confirmed takes nothing back."""
    offer_factor(user)
    with CaptureQueriesContext(connection) as asked:
        offer_factor(user)
    (update,) = [query["sql"] for query in asked.captured_queries if query["sql"].startswith("UPDATE")]
    assert "offered" in update and not any(f'"{name}" =' in update for name in ("secret", "confirmed_at", "last_step"))
