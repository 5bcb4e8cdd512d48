"""``xinglin demo``: load the invented data into an empty trial installation."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from xinglin.demo.loading import RESIDENTS, load
from xinglin.kernel.errors import DomainError


class Command(BaseCommand):
    help = "Load the invented data: five provinces, their bases and staff, about two thousand residents."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="throw the present data away first")
        parser.add_argument("--residents", type=int, default=RESIDENTS, help=f"how many, about (default {RESIDENTS})")

    def handle(self, *, reset: bool, residents: int, **_: Any) -> None:
        if reset:
            call_command("reset", stdout=self.stdout)
            call_command("prepare", stdout=self.stdout)
        begun = time.monotonic()
        try:
            load(residents, tell=lambda line: self.stdout.write(f"  {line}"))
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Loaded in {time.monotonic() - begun:.0f} s. Who can sign in: xinglin accounts")
