"""Viewers and a clean worker state for the tests of jobs."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from xinglin.jobs import registry, running
from xinglin.jobs.tests import kinds
from xinglin.kernel.viewer import Viewer

OWNER = Viewer(
    user_id=7,
    user_name="某医院",
    grant_id=70,
    role="base_admin",
    role_label="基地管理员",
    organization_id=3,
    organization_name="某医院",
    organization_path="/1/2/3/",
    permissions=frozenset(),
    request_id="r" * 32,
)
STRANGER = replace(OWNER, user_id=8, grant_id=80)


@pytest.fixture
def owner() -> Viewer:
    return OWNER


@pytest.fixture
def stranger() -> Viewer:
    return STRANGER


@pytest.fixture(autouse=True)
def _worker_state(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No stop request left over, and no upkeep of other apps."""
    assert kinds
    running.stop_requested.clear()
    monkeypatch.setattr(registry, "_periodic", {})
    yield
    running.stop_requested.clear()
