"""The database admits the legal pairs of 上报状态 and 审核状态 and no other."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction

from xinglin.kernel import clock
from xinglin.residents.models import RecruitmentReview
from xinglin.reviews.actions.reporting import make_versions
from xinglin.reviews.models import ReviewEvent

from ..selectors.subjects import subjects
from . import factories

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-21")]

REPORTS, REVIEWS = ("unreported", "reported"), ("", "pending", "approved", "returned")
VERDICTS = ("", "approved", "returned")
STORED_VERDICTS = (*VERDICTS, "pending")
ALL = list(product(REPORTS, REVIEWS, STORED_VERDICTS))
LEGAL = {
    ("unreported", "", ""),
    ("unreported", "returned", "returned"),
    ("unreported", "approved", "approved"),
    ("reported", "approved", "approved"),
    *(("reported", "pending", verdict) for verdict in VERDICTS),
}


@pytest.fixture
def state(db):
    """A state that bears every stamp, so that only the pair can be wrong."""
    world = factories.make_world()
    enrollment = factories.make_enrollments(world)[0]
    versions = make_versions("recruitment", list(subjects([enrollment.pk]).values()))
    now, version = clock.now(), versions[enrollment.pk]
    rows = RecruitmentReview.unscoped.filter(pk=enrollment.pk)
    rows.update(
        version_id=version, decided_version_id=version, reported_at=now, reported_from_id=1, decided_at=now,
        decided_from_id=1, return_comment="请补学位证书",
    )  # fmt: skip
    return rows


def admits(rows, **values):
    try:
        with transaction.atomic():
            rows.update(**values)
    except IntegrityError:
        return False
    return True


@pytest.mark.parametrize("combination", ALL, ids=lambda c: "-".join(word or "none" for word in c))
def test_only_legal_pairs_are_stored(state, combination):
    report, review, last = combination
    stored = admits(state, report_status=report, review_status=review, last_verdict=last)
    assert stored == (combination in LEGAL)


@pytest.mark.parametrize("unknown", [{"report_status": "sent"}, {"review_status": "maybe"}])
def test_unknown_words_are_refused(state, unknown):
    assert not admits(state, **unknown)


@pytest.mark.parametrize("lacking", ["version_id", "reported_at", "reported_from_id"])
def test_a_report_bears_its_stamp(state, lacking):
    pair = {"report_status": "reported", "review_status": "pending"}
    assert admits(state, **pair) and not admits(state, **pair, **{lacking: None})


@pytest.mark.parametrize("lacking", ["decided_version_id", "decided_at", "decided_from_id"])
@pytest.mark.parametrize("verdict", ["approved", "returned"])
def test_a_decision_bears_its_stamp(state, verdict, lacking):
    report = "reported" if verdict == "approved" else "unreported"
    pair = {"report_status": report, "review_status": verdict, "last_verdict": verdict}
    assert admits(state, **pair) and not admits(state, **pair, **{lacking: None})


def test_a_return_says_why(state):
    pair = {"report_status": "unreported", "review_status": "returned", "last_verdict": "returned"}
    assert not admits(state, **pair, return_comment="")
    for verb, comment, stands in (("return", "", 0), ("revoke", "", 0), ("return", "x", 1), ("report", "", 1)):
        event = ReviewEvent(
            kind="recruitment", subject_id=1, organization_path="/", verb=verb, at=clock.now(), comment=comment
        )
        try:
            with transaction.atomic():
                event.save()
        except IntegrityError:
            assert not stands, verb
        else:
            assert stands, verb
