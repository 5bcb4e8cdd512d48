"""Whoever has to act after a return is told, without a word that does not belong on a phone's screen (P-13, R-07, R-21)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from xinglin.accounts.actions.phones import note_phone
from xinglin.accounts.enums import PhoneProof
from xinglin.accounts.models import User
from xinglin.accounts.tests.factories import forget_full_phone, make_phone, make_staff, set_contact_phone
from xinglin.jobs.worker import run_waiting_jobs
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.notifications.actions import keep
from xinglin.notifications.models import Message
from xinglin.notifications.tests.gateways import Memory, email, sms
from xinglin.people.models import Person
from xinglin.residents.actions.correcting import return_personal
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.tests import factories
from xinglin.reviews import actions as reviews

__all__ = ["email", "sms"]
COMMENT = "身份证照片看不清，请重拍"

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-13")]


@pytest.fixture
def world():
    return factories.make_world()


def reported(world, size=1):
    rows = factories.make_enrollments(world, size)
    for row in rows:
        factories.complete(row, world)
    assert reviews.report(RECRUITMENT, [row.pk for row in rows], by=world.base).done
    return rows


def later(**span):
    """The keeper's and the workers' turn after a while."""
    with time_machine.travel(clock.now() + timedelta(**span)):
        keep()
        run_waiting_jobs()


@pytest.mark.req("R-07")
class TestToTheResident:
    def test_a_return_by_the_base_reaches_the_resident(self, world, sms: Memory, settings):
        settings.XINGLIN_SITE_URL = "https://xinglin.example"
        (row,) = factories.make_enrollments(world, 1)
        return_personal([row.pk], comment=COMMENT, by=world.base)
        run_waiting_jobs()
        (sent,) = sms.sent
        assert sent.recipient == row.person.phone
        assert world.tree.base.name in sent.text
        assert sent.text.endswith("https://xinglin.example/my/")

    @pytest.mark.req("P-19")
    def test_neither_comment_nor_name_nor_number_leaves_the_house(self, world, sms: Memory):
        (row,) = factories.make_enrollments(world, 1)
        return_personal([row.pk], comment=COMMENT, by=world.base)
        run_waiting_jobs()
        for word in (COMMENT, "身份证", row.person.name, row.person.id_number, row.person.id_number[-4:]):
            assert word not in sms.sent[0].text
            assert word not in str(Message.unscoped.values_list("facts", "error").get())

    def test_each_of_many_gets_his_own_and_the_refused_none(self, world, sms: Memory):
        rows = factories.make_enrollments(world, 3)
        return_personal([rows[0].pk], comment=COMMENT, by=world.base)
        outcome = return_personal([row.pk for row in rows], comment=COMMENT, by=world.base)
        assert set(outcome.refused) == {rows[0].pk}
        run_waiting_jobs()
        assert sorted(out.recipient for out in sms.sent) == sorted(row.person.phone for row in rows)

    def test_a_return_that_did_not_happen_tells_nobody(self, world, sms: Memory):
        (row,) = factories.make_enrollments(world, 1)
        with pytest.raises(Refused):
            return_personal([row.pk], comment="", by=world.base)
        with transaction.atomic():
            return_personal([row.pk], comment=COMMENT, by=world.base)
            transaction.set_rollback(True)
        run_waiting_jobs()
        assert not sms.sent
        assert not Message.unscoped.exists()

    def test_without_a_gateway_the_return_works_as_ever(self, world, settings):
        settings.PRODUCTION = True
        (row,) = factories.make_enrollments(world, 1)
        assert return_personal([row.pk], comment=COMMENT, by=world.base).done == [row.pk]
        assert not Message.unscoped.exists()

    def test_the_message_belongs_to_the_base_in_the_outbox(self, world, sms: Memory):
        (row,) = factories.make_enrollments(world, 1)
        return_personal([row.pk], comment=COMMENT, by=world.base)
        message = Message.unscoped.get()
        assert message.organization_path == world.tree.base.path
        assert message.person_id == row.person_id


@pytest.mark.req("R-21")
class TestToTheBase:
    def with_mail(self, viewer, address):
        user = User.unscoped.get(pk=viewer.user_id)
        Person.unscoped.filter(pk=user.person_id).update(email=address)

    def back(self, world, rows):
        done = reviews.return_(RECRUITMENT, [row.pk for row in rows], comment=COMMENT, by=world.province).done
        assert len(done) == len(rows)

    def test_staff_with_a_mail_address_are_told_once_for_all(self, world, email: Memory):
        self.with_mail(world.base, "jiaoxue@example.org")
        rows = reported(world, 3)
        self.back(world, rows[:2])
        self.back(world, rows[2:])
        later(minutes=11)
        (sent,) = email.sent
        assert sent.recipient == "jiaoxue@example.org"
        assert "退回了 3 人的招收信息" in sent.text
        assert world.tree.province.name in sent.text
        for row in rows:
            assert row.person.name not in sent.text
        assert COMMENT not in sent.text

    def test_the_bases_own_account_comes_first(self, world, sms: Memory, email: Memory):
        self.with_mail(world.base, "jiaoxue@example.org")
        own = make_staff("base_organization", world.tree.base)
        set_contact_phone(world.tree.base, make_phone(77))
        note_phone(own, PhoneProof.MATCHED, by=Viewer.system("t"), organization=world.tree.base, phone=make_phone(77))
        self.back(world, reported(world))
        later(minutes=11)
        assert [out.recipient for out in sms.sent] == [make_phone(77)]
        assert not email.sent

    def test_the_contact_phone_is_told_before_anybody_signed_in_there(self, world, sms: Memory):
        """The number as it was imported or entered; nobody has typed it in full yet."""
        make_staff("base_organization", world.tree.base)
        set_contact_phone(world.tree.base, make_phone(77))
        rows = reported(world, 2)
        self.back(world, rows)
        later(minutes=11)
        assert [out.recipient for out in sms.sent] == [make_phone(77)]
        assert "2 人" in sms.sent[0].text and rows[0].person.name not in sms.sent[0].text

    def test_a_number_of_which_only_a_hash_is_known_reaches_nobody(self, world, sms: Memory):
        make_staff("base_organization", world.tree.base)
        set_contact_phone(world.tree.base, make_phone(77))
        forget_full_phone(world.tree.base)
        self.back(world, reported(world))
        assert not Message.unscoped.exists()

    def test_a_sibling_base_and_the_other_track_hear_nothing(self, world, email: Memory):
        self.with_mail(world.sibling, "sibling@example.org")
        tcm = make_staff("base_admin", world.tree.base, track="tcm")
        Person.unscoped.filter(pk=tcm.person_id).update(email="tcm@example.org")
        self.with_mail(world.base, "jiaoxue@example.org")
        self.back(world, reported(world))
        later(minutes=11)
        assert [out.recipient for out in email.sent] == ["jiaoxue@example.org"]

    def test_nobody_to_reach_is_no_obstacle(self, world, sms: Memory, email: Memory):
        self.back(world, reported(world))
        assert not Message.unscoped.exists()
