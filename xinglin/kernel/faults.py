"""Trouble of the machine below us, told apart from mistakes of the code: which, and in which words (Q-09, Q-13).

A fault is no DomainError: nobody did anything wrong, nothing was saved, and it goes away without a restart.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, OperationalError

DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
STORAGE_AWAY = {errno.EROFS, errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.EACCES, errno.EPERM, errno.ENODEV}
_FULL_STATES = ("53100",)  # disk_full of PostgreSQL
_FULL_WORDS = ("disk is full", "no space left", "disk quota")
_BUSY_WORDS = ("database is locked", "database table is locked")
_READ_ONLY_WORDS = ("readonly database", "read-only transaction")
_READ_ONLY_STATES = ("25006",)
_DAMAGED_WORDS = ("malformed", "not a database", "file is encrypted")


@dataclass(frozen=True, slots=True)
class Fault:
    """``kind`` for logs and metrics; ``title`` and ``reason`` for the user; ``asks``: an operator must do something."""

    kind: str
    title: str
    reason: str
    asks: bool = False


AWAY = Fault("database_away", "系统暂时不能用，正在恢复", "数据库连接中断")
BUSY = Fault("database_busy", "系统正忙，请稍后再试", "别的操作正在写入数据，等了很久还没有轮到")
FULL = Fault("database_full", "磁盘已满，暂时不能保存", "服务器存放数据的磁盘满了", asks=True)
READ_ONLY = Fault("database_read_only", "现在只能查看，不能保存", "数据库处于只读状态", asks=True)
DAMAGED = Fault("database_damaged", "系统暂时不能用", "数据库文件读不出来", asks=True)
STORE_FULL = Fault("storage_full", "磁盘已满，暂时不能保存", "服务器存放文件的磁盘满了", asks=True)
STORE_AWAY = Fault("storage_away", "文件暂时不能存取", "服务器存放文件的地方没有响应", asks=True)
ALL = (AWAY, BUSY, FULL, READ_ONLY, DAMAGED, STORE_FULL, STORE_AWAY)


def fault_of(error: BaseException | None) -> Fault | None:
    """The fault behind an exception or its causes; None for anything else, which is a mistake of ours."""
    for link in _chain(error):
        found = _database(link) if isinstance(link, DatabaseError | InterfaceError) else _storage(link)
        if found:
            return found
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _database(error: BaseException) -> Fault | None:
    words, state = str(error).lower(), getattr(error.__cause__, "sqlstate", None)
    if state in _FULL_STATES or any(word in words for word in _FULL_WORDS):
        return FULL
    if state in _READ_ONLY_STATES or any(word in words for word in _READ_ONLY_WORDS):
        return READ_ONLY
    if any(word in words for word in _DAMAGED_WORDS):
        return DAMAGED
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    return BUSY if any(word in words for word in _BUSY_WORDS) else AWAY


def _storage(error: BaseException) -> Fault | None:
    if not isinstance(error, OSError) or isinstance(error, ConnectionError | TimeoutError):
        return None
    if error.errno in DISK_FULL:
        return STORE_FULL
    return STORE_AWAY if error.errno in STORAGE_AWAY else None
