"""A small stock of invented pictures, rendered once and stored for many people, each sealed under the person's key.

They are kept small: two thousand records carry about ten thousand of them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from random import Random
from uuid import UUID

from PIL import Image

from xinglin.files.access import Target
from xinglin.files.actions import Rendered, store_images
from xinglin.files.enums import FileKind
from xinglin.files.rendering import Picture, render
from xinglin.files.storage import PrivateFolder, private
from xinglin.kernel.viewer import Viewer

from . import pictures

PORTRAITS, FRONTS, BACKS, CERTIFICATES = 12, 3, 3, 12  # portraits and fronts: of each sex
SEXES, PORTRAYED = ("1", "2"), {"photo", "id_front"}
PAGE_WIDTH = 360
QUALITY = {FileKind.PHOTO: 62, FileKind.SCAN: 42}


class Stock:
    """Pictures by what they show, ready to store."""

    def __init__(self) -> None:
        self._shelves = {
            **{
                f"photo {sex}": [_small(pictures.portrait(n, sex), FileKind.PHOTO) for n in range(PORTRAITS)]
                for sex in SEXES
            },
            **{
                f"id_front {sex}": [_small(pictures.id_front(n, sex), FileKind.SCAN) for n in range(FRONTS)]
                for sex in SEXES
            },
            "id_back": [_small(pictures.id_back(n), FileKind.SCAN) for n in range(BACKS)],
            "certificate": [_small(pictures.certificate(n), FileKind.SCAN) for n in range(CERTIFICATES)],
        }

    def pick(self, rng: Random, field: str, sex: str) -> Picture:
        """A picture for a field of the record (``photo``, ``id_front``, ``id_back``, any other is a certificate).

        Portraits follow the sex (1 or 2) of the person whose they are.
        """
        shelf = f"{field} {sex}" if field in PORTRAYED else field
        return rng.choice(self._shelves.get(shelf, self._shelves["certificate"]))


def store(wanted: Iterable[tuple[Picture, str, Target]], *, by: Viewer) -> list[UUID]:
    """Store pictures (picture, purpose, whose) in one insert; returns the files' ids in order."""
    return [row.id for row in store_images([Rendered(*entry) for entry in wanted], by=by)]


def flushed_once() -> AbstractContextManager[None]:
    """The pictures of the whole story go to disk together; without it every one of them waits for the disk."""
    storage = private()
    return storage.flushed_once() if isinstance(storage, PrivateFolder) else nullcontext()


def _small(jpeg: bytes, kind: FileKind) -> Picture:
    """Rendered as an upload would be, then compressed harder."""
    made = render(_narrow(jpeg) if kind == FileKind.SCAN else jpeg, kind)
    return Picture(kind, _again(made.data, QUALITY[kind]), made.width, made.height, _again(made.thumb, QUALITY[kind]))


def _narrow(jpeg: bytes) -> bytes:
    image = Image.open(io.BytesIO(jpeg))
    image.thumbnail((PAGE_WIDTH, PAGE_WIDTH))
    return _saved(image, 80)


def _again(jpeg: bytes, quality: int) -> bytes:
    return _saved(Image.open(io.BytesIO(jpeg)), quality)


def _saved(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
