"""The tar of an archive: members with their digests going in, the same digests checked coming out."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from .envelope import Opening, Sealing, WrongPassphrase, is_sealed

MANIFEST = "manifest.json"
KIND = "xinglin-backup"
FORMAT = 1
CHUNK = 1024 * 1024


class BadArchive(Exception):
    """The file is no archive, or not the whole one that was written. The message is Chinese, for the operator."""


@dataclass(slots=True)
class Writer:
    """Puts members into the tar and notes size and SHA-256 of each."""

    tar: tarfile.TarFile
    members: dict[str, dict[str, Any]]

    def add(self, name: str, content: BinaryIO, size: int) -> None:
        """A member of ``size`` bytes from where ``content`` stands."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        reader = Hashing(content)
        self.tar.addfile(info, cast(Any, reader))
        self.members[name] = {"size": size, "sha256": reader.digest.hexdigest()}

    def add_bytes(self, name: str, content: bytes) -> None:
        self.add(name, io.BytesIO(content), len(content))


class Hashing:
    """A reader that hashes what passes."""

    def __init__(self, source: Any) -> None:
        self.source, self.digest, self.size = source, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        self.digest.update(data)
        self.size += len(data)
        return data


@contextmanager
def writing(path: Path, passphrase: str) -> Iterator[Writer]:
    """Write an archive; it appears under its name when it is whole, readable by its owner only. Raises OSError."""
    beside = path.with_name(f".{path.name}.unfinished")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            target: Any = Sealing(file, passphrase) if passphrase else file
            with tarfile.open(mode="w|", fileobj=target, bufsize=CHUNK) as tar:
                yield Writer(tar, {})
            if passphrase:
                target.close()
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


Take = Callable[[str, BinaryIO], None]


def read(path: Path, passphrase: str, take: Take) -> None:
    """Call ``take(name, content)`` for every member in order. Raises BadArchive, OSError."""
    try:
        with open(path, "rb") as file:
            source: Any = file
            if is_sealed(file):
                if not passphrase:
                    raise BadArchive("备份文件加了口令：请把口令放进环境变量 XINGLIN_BACKUP_PASSPHRASE 再恢复。")
                source = io.BufferedReader(Opening(file, passphrase), CHUNK)
            with tarfile.open(mode="r|", fileobj=source, bufsize=CHUNK) as tar:
                for info in tar:
                    content = tar.extractfile(info)
                    if content is None:
                        raise BadArchive("备份文件里有不认识的内容，不能恢复。")
                    take(info.name, cast(BinaryIO, content))
            source.read()
    except WrongPassphrase as error:
        raise BadArchive("口令不对，或备份文件被改动、不完整。") from error
    except (tarfile.TarError, EOFError) as error:
        raise BadArchive("这不是 xinglin backup 写出的文件，或文件不完整。") from error


def checked_manifest(path: Path, passphrase: str) -> dict[str, Any]:
    """Read the whole archive, compare every member with the manifest, and return it. Raises BadArchive, OSError."""
    found: dict[str, dict[str, Any]] = {}
    texts: list[bytes] = []

    def take(name: str, content: BinaryIO) -> None:
        if name == MANIFEST:
            texts.append(content.read())
            return
        reader = Hashing(content)
        while reader.read(CHUNK):
            pass
        if name in found:
            raise BadArchive(f"备份文件里有两个 {name}，不能恢复。")
        found[name] = {"size": reader.size, "sha256": reader.digest.hexdigest()}

    read(path, passphrase, take)
    try:
        (text,) = texts
        manifest = json.loads(text)
        if (manifest["kind"], manifest["format"]) != (KIND, FORMAT):
            raise ValueError
    except (ValueError, KeyError, TypeError) as error:
        raise BadArchive("这不是 xinglin backup 写出的文件，或文件不完整。") from error
    wrong = sorted(n for n in found.keys() | manifest["members"].keys() if found.get(n) != manifest["members"].get(n))
    if wrong:
        raise BadArchive(
            f"备份文件与清单不符，已损坏或被改动：{'、'.join(wrong[:5])}{' 等' if len(wrong) > 5 else ''}。"
        )
    return manifest
