"""The served product itself loses a process: granian starts another web worker, another worker takes the job (Q-09).

The thirty instants of each act are in test_killed.py, on victims with the same code; here the real processes die.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

import pytest
from django.urls import reverse

from tests.faults.serving import Site
from tests.faults.test_killed import GROUP, IMPORTED, Importer, ready_group, states
from xinglin.config.tests.running import wait_until
from xinglin.imports.models import ImportRow
from xinglin.jobs.models import Job
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.tests import factories
from xinglin.residents.tests.signed_in import client_of
from xinglin.reviews import actions as reviews

pytestmark = pytest.mark.req("Q-09")

ROUNDS = 3
CALM_SECONDS = 6.0
"""granian takes two deaths of one worker within 5.5 seconds for a crash loop and ends, for systemd to start it anew."""
# A worker as it is, but for its patience: one second of silence is death, and it looks around ten times a second.
IMPATIENT = """
import functools
import django
django.setup()
from xinglin.imports.actions import running
from xinglin.jobs import reclaim, registry, worker
running.FIRST_STEP = running.LARGEST_STEP = 6
registry._periodic.clear()
worker.reclaim = functools.partial(reclaim.reclaim, stale_seconds=1)
worker.KEEPER_SECONDS = 0.1
worker.Worker(threads=1, poll_seconds=0.05).run()
"""


def test_a_web_process_that_dies_in_a_report_is_replaced_and_nothing_is_half(new_site: Callable[..., Site]) -> None:
    world = factories.make_world()
    keys = ready_group(world)
    site = new_site()
    site.start_web()
    visitor = site.visitor(client_of(world.base))
    visitor.fetch_token(reverse("residents:intake"))
    path, draw = reverse("residents:report"), random.Random(20261120)
    heard = 0
    for number in range(ROUNDS):
        answer: list[Any] = []

        def send(answer: list[Any] = answer) -> None:
            try:
                answer.append(visitor.post(path, {"pick": keys}).status)
            except (OSError, HTTPException):
                answer.append(None)  # the browser says that the site cannot be reached

        sending = threading.Thread(target=send)
        sending.start()
        time.sleep(0.15 * (number + draw.random()) / ROUNDS)
        dead = site.kill_web()
        sending.join(timeout=60)
        site.wait_for_web()
        assert dead not in site.web_pids(), "another process serves"
        now = states(keys)
        assert now in ({("reported", "pending"): GROUP}, {("unreported", ""): GROUP}), now
        done = now[("reported", "pending")] == GROUP
        if answer[0] is not None:
            heard += 1
            assert answer[0] == 302 and done, "it was acknowledged and is not there"
        if done:
            assert len(reviews.recall(RECRUITMENT, keys, by=world.base).done) == GROUP
        time.sleep(CALM_SECONDS)
    assert heard <= ROUNDS
    assert visitor.get(reverse("residents:intake")).status == 200, "the same session goes on"


def test_a_worker_that_dies_in_an_import_is_followed_by_another(new_site: Callable[..., Site]) -> None:
    importer = Importer(whole=False)
    site = new_site()
    importer.confirmed()
    assert importer.job is not None
    first = site.start_worker(program=IMPATIENT)
    wait_until(ImportRow.objects.filter(job=importer.item, applied_at__isnull=False).exists, 30)
    site.kill_worker()
    assert first.poll() is not None
    assert importer.present() % 6 == 0, "whole steps only"
    second = site.start_worker(program=IMPATIENT)
    wait_until(lambda: Job.unscoped.get(pk=importer.job.pk).status == "done", 60)
    assert importer.present() == IMPORTED, "everything, once"
    assert second.poll() is None
