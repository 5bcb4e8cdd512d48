"""Full HTML list pages a second: 20 rows, three filters, a name search and the count, 8 clients, 100,000 records."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles
from urllib.parse import urlencode

from django.db import connection
from django.test import Client

from bench import ground  # first: it prepares Django
from xinglin.accounts.models import User
from xinglin.accounts.tests.factories import sign_in
from xinglin.people.actions import NewPerson
from xinglin.residents.actions.enrolling import Intake, enroll
from xinglin.residents.models import Enrollment
from xinglin.residents.tests import factories

SIZE, STEP, CLIENTS, SECONDS = int(os.environ.get("BENCH_LIST_ROWS", "100000")), 2_000, 8, 12.0
SPECIALTIES = ("0100", "0900", "0200", "1600", "0700", "1900", "2200", "0300")
BASES = 50


def fill(world: factories.World) -> None:
    """Enrollments of fifty bases of one province, with specialties and personnel types spread over them."""
    from xinglin.accounts.tests.factories import make_organization, make_staff, viewer_of
    from xinglin.organizations.enums import Kind

    bases = [make_organization(world.tree.province, Kind.HOSPITAL) for _ in range(BASES)]
    staff = [viewer_of(make_staff("base_admin", base)) for base in bases]
    for first in range(0, SIZE, STEP):
        people = [
            NewPerson(name, "01", number, phone)
            for name, number, phone in map(ground.person, range(first, first + STEP))
        ]
        place = first // STEP % BASES
        enroll([Intake(new) for new in people], window=world.window, base=bases[place],
               province=world.tree.province, by=staff[place])  # fmt: skip
    for number, specialty in enumerate(SPECIALTIES):
        Enrollment.unscoped.extra(where=["id %% 8 = %s"], params=[number]).update(
            specialty=specialty, personnel_type="independent" if number % 2 else "own_employee",
            graduate_cohort="fresh" if number % 3 else "previous",
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as the database does by itself a minute after an import


def cookie_of(world: factories.World) -> str:
    """A session of the province's reviewer, who sees all of it."""
    client = sign_in(Client(), User.unscoped.get(pk=world.province.user_id))
    return f"sessionid={client.cookies['sessionid'].value}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def served(port: int) -> subprocess.Popen[bytes]:
    """The product on two processes, as `xinglin serve` starts it."""
    command = [sys.executable, "-m", "xinglin.config.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ, "XINGLIN_WEB_WORKERS": "2"}, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
    for _ in range(120):
        time.sleep(0.5)
        try:
            ask(http.client.HTTPConnection("127.0.0.1", port, timeout=5), "/sign-in/", "")
            return process
        except OSError:
            continue
    raise RuntimeError("the server did not start")


def ask(connection: http.client.HTTPConnection, path: str, cookie: str) -> bytes:
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, (answer.status, path)
    return body


def addresses(number: int) -> str:
    """Another page of the list at each call: three filters and a name. Half of the names have two characters, so that
    nearly every such address is new to the server, which keeps a count for some seconds."""
    first, second = ground.GIVEN[number % 20], ground.GIVEN[number // 20 % 20]
    query = {
        "year": ground.clock.today().year,
        "specialty": SPECIALTIES[number % 8],
        "personnel_type": "independent" if number % 8 % 2 else "own_employee",
        "report": "unreported",
        "name": f"{first}{second}" if number // 8 % 2 and SIZE >= 100_000 else first,
    }
    return f"/residents/intake/?{urlencode(query)}"


def client_work(port: int, cookie: str, number: int, until: float) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    taken = []
    while time.perf_counter() < until:
        number += CLIENTS
        start = time.perf_counter()
        body = ask(connection, addresses(number), cookie)
        taken.append(time.perf_counter() - start)
        assert body.count(b"<tr") >= 20, "a page without rows is not a page"
    return taken


def run() -> None:
    world = ground.world()
    fill(world)
    cookie = cookie_of(world)
    port = free_port()
    process = served(port)
    try:
        warm = time.perf_counter() + 3
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda n: client_work(port, cookie, n, warm), range(CLIENTS)))
            start = time.perf_counter()
            until = start + SECONDS
            taken = [
                t for many in pool.map(lambda n: client_work(port, cookie, n, until), range(CLIENTS)) for t in many
            ]
            seconds = time.perf_counter() - start
    finally:
        process.terminate()
        process.wait(timeout=30)
    p95 = quantiles(taken, n=20)[-1] * 1000
    ground.tell(
        [
            ground.result(
                "list.pages_per_s.100k.c8", len(taken) / seconds, "pages/s", 120, f"p95 {p95:.0f} ms, {SIZE} rows"
            ),
        ]
    )


if __name__ == "__main__":
    run()
