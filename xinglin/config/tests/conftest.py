"""Fixtures of several test files."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from xinglin.accounts.tests.factories import make_staff, make_tree
from xinglin.config import components
from xinglin.jobs.job_specs import PULSE
from xinglin.jobs.models import PeriodicTask
from xinglin.kernel import clock


@pytest.fixture
def healthy(settings, monkeypatch):
    """A worker lives, somebody can administer, the libraries are of today."""
    monkeypatch.setattr(components, "locked_on", clock.today)
    PeriodicTask.objects.create(name=PULSE, due_at=clock.now() + timedelta(seconds=30), finished_at=clock.now())
    make_staff("association_admin", make_tree().association)
    os.chmod(settings.DATA_DIR, 0o700)
