"""`manage.py worker`: run background jobs until SIGTERM."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from xinglin.jobs.worker import Worker, run_waiting_jobs
from xinglin.kernel.collector import settle


class Command(BaseCommand):
    help = "Run background jobs and upkeep until SIGTERM; any number of workers may run, on any machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--threads", type=int, default=2, help="jobs run at the same time (default: 2)")
        parser.add_argument("--drain", action="store_true", help="run what waits, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["drain"]:
            while run_waiting_jobs():
                pass
            return
        settle()
        Worker(threads=max(1, options["threads"])).run()
