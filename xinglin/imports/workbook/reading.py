"""Reading an upload in a process of its own, from the side of the server."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xinglin.kernel.collector import resting_collector

from .limits import Limits
from .problems import Unreadable

_ROOT = str(Path(__file__).resolve().parents[3])
_ENVIRONMENT = {"PYTHONPATH": _ROOT, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}


@dataclass(slots=True)
class Sheet:
    """One sheet as read. ``lines``: ``(number, cells)`` of every line with content; numbers as Excel shows them."""

    format: str
    sheet: str
    lines: list[tuple[int, list[Any]]]
    formulas: int = 0
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: int = 0
    hidden_sheets: list[str] = field(default_factory=list)
    only_hidden: bool = False
    other_sheets: list[str] = field(default_factory=list)


def read(data: bytes, *, wanted: str, labels: list[str], limits: Limits | None = None) -> Sheet:
    """Parse a file. Raises Unreadable with the reason for the user, also when the process died or took too long."""
    limits = limits or Limits()
    if len(data) > limits.file_size:
        raise Unreadable(f"文件超过 {limits.file_size // 1024 // 1024} MB，请拆成几个文件后再上传")
    request = {"wanted": wanted, "labels": labels, "limits": dataclasses.asdict(limits)}
    try:
        process = subprocess.run(
            [sys.executable, "-s", "-m", "xinglin.imports.workbook.parse", json.dumps(request)],
            input=data,
            capture_output=True,
            timeout=limits.seconds + 5,
            env={**_ENVIRONMENT, **_virtual_environment()},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable(
            f"读了 {limits.seconds} 秒还没有读完，已停止。请删掉多余的内容，或拆成几个文件后再上传"
        ) from error
    try:
        with resting_collector():
            result = json.loads(process.stdout)
    except ValueError as error:
        raise Unreadable("文件内容不正常，读取时占用的内存或时间太多，已停止。请删掉多余的内容后再上传") from error
    if "refused" in result:
        raise Unreadable(result["refused"])
    return Sheet(**result)


def _virtual_environment() -> dict[str, str]:
    return {name: os.environ[name] for name in ("VIRTUAL_ENV", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
