"""Keys in an archive, or the marks by which an archive without keys knows the right ones."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings

from xinglin.kernel import clock
from xinglin.vault.hashing import keyed_hash
from xinglin.vault.masters import Masters, forget_masters, key_file, key_text, masters, parse, write_key_file

from .container import BadArchive

MEMBER = "keys"
OTHER = (
    "这里的密钥不是备份所用的密钥：{where}里缺主密钥 {names}，或 index 不同。请放好备份时的密钥再恢复，"
    "否则加密的内容一个字也读不出来。"
)


def marks(ring: Masters) -> dict[str, Any]:
    """What tells a set of keys from another without giving anything away."""
    return {"masters": sorted(ring.keys), "index": keyed_hash("backup", "index")[:16]}


def text() -> bytes:
    """The keys in force, whether from the environment or the file."""
    return key_text(masters()).encode()


def put_in_place(content: bytes | None, manifest: dict[str, Any]) -> str:
    """Make the archive's keys those of this installation; says in Chinese what was done.

    Keys of the environment are never written, only compared. A key file with other keys is kept beside the new one.
    Raises BadArchive where the right keys are nowhere.
    """
    if settings.XINGLIN_KEYS or content is None:
        _compare(manifest["keys"], "环境变量 XINGLIN_KEYS " if settings.XINGLIN_KEYS else f"密钥文件 {key_file()} ")
        return "密钥与备份一致。"
    path = key_file()
    if path.exists():
        if parse(path.read_text()) == parse(content.decode()):
            return "密钥文件与备份一致。"
        kept = path.with_name(f"keys.replaced-{clock.now():%Y%m%d%H%M%S}-{time.monotonic_ns() % 1000:03d}")
        path.rename(kept)
        write_key_file(content.decode())
        forget_masters()
        return f"密钥文件已换成备份里的；原来的留在 {kept}。"
    write_key_file(content.decode())
    forget_masters()
    return f"密钥文件已写入 {path}。"


def _compare(wanted: dict[str, Any], where: str) -> None:
    forget_masters()
    here = marks(masters())
    missing = sorted(set(wanted["masters"]) - set(here["masters"]))
    if missing or here["index"] != wanted["index"]:
        raise BadArchive(OTHER.format(where=where, names="、".join(missing) or "（齐全）"))
