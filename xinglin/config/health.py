"""Addresses for machines: does the process live, may it be asked, what are its figures (Q-13). No personal data."""

from __future__ import annotations

import hmac
import os
import time
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from xinglin.accounts.access import public
from xinglin.accounts.middleware import address_of
from xinglin.config import metrics
from xinglin.config.proxies import UNNAMED, within
from xinglin.kernel.faults import Fault, fault_of

PENDING_KEPT_SECONDS = 5.0
OK = "ok"
_migrated = False
_looked_at = 0.0


@public
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers: asks nothing of anybody else."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@public
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while requests can be served, else 503: database, tables of this version, place for files."""
    fault = database_fault()
    state = {"database": fault.kind if fault else OK}
    state["migrations"] = _migrations() if state["database"] == OK else "unknown"
    state["storage"] = _storage()
    ready = set(state.values()) == {OK}
    response = JsonResponse({"ready": ready, **state}, status=200 if ready else 503)
    if not ready:
        response["Retry-After"] = "5"
    return response


@public
@require_safe
@never_cache
def show_metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for this machine, the networks of XINGLIN_METRICS_NETWORKS, or whoever has the token."""
    if not may_see_metrics(request):
        return HttpResponse("forbidden\n", status=403, content_type="text/plain; charset=utf-8")
    return HttpResponse(metrics.text(), content_type=metrics.CONTENT_TYPE)


def may_see_metrics(request: HttpRequest) -> bool:
    """By the token, or by an address that a named proxy or the connection itself vouches for."""
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    token = settings.XINGLIN_METRICS_TOKEN
    if token and scheme.lower() == "bearer" and hmac.compare_digest(sent.strip().encode(), token.encode()):
        return True
    return not request.META.get(UNNAMED) and within(address_of(request), settings.XINGLIN_METRICS_NETWORKS)


def database_fault() -> Fault | None:
    """What keeps the database from answering; None while it does."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:
        fault = fault_of(error)
        if fault is None:
            raise
        return fault
    return None


def pending_migrations() -> list[str]:
    """Migrations of this version that the database has not seen."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _migrations() -> str:
    """Once applied they stay applied for this process; while some are missing they are looked for every few seconds."""
    global _migrated, _looked_at
    if not _migrated and time.monotonic() - _looked_at > PENDING_KEPT_SECONDS:
        try:
            _migrated = not pending_migrations()
        except Exception as error:
            if fault_of(error) is None:
                raise
            return "unknown"
        _looked_at = time.monotonic()
    return OK if _migrated else "pending"


def _storage() -> str:
    """Only a folder is looked at; how S3 does is in the figures of its own."""
    folder = Path(settings.DATA_DIR)
    return OK if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK) else "not writable"
