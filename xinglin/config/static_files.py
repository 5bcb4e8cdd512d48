"""Static files: compressed, named by content, and collected once for every state of their sources."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

STAMP = ".collected"
UNUSED = ["django_htmx/ext/*", "django_htmx/htmax-*", "django_htmx/htmx-4*"]


_addresses: dict[tuple[str, bool], str] = {}


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Names by content also inside our ES modules, so that a browser may keep every file for ever."""

    support_js_module_import_aggregation = True

    def url(self, name: str | None, force: bool = False) -> str:
        """The address of a file; worked out once, because every page asks for a dozen."""
        key = (name or "", force)
        found = _addresses.get(key)
        if found is None:
            found = _addresses[key] = super().url(name, force)
        return found


def collect_if_changed() -> bool:
    """Run collectstatic unless the sources are those of the last time. Returns whether it ran."""
    stamp, state = _stamp(), _state_of_sources()
    if is_collected(state):
        return False
    _addresses.clear()
    call_command("collectstatic", interactive=False, verbosity=0, clear=True, ignore_patterns=UNUSED)
    stamp.write_text(state)
    return True


def is_collected(state: str = "") -> bool:
    """Whether what is served is what the sources are now."""
    stamp = _stamp()
    return stamp.exists() and stamp.read_text() == (state or _state_of_sources())


def _stamp() -> Path:
    return Path(settings.STATIC_ROOT) / STAMP


def _state_of_sources() -> str:
    """Digest of name, size and time of change of every file that collectstatic would take."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(UNUSED):
            source = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{source.st_size}\0{source.st_mtime_ns}\n".encode())
    return digest.hexdigest()
