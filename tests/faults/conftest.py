"""Sites to do bad things to. Everything here commits, so that other processes see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.faults.outages import Outage, TcpProxy, make_outage
from tests.faults.serving import Site, own_folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/faults/" in str(item.path) and not item.get_closest_marker("no_database"):
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture
def new_site() -> Iterator[Callable[..., Site]]:
    """``new_site(**options)``: a site on the database of the tests, over their data folder; ended with the test."""
    sites: list[Site] = []

    def make(folder: Path | None = None, **options: Any) -> Site:
        sites.append(Site(folder or own_folder(), **options))
        return sites[-1]

    yield make
    for site in sites:
        site.stop()


@pytest.fixture
def site(new_site: Callable[..., Site]) -> Site:
    """Web and worker on the database of the tests."""
    one = new_site()
    one.start_web()
    one.start_worker()
    return one


@pytest.fixture
def outage() -> Iterator[Outage]:
    """The database, to be taken away and given back; give its ``url`` to the site."""
    one = make_outage()
    yield one
    one.close()


@pytest.fixture
def proxy() -> Iterator[TcpProxy]:
    """The connection to PostgreSQL, to be reset or held."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no connection that could break: its outage is tested by `outage`")
    one = make_outage()
    assert isinstance(one, TcpProxy)
    yield one
    one.close()
