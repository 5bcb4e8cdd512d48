"""``xinglin prepare``: make an installation ready to be served; a second time it changes nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from xinglin.accounts.models import User
from xinglin.config.installation import demo_is_half_told, demo_under_way, make_folder
from xinglin.config.static_files import collect_if_changed
from xinglin.vault.masters import masters


class Command(BaseCommand):
    help = "Keys, tables, code tables and static files; with --demo the invented data too, if there are none yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo into an empty database")
        parser.add_argument("--static", action="store_true", help="static files only: by whoever may write the program")

    def handle(self, *, demo: bool, static: bool, **_: Any) -> None:
        if static:
            collect_if_changed()
            return
        if demo and demo_is_half_told():
            self.stdout.write("Loading the demo was broken off last time: starting over.")
            call_command("reset")
        make_folder()
        masters()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_dictionaries", stdout=StringIO())
        collect_if_changed()
        if demo and not User.objects.for_system("prepare: is the database empty?").exists():
            self.stdout.write("Loading the demo …")
            with demo_under_way():
                call_command("demo", stdout=self.stdout)
