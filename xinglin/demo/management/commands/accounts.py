"""``xinglin accounts --json``: who can sign in to the demo with what."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from xinglin.demo.sign_ins import sign_ins


class Command(BaseCommand):
    help = "List the demo's accounts: role, organisation, province, user name, password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="as JSON, one object an identity")

    def handle(self, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("This is a production installation: nobody's password is known here.")
        found = [asdict(sign_in) for sign_in in sign_ins()]
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for one in found:
            self.stdout.write("\t".join(one[key] for key in ("role_label", "organization", "user_name", "password")))
