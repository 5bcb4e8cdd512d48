"""Indexes that leave out the many rows without a value still find every row that has one (Q-02, Q-09)."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from xinglin.accounts.models import Grant, User
from xinglin.kernel import clock

from .factories import make_tree

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-02", "Q-09")]
Review = apps.get_model("residents", "RecruitmentReview")


def plan(rows):
    """How the database looks for the rows when it may not read the whole table."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
        return rows.order_by().explain()


@pytest.mark.parametrize(
    ("model", "lookup", "index"),
    [
        (User, {"sign_in_name": "abc"}, "user_sign_in_name_once"),
        (User, {"organization": 1}, "user_once_an_organization"),
        (User, {"organization__in": [1, 2]}, "user_once_an_organization"),
        (Grant, {"department": 1}, "grant_department"),
        (Review, {"version": 1}, "recruitmentreview_version"),
        (Review, {"decided_version__in": [1, 2]}, "recruitmentreview_decided"),
    ],
)
def test_a_value_is_looked_up_in_its_index(model, lookup, index):
    assert index in plan(model.unscoped.filter(**lookup))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads through the names of staff")
def test_the_beginning_of_a_user_name_is_looked_up_too():
    assert "user_sign_in_name_once" in plan(User.unscoped.filter(sign_in_name__startswith="abc"))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one index of paths only")
@pytest.mark.parametrize("lookup", [{"organization_path": "/1/"}, {"organization_path__startswith": "/1/"}])
def test_the_history_of_a_unit_is_looked_up_by_the_index_of_prefixes(lookup):
    history = apps.get_model("history", "HistoryEntry").unscoped.filter(at=clock.now(), **lookup)
    assert "scope_prefix" in plan(history.values("organization_path", "at"))


def test_many_accounts_lack_a_name_and_none_shares_one():
    tree = make_tree()
    homes = [tree.base, tree.sibling]

    def account(home, **words):
        with transaction.atomic():
            return User.unscoped.create(organization=home, password="!", created_at=clock.now(), **words)

    account(homes[0], sign_in_name="suqinghe")
    for home, words in ((homes[0], {}), (homes[1], {"sign_in_name": "suqinghe"})):
        with pytest.raises(IntegrityError):
            account(home, **words)
    account(homes[1])
    assert User.unscoped.filter(sign_in_name=None, organization__in=homes).count() == 1
