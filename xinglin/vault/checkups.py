"""What the doctor asks about the keys (Q-12, Q-13): without them nothing that is encrypted can be read again."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count

from xinglin.kernel.checkups import Finding, Look, bad, checkup, ok, warn
from xinglin.vault import cipher
from xinglin.vault.masters import Masters, masters
from xinglin.vault.models import DataKey

RESTORE = "从备份里取回当时的主密钥，写进 XINGLIN_KEYS（docs/settings.md）；没有它，这些内容永远读不出来。"


@checkup("vault.masters", title="主密钥", needs_database=False)
def master_keys(look: Look) -> Iterator[Finding]:
    """The master keys are there and well formed; a key file is its owner's alone."""
    file = Path(settings.DATA_DIR) / "keys"
    if not settings.XINGLIN_KEYS and not settings.PRODUCTION and not file.exists():
        yield warn("还没有主密钥，第一次使用时会自动生成。", "运行 xinglin prepare。")
        return
    try:
        ring = masters()
    except (ImproperlyConfigured, OSError):
        yield bad(
            "主密钥缺失或格式不对。", "按 docs/settings.md 的格式设置 XINGLIN_KEYS，或恢复数据目录里的 keys 文件。"
        )
        return
    if file.exists() and not settings.XINGLIN_KEYS:
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & 0o077:
            yield bad(f"密钥文件的权限是 {mode:04o}，别的账号也能读。", f"chmod 600 {file.name}（在数据目录里）。")
    yield ok(f"主密钥 {len(ring.keys)} 个，当前使用 {ring.current}，另有检索密钥。")


@checkup("vault.data-keys", title="数据密钥")
def data_keys(look: Look) -> Iterator[Finding]:
    """Every data key can be opened with a master key that is here: some of each, or all with ``full``."""
    try:
        ring = masters()
    except (ImproperlyConfigured, OSError):
        yield bad("主密钥读不出来，数据密钥没有检查。", RESTORE)
        return
    alive = DataKey.objects.filter(wrapped__isnull=False)
    counts = dict(alive.order_by().values_list("master_id").annotate(number=Count("pk")))
    for name, number in sorted(counts.items()):
        if name not in ring.keys:
            yield bad(f"{number:,} 个数据密钥由主密钥 {name} 包裹，这里没有它。", RESTORE)
            continue
        broken = _broken(name, look)
        if broken:
            yield bad(f"主密钥 {name} 打不开 {broken:,} 个由它包裹的数据密钥：值不是当时的那个，或数据损坏。", RESTORE)
    yield from _rotation(counts, ring)


def _broken(master: str, look: Look) -> int:
    keys = DataKey.objects.filter(wrapped__isnull=False, master_id=master)
    if look.full:
        return sum(not _opens(key) for key in keys.iterator(chunk_size=2_000))
    newest = keys.order_by("-created_at")[: look.sample // 2]
    oldest = keys.order_by("created_at")[: look.sample // 2]
    return len({key.pk for key in (*newest, *oldest) if not _opens(key)})


def _opens(key: DataKey) -> bool:
    try:
        return bool(cipher.unwrap(key))
    except (cipher.Damaged, cipher.KeyDestroyed):
        return False


def _rotation(counts: dict[str, int], ring: Masters) -> Iterator[Finding]:
    old = sum(number for name, number in counts.items() if name in ring.keys and name != ring.current)
    if old:
        yield warn(
            f"{old:,} 个数据密钥还由旧的主密钥包裹，旧的主密钥不能撤下。",
            "运行 xinglin rotate-keys，把它们换到当前的主密钥。",
        )
    yield ok(f"数据密钥 {sum(counts.values()):,} 个。")
