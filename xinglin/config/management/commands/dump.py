"""``xinglin dump --json``: every stored row in a stable order, for comparing two states of an installation."""

from __future__ import annotations

import base64
import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

LEFT_OUT = {"sessions", "django_tasks_db", "django_tasks_database", "contenttypes", "auth"}
LEFT_OUT_MODELS = {"accounts.signinsession"}  # as Django's own sessions: they open doors
CHUNK = 2_000


class Command(BaseCommand):
    help = "Write every table as JSON: by app, model and primary key; encrypted columns stay encrypted (base64)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="the only format")

    def handle(self, **_: Any) -> None:
        write = self.stdout.write
        write("{", ending="")
        for number, model in enumerate(_models()):
            write(",\n" if number else "\n", ending="")
            write(f"{json.dumps(model._meta.label_lower)}: [", ending="")
            self._write_rows(model)
            write("]", ending="")
        write("\n}")

    def _write_rows(self, model: type[Model]) -> None:
        columns = [field.attname for field in model._meta.concrete_fields]
        rows = model._base_manager.order_by("pk").values_list(*columns)
        for number, row in enumerate(rows.iterator(CHUNK)):
            text = json.dumps(dict(zip(columns, row, strict=True)), cls=_Encoder, ensure_ascii=False)
            self.stdout.write(f"{',' if number else ''}\n  {text}", ending="")


class _Encoder(DjangoJSONEncoder):
    """Bytes as base64, instants with all their digits."""

    def default(self, value: Any) -> Any:
        if isinstance(value, bytes | memoryview):
            return base64.b64encode(bytes(value)).decode()
        if isinstance(value, datetime):
            return value.isoformat()
        return super().default(value)


def _models() -> list[type[Model]]:
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in LEFT_OUT
        and model._meta.label_lower not in LEFT_OUT_MODELS
        and not model._meta.proxy
        and model._meta.managed
    ]
    return sorted(found, key=lambda model: model._meta.label_lower)
