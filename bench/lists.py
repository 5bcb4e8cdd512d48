"""Full HTML list pages a second: 20 rows, three filters, a name search and the count, 8 clients, 100,000 records."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles
from urllib.parse import urlencode

from django.db import connection
from django.test import Client

from bench import ground  # first: it prepares Django
from bench.usual_list import PATH
from xinglin.accounts.models import User
from xinglin.accounts.tests.factories import sign_in
from xinglin.config.static_files import collect_if_changed
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


def served(command: list[str], port: int, cookie: str, path: str) -> subprocess.Popen[bytes]:
    """A server on two processes, once it answers."""
    environment = {**os.environ, "XINGLIN_WEB_WORKERS": "2", "BENCH_USUAL": "1"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)  # fmt: skip
    for _ in range(120):
        time.sleep(0.5)
        try:
            Visitor(port, cookie).ask(path)
            return process
        except OSError:
            continue
        except ValueError:
            process.terminate()
            raise
    process.terminate()
    raise RuntimeError("the server did not start")


def ours(port: int) -> list[str]:
    """As `xinglin serve` starts it."""
    return [sys.executable, "-m", "xinglin.config.cli", "serve", "--port", str(port)]


def usual(port: int) -> list[str]:
    """The usual route (`bench.usual_list`) on the same server with as many processes and threads."""
    return [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
            "--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
            "bench.usual_list:application"]  # fmt: skip


class Visitor:
    """One client on one connection that costs next to nothing itself: what it counts is the server's work."""

    def __init__(self, port: int, cookie: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.tail = f" HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()

    def ask(self, path: str) -> bytes:
        """The body of the page. Raises OSError where the server is gone, ValueError for anything but 200."""
        self.socket.sendall(b"GET " + path.encode() + self.tail)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        status = head.split(b" ", 2)[1]
        if status != b"200":
            raise ValueError(f"{path}: {status.decode()}")
        length = next(
            int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
        )
        parts, left = [body], length - len(body)
        while left > 0:
            parts.append(self._more())
            left -= len(parts[-1])
        return b"".join(parts)

    def _more(self) -> bytes:
        got = self.socket.recv(1 << 18)
        if not got:
            raise OSError("the server hung up")
        return got


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
    return urlencode(query)


def client_work(port: int, cookie: str, path: str, number: int, until: float) -> list[float]:
    visitor, taken = Visitor(port, cookie), []
    while time.perf_counter() < until:
        number += CLIENTS
        start = time.perf_counter()
        body = visitor.ask(f"{path}?{addresses(number)}")
        taken.append(time.perf_counter() - start)
        assert body.count(b"<tr") >= 20, "a page without rows is not a page"
    return taken


def measure(command: Callable[[int], list[str]], cookie: str, path: str) -> tuple[float, float]:
    """Pages a second with eight clients, and the 95th percentile of one page in milliseconds."""
    port = free_port()
    process = served(command(port), port, cookie, path)
    try:
        with ThreadPoolExecutor(CLIENTS) as pool:

            def all_clients(until: float) -> list[float]:
                work = pool.map(lambda n: client_work(port, cookie, path, n, until), range(CLIENTS))
                return [seconds for many in work for seconds in many]

            all_clients(time.perf_counter() + 3)
            start = time.perf_counter()
            taken = all_clients(start + SECONDS)
            return len(taken) / (time.perf_counter() - start), quantiles(taken, n=20)[-1] * 1000
    finally:
        process.terminate()
        process.wait(timeout=30)


def run() -> None:
    collect_if_changed()  # as `xinglin prepare` does before anything is served: here may be a fresh clone
    world = ground.world()
    fill(world)
    cookie = cookie_of(world)
    pages, p95 = measure(ours, cookie, "/residents/intake/")
    usual_pages, usual_p95 = measure(usual, cookie, PATH)
    ground.tell(
        [
            ground.result("list.pages_per_s.100k.c8", pages, "pages/s", 120, f"p95 {p95:.0f} ms, {SIZE} rows"),
            ground.result(
                "list.ratio_to_usual", pages / usual_pages, "×", None,
                f"ListView, paginator, form and templates: {usual_pages:.1f} pages/s, p95 {usual_p95:.0f} ms",
            ),
        ]
    )  # fmt: skip


if __name__ == "__main__":
    run()
