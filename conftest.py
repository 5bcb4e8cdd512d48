"""What every test shares: the database it runs on is named, and the code tables are there."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command, get_commands


def pytest_report_header() -> str:
    return f"database: {settings.DATABASES['default']['ENGINE'].rsplit('.', 1)[-1]}"


def load_code_tables() -> None:
    if "load_dictionaries" in get_commands():
        call_command("load_dictionaries", verbosity=0)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database with the code tables of the national standards in it, as in every installation."""
    with django_db_blocker.unblock():
        load_code_tables()


@pytest.fixture
def transactional_db(transactional_db: None) -> None:
    """Tests that commit leave an empty database behind: the next one finds the code tables again."""
    load_code_tables()
