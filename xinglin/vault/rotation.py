"""A new master key for all data keys, while people work (Q-12).

Only the wrapping of data keys changes: content, keyed hashes and sealed history stay as they are. Every step is a
transaction of its own and looks for what is not under the current master, so it may be broken off and repeated.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterator
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import Count

from . import cipher
from .masters import Masters, forget_masters, key_file, key_text, masters, write_key_file
from .models import DataKey

STEP = 500
NAME = re.compile(r"m(\d+)")
FIRST = UUID(int=0)
SETTLE_SECONDS = 600


def make_master() -> str:
    """Add a new master to the key file and make it the wrapping one; its id. Raises OSError.

    The old masters stay, so that running processes go on opening what they wrapped.
    """
    forget_masters()
    ring = masters()
    numbers = [int(found[1]) for name in ring.keys if (found := NAME.fullmatch(name))]
    name = f"m{max(numbers, default=0) + 1}"
    write_key_file(key_text(Masters(name, {name: secrets.token_bytes(32), **ring.keys}, ring.index)))
    forget_masters()
    return name


def settled() -> bool:
    """Whether the key file is old enough that no process and no open transaction still wraps under what it replaced."""
    return time.time() - key_file().stat().st_mtime > SETTLE_SECONDS


def drop_masters(names: set[str]) -> None:
    """Take unused masters out of the key file. Raises ImproperlyConfigured for one that is in use, OSError."""
    if not settled():
        raise ImproperlyConfigured("the key file has just changed")
    forget_masters()
    ring = masters()
    busy = names & (set(uses()) | {ring.current})
    if busy:
        raise ImproperlyConfigured(f"master keys in use: {', '.join(sorted(busy))}")
    left = {name: key for name, key in ring.keys.items() if name not in names}
    write_key_file(key_text(Masters(ring.current, left, ring.index)))
    forget_masters()


def uses() -> dict[str, int]:
    """How many living data keys each master wraps."""
    rows = DataKey.objects.filter(wrapped__isnull=False).values("master_id").annotate(n=Count("id"))
    return dict(rows.order_by("master_id").values_list("master_id", "n"))


def rewrap(tell: Callable[[int], None] = lambda done: None) -> int:
    """Wrap every data key under the current master; how many were changed. ``tell(done)`` after every step.

    Goes round until a whole round finds nothing, because a process with older keys may have made some meanwhile.
    Raises Damaged where a data key's own master is missing.
    """
    done = 0
    while True:
        before = done
        for changed in _round():
            done += changed
            tell(done)
        if done == before:
            return done


def _round() -> Iterator[int]:
    current = masters().current
    last = FIRST
    while True:
        with transaction.atomic():
            rows = DataKey.objects.filter(pk__gt=last, wrapped__isnull=False).exclude(master_id=current)
            if connection.features.has_select_for_update:
                rows = rows.select_for_update()
            keys = list(rows.order_by("pk")[:STEP])
            changed = sum(_wrap_anew(key) for key in keys)
        if changed:
            yield changed
        if len(keys) < STEP:
            return
        last = keys[-1].pk


def _wrap_anew(key: DataKey) -> int:
    """Nothing when the key was destroyed meanwhile: it must not come back."""
    wrapped, master = cipher.wrap(cipher.unwrap(key), key.pk)
    rows = DataKey.objects.filter(pk=key.pk, wrapped__isnull=False, master_id=key.master_id)
    return rows.update(wrapped=wrapped, master_id=master)
