"""What the doctor and the monitoring ask about stored files (P-18, Q-13)."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db.models import QuerySet

from xinglin.files import scanning
from xinglin.files.models import StoredFile
from xinglin.files.storage import UNFINISHED, PrivateFolder, private, walk
from xinglin.kernel import clock
from xinglin.kernel.checkups import Finding, Look, bad, checkup, ok, warn
from xinglin.kernel.measures import Values, measure

MIB = 1024 * 1024
FULL_SOON = 2_048 * MIB
FULL = 256 * MIB
OLD = timedelta(days=1)
SIGNATURES_GOOD = timedelta(days=7)
PROBE = "probe/doctor"


@checkup("files.storage", title="文件存储", needs_database=False)
def storage(look: Look) -> Iterator[Finding]:
    """A file can be written, read again and taken away."""
    store, name = private(), f"{PROBE}-{uuid.uuid4().hex}"
    try:
        store.save(name, ContentFile(b"xinglin"))
        with store.open(name) as file:
            same = file.read() == b"xinglin"
        store.delete(name)
    except OSError as error:
        yield bad(
            f"存放文件的地方写不进去（{type(error).__name__}，错误号 {error.errno}）。",
            "检查磁盘空间、挂载和数据目录的属主；恢复后不用重启。",
        )
        return
    if not same:
        yield bad("写进去的文件读出来不一样。", "检查磁盘和存储服务。")


@checkup("files.space", title="磁盘空间", needs_database=False)
def space(look: Look) -> Iterator[Finding]:
    """Room on the disk of the data folder."""
    usage = shutil.disk_usage(_folder())
    words = f"数据目录所在磁盘还剩 {usage.free / MIB / 1024:.1f} GB（共 {usage.total / MIB / 1024:.1f} GB）。"
    if usage.free < FULL:
        yield bad(words, "立即腾出空间或扩容：磁盘满了就不能保存，查看不受影响。")
    elif usage.free < FULL_SOON and usage.free < usage.total * 0.1:
        yield warn(words, "安排扩容，或清理磁盘上与本系统无关的文件。")
    else:
        yield ok(words)


@checkup("files.scanner", title="病毒扫描", needs_database=False)
def scanner(look: Look) -> Iterator[Finding]:
    """The virus scanner answers, and knows the viruses of this week."""
    if not settings.XINGLIN_CLAMD:
        return
    try:
        dated = scanning.signatures_of()
    except scanning.Unavailable as trouble:
        yield bad(
            f"病毒扫描程序没有回答（{trouble}），现在不能上传文件。",
            "启动 clamav-daemon；看 XINGLIN_CLAMD 和 LocalSocket 是否一致、本系统的账号能否读写这个套接字。",
        )
        return
    if dated is None or clock.now() - dated > SIGNATURES_GOOD:
        told = f"是 {dated:%Y-%m-%d} 的" if dated else "的日期不明"
        yield warn(f"病毒库{told}。", "看 clamav-freshclam 是否在运行、能否联网；内网可以自建镜像。")
    else:
        yield ok(f"病毒扫描程序有回答，病毒库是 {dated:%Y-%m-%d} 的。")


@checkup("files.rows", title="文件与登记")
def rows_have_their_bytes(look: Look) -> Iterator[Finding]:
    """Files that rows name exist: a sample, or all with ``full``."""
    store, rows = private(), _live()
    missing, seen = [], 0
    for file_id, *places in (
        rows.values_list("pk", "name", "thumb_name").iterator() if look.full else _sample(rows, look)
    ):
        seen += 1
        if not all(store.exists(place) for place in places if place):
            missing.append(file_id)
    if missing:
        some = "、".join(str(file_id)[:8] for file_id in missing[:5])
        yield bad(
            f"抽查 {seen:,} 个文件，{len(missing):,} 个登记了却不在存储里（{some}…）。" if not look.full
            else f"{seen:,} 个文件中 {len(missing):,} 个登记了却不在存储里（{some}…）。",
            "从备份恢复 files 目录（只补缺少的文件即可）。数据库和文件要用同一份备份。",
        )  # fmt: skip
    else:
        yield ok(f"核对了 {seen:,} 个文件{'' if look.full else '（抽查；全部核对用 --full）'}。")


@checkup("files.leftovers", title="未写完的文件", needs_database=False)
def leftovers(look: Look) -> Iterator[Finding]:
    """Unfinished files that the sweep should have taken away; looked for with ``full`` only, for it reads every folder."""
    if not look.full:
        return
    store = private()
    old = sum(name.endswith(UNFINISHED) and _is_old(store, name) for name in walk(store))
    if old:
        yield warn(f"{old:,} 个一天前没有写完的文件还在。", "定时清理由后台进程进行：看后台进程是否在运行。")


def _is_old(store: Storage, name: str) -> bool:
    try:
        return clock.now() - store.get_modified_time(name) > OLD
    except FileNotFoundError:  # swept meanwhile
        return False


def _live() -> QuerySet[StoredFile]:
    return StoredFile.objects.for_system("doctor: are the bytes there?").filter(deleted_at=None)


def _sample(rows: QuerySet[StoredFile], look: Look) -> Iterable[tuple[uuid.UUID, str, str]]:
    """Half of the sample the newest, half by chance: ids are random, so any stretch of them is a fair draw."""
    columns = ("pk", "name", "thumb_name")
    chosen = {row[0]: row for row in rows.order_by("-created_at").values_list(*columns)[: look.sample // 2]}
    drawn = rows.filter(pk__gte=uuid.uuid4()).order_by("pk").values_list(*columns)[: look.sample // 2]
    return [*chosen.values(), *(row for row in drawn if row[0] not in chosen)]


def _folder() -> Path:
    store = private()
    return store.root if isinstance(store, PrivateFolder) else Path(settings.DATA_DIR)


@measure("storage_free_bytes", "Free bytes on the disk of the data folder")
def free_bytes() -> Values:
    yield (), shutil.disk_usage(_folder()).free


@measure("stored_files", "Files that rows name")
def stored_files() -> Values:
    yield (), _live().count()
