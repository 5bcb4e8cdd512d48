"""The database refuses every state of a review that the rules do not know (R-08, R-21, Q-09)."""

from __future__ import annotations

import itertools

import pytest
from django.db import IntegrityError, transaction

from xinglin.kernel import clock
from xinglin.reviews.actions.reporting import make_versions
from xinglin.reviews.models import ContentVersion, ReviewEvent

from .trial import KIND, State, Trial, make_trial

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-08", "Q-09")]
LEGAL = {
    ("unreported", "", ""),
    ("unreported", "returned", "returned"),
    ("unreported", "approved", "approved"),
    ("reported", "pending", ""),
    ("reported", "pending", "returned"),
    ("reported", "pending", "approved"),
    ("reported", "approved", "approved"),
}
"""Report status, review status, last verdict, written down from the specification."""
WORDS = ("", "pending", "approved", "returned")


@pytest.fixture
def trial() -> Trial:
    return make_trial()


def stamps(trial: Trial, pk: int) -> dict[str, object]:
    """Everything that any state may need, so that only the triple decides."""
    version, now = make_versions(KIND, [trial.records[pk]])[pk], clock.now()
    return {
        "version_id": version, "decided_version_id": version, "reported_at": now, "reported_from_id": 1,
        "decided_at": now, "decided_from_id": 1, "return_comment": "不清楚",
    }  # fmt: skip


def stands(pk: int, **values: object) -> bool:
    try:
        with transaction.atomic():
            State.unscoped.filter(pk=pk).update(**values)
    except IntegrityError:
        return False
    return True


def test_of_all_triples_only_the_legal_ones_stand(trial):
    pk = trial.add()
    rest = stamps(trial, pk)
    stood = {
        triple
        for triple in itertools.product(("unreported", "reported"), WORDS, WORDS)
        if stands(pk, report_status=triple[0], review_status=triple[1], last_verdict=triple[2], **rest)
    }
    assert stood == LEGAL


@pytest.mark.parametrize("word", ["", "REPORTED", "draft", "待审核"])
def test_other_words_are_refused(trial, word):
    pk = trial.add()
    assert not stands(pk, report_status=word)


@pytest.mark.parametrize("lacking", ["version_id", "reported_at", "reported_from_id"])
def test_a_report_says_what_when_and_from_where(trial, lacking):
    pk = trial.add()
    rest = stamps(trial, pk) | {"report_status": "reported", "review_status": "pending"}
    assert not stands(pk, **(rest | {lacking: None}))
    assert stands(pk, **rest)


@pytest.mark.parametrize("lacking", ["decided_version_id", "decided_at", "decided_from_id"])
@pytest.mark.parametrize("verdict", ["approved", "returned"])
def test_a_decision_says_on_what_when_and_from_where(trial, lacking, verdict):
    pk = trial.add()
    rest = stamps(trial, pk) | {"review_status": verdict, "last_verdict": verdict}
    assert not stands(pk, **(rest | {lacking: None}))
    assert stands(pk, **rest)


def test_a_return_has_its_comment(trial):
    pk = trial.add()
    rest = stamps(trial, pk) | {"review_status": "returned", "last_verdict": "returned"}
    assert not stands(pk, **(rest | {"return_comment": ""}))


@pytest.mark.parametrize(("verb", "may_be_silent"), [
    ("report", True), ("recall", True), ("approve", True), ("return", False), ("revoke", False),
])  # fmt: skip
def test_an_event_of_a_return_or_a_revocation_has_words(trial, verb, may_be_silent):
    pk = trial.add()
    row = {
        "kind": KIND, "subject_id": pk, "organization_path": trial.tree.base.path, "verb": verb, "at": clock.now(),
        "by_name": "苏清和", "by_role": "审核", "from_name": "省",
    }  # fmt: skip
    ReviewEvent.unscoped.create(**row, comment="有话")
    if may_be_silent:
        ReviewEvent.unscoped.create(**row, comment="")
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            ReviewEvent.unscoped.create(**row, comment="")


def test_a_version_has_a_digest_and_outlives_nothing_that_points_to_it(trial):
    pk = trial.add()
    version = make_versions(KIND, [trial.records[pk]])[pk]
    with pytest.raises(IntegrityError), transaction.atomic():
        ContentVersion.unscoped.filter(pk=version).update(digest="")
