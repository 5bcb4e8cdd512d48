"""Switching a cross-check, and seeing beforehand exactly which records that moves (R-26)."""

import pytest

from xinglin.history.models import HistoryEntry
from xinglin.jobs.models import Job
from xinglin.jobs.running import run_job
from xinglin.kernel.errors import NotAllowed, Refused, Stale
from xinglin.people.actions import save_section
from xinglin.residents.actions.confirming import confirm
from xinglin.residents.actions.rules import set_level
from xinglin.residents.checking import checked
from xinglin.residents.models import CheckRule
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.selectors.rule_preview import moved_records, would_move
from xinglin.residents.selectors.rules import editions, rule_in_force
from xinglin.residents.selectors.subjects import subjects
from xinglin.residents.views import check_rules
from xinglin.reviews import actions as reviews

from . import factories
from .signed_in import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-26")]
CODE = "degree_year"
PAGE = f"/check-rules/{CODE}/"
WRONG_YEAR = {"education.bachelor.degree_number": "1099942019000001"}


@pytest.fixture
def world():
    return factories.make_world()


def make(world, *, wrong=True, whole=True):
    """A record; ``wrong``: its degree number is of another year; ``whole``: nothing is missing."""
    enrollment = factories.make_enrollments(world)[0]
    resident = factories.complete(enrollment, world) if whole else factories.fill_personal(enrollment)
    if wrong:
        save_section("education", WRONG_YEAR, by=resident)
    return enrollment


def switch(world, level, code=CODE, **words):
    return set_level(code, level, reason=words.pop("reason", "试行"), by=world.association, **words)


def report(world, enrollment):
    return reviews.report(RECRUITMENT, [enrollment.pk], by=world.base).done == [enrollment.pk]


def test_each_switch_is_an_edition_with_who_since_when_and_why(world):
    switch(world, "hard", reason="2026 年工作要求")
    switch(world, "off")
    rule = rule_in_force(CODE)
    assert (rule.level, rule.edition, rule.set_by) == ("off", 2, world.association.user_name)
    told = [(row.edition, before, row.level, row.source) for row, before in editions(CODE)]
    assert told == [(2, "hard", "off", "试行"), (1, "soft", "hard", "2026 年工作要求")]
    entry = HistoryEntry.objects.for_system("test").filter(subject_type="check_rule").first()
    assert entry.subject_id == CODE and "学位证书编号与毕业年份" in entry.changes


def test_refusals_write_nothing(world):
    switch(world, "hard")
    for level, words, fault in (
        ("hard", {}, Refused),
        ("off", {"reason": " "}, Refused),
        ("off", {"reason": "长" * 201}, Refused),
        ("loud", {}, Refused),
        ("off", {"code": "unheard_of"}, Refused),
        ("off", {"seen": 0}, Stale),
    ):
        with pytest.raises(fault):
            switch(world, level, **words)
    for viewer in (world.base, world.province):
        with pytest.raises(NotAllowed):
            set_level(CODE, "off", reason="试行", by=viewer)
    assert CheckRule.objects.count() == 1


def test_soft_made_hard_stops_a_report_also_one_with_a_reason(world):
    enrollment = make(world)
    confirm([enrollment.pk], reason="补办", by=world.base)
    switch(world, "hard")
    assert not report(world, enrollment)


def test_off_lets_a_report_through(world):
    enrollment = make(world)
    assert not report(world, enrollment)
    switch(world, "off")
    assert report(world, enrollment)


def outcomes(ids):
    """Report possible, possible with a reason, or not: worked out anew from the whole evaluation."""
    found = {}
    for pk, result in checked(list(subjects(ids).values())).items():
        stopped = bool(result.missing or result.hard)
        found[pk] = "stopped" if stopped else "reason" if result.unconfirmed else "free"
    return found


@pytest.mark.parametrize("now", ["hard", "soft", "off"])
@pytest.mark.parametrize("wanted", ["hard", "soft", "off"])
def test_the_preview_is_the_difference_that_the_switch_makes(world, now, wanted):
    if now == wanted:
        return
    agreed, open_, reasoned, lacking = make(world, wrong=False), make(world), make(world), make(world, whole=False)
    pending = make(world)
    for enrollment in (reasoned, pending):
        confirm([enrollment.pk], reason="补办", by=world.base)
    assert report(world, pending)
    if now != "soft":
        switch(world, now)
    ids = [e.pk for e in (agreed, open_, reasoned, lacking)]
    before, moves = outcomes(ids), would_move(CODE, wanted, world.association)
    switch(world, wanted)
    after = outcomes(ids)
    assert set(moves.ids) == {(pk, before[pk], after[pk]) for pk in ids if before[pk] != after[pk]}
    assert moves.total == len(moves.ids) and moves.looked == 5
    assert moves.lacking == 1 and moves.reported == (0 if {now, wanted} == {"soft", "off"} else 1)


def test_the_preview_stays_in_scope(world):
    mine = make(world)
    moves = would_move(CODE, "off", world.base)
    assert [row.enrollment.pk for row in moved_records(moves, world.base)] == [mine.pk]
    for viewer in (world.sibling, world.other_province):
        assert would_move(CODE, "off", viewer).looked == 0
        assert moved_records(moves, viewer) == []


def test_everybody_at_the_desk_reads_and_the_association_alone_switches(world):
    for viewer in (world.base, world.province):
        client = client_of(viewer)
        assert "不符不能上报" in client.get("/check-rules/").content.decode()
        assert "核对规则由中国医师协会调整" in client.get(PAGE, {"level": "hard"}).content.decode()
        assert client.post(f"{PAGE}set/", {"level": "off", "reason": "试行"}).status_code == 403
    assert not CheckRule.objects.exists()


def test_page_shows_the_records_masked_with_their_base_and_switches(world):
    enrollment = make(world)
    client = client_of(world.association)
    html = client.get(PAGE, {"level": "hard"}).content.decode()
    assert "1 条记录的上报会变" in html and enrollment.organization.name in html
    assert enrollment.person.id_number not in html
    sent = {"level": "hard", "edition": "0"}
    assert client.post(f"{PAGE}set/", sent).status_code == 422
    answer = client.post(f"{PAGE}set/", sent | {"reason": "试行"}, follow=True)
    assert "已改为“不符不能上报”" in answer.content.decode()
    assert client.post(f"{PAGE}set/", {"level": "off", "edition": "0", "reason": "试行"}).status_code == 409
    assert client.get("/check-rules/unheard_of/").status_code == 404


def test_many_records_are_counted_in_the_background(world, monkeypatch):
    monkeypatch.setattr(check_rules, "AT_ONCE", 1)
    made = [make(world), make(world)]
    client = client_of(world.association)
    html = client.get(PAGE, {"level": "off"}).content.decode()
    assert "核对 2 条" in html and check_rules.COUNT_FIRST in html
    waiting = client.post(PAGE, {"level": "off"}, follow=True)
    job = Job.objects.for_system("test").get()
    assert f"/jobs/{job.pk}" in waiting.content.decode()
    run_job(job.pk, worker="test", beat=False)
    done = client.get(waiting.redirect_chain[-1][0])
    assert done.context["moves"].ids == [(e.pk, "reason", "free") for e in made]
    assert client.get(PAGE, {"level": "hard", "job": str(job.pk)}).status_code == 404
    assert client_of(world.base).get(PAGE, {"level": "off", "job": str(job.pk)}).status_code == 404
