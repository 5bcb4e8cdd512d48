"""What every test shares: the database it runs on is named, and the code tables are there."""

from __future__ import annotations

import os
from io import StringIO
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command

# Examples may take their time on a busy machine; what CI tries is the same in every run.
hypothesis.settings.register_profile("xinglin", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("xinglin")


def pytest_report_header() -> str:
    return f"database: {settings.DATABASES['default']['ENGINE'].rsplit('.', 1)[-1]}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database with the code tables of the national standards in it, as in every installation."""
    with django_db_blocker.unblock():
        call_command("load_dictionaries", stdout=StringIO())


@pytest.fixture(autouse=True)
def _code_tables_again(request: pytest.FixtureRequest) -> None:
    """Tests that commit leave an empty database behind: the next one of them finds the code tables again."""
    marker = request.node.get_closest_marker("django_db")
    if (marker and marker.kwargs.get("transaction")) or "transactional_db" in request.fixturenames:
        request.getfixturevalue("transactional_db")
        call_command("load_dictionaries", stdout=StringIO())


SLOWEST = (
    "test_backup_journey", "tests/faults/test_killed", "tests/faults/", "test_serving", "test_main_job",
    "tests/browser/",
)  # fmt: skip
"""Parts of paths, long tests first. Faults come before the browser: what it looks at is served to the end of the session,
with a worker that would take the jobs of other tests."""


SAID = "looks, scripts and files are the same on every database: this runs on SQLite, in the other half of the suite"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests begin first among themselves, at the places that they have after all quick ones. What a database has no
    part in runs once."""
    if "sqlite" not in settings.DATABASES["default"]["ENGINE"]:
        for item in items:
            if item.get_closest_marker("same_everywhere"):
                item.add_marker(pytest.mark.skip(reason=SAID))
    places = [place for place, item in enumerate(items) if _rank(item) < len(SLOWEST)]
    for place, item in zip(places, sorted((items[place] for place in places), key=_rank), strict=True):
        items[place] = item


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, part in enumerate(SLOWEST) if part in str(item.path)), len(SLOWEST))
