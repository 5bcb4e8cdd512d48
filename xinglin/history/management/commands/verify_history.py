"""``xinglin verify-history``: is the history what was sealed?"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xinglin.history import heads
from xinglin.history.findings import KEPT
from xinglin.history.verification import verify

BROKEN = 3
"""Exit code of a history that is not what was sealed; 1 is a command that could not do its work."""


class Command(BaseCommand):
    help = "核验历史记录：逐条比对封条，指出被改动、删除、混入的记录。退出码：0 一致，3 有问题，1 未能核验。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", metavar="文件", help="history-head 导出的链头：同时查出链尾被截断、整链被替换")
        parser.add_argument("--json", action="store_true", help="结果写成 JSON")

    def handle(self, *, head: str | None, **options: Any) -> None:
        as_json = options["json"]
        report = verify(heads=_read(head) if head else None, tell=None if as_json else self._tell)
        if as_json:
            self._write_json(report)
        else:
            self._write(report)
        if not report.intact:
            sys.exit(BROKEN)

    def _tell(self, done: int, total: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r已核对 {done:,}/{total:,} 条", ending="")
            if done >= total:
                self.stderr.write("")

    def _write_json(self, report: Any) -> None:
        self.stdout.write(json.dumps({"intact": report.intact, **report.as_json()}, ensure_ascii=False, indent=2))

    def _write(self, report: Any) -> None:
        for finding in report.findings:
            self.stdout.write(f"✗ {finding}")
        if report.total > KEPT:
            self.stdout.write(f"…… 另有 {report.total - KEPT:,} 处未列出")
        if report.tail:
            self.stdout.write(f"尚未封存 {report.tail:,} 条，最早 {report.tail_oldest}（后台任务每半分钟封存一次）")
        if report.head_made_at:
            self.stdout.write(f"已与 {report.head_made_at} 导出的链头比对")
        self.stdout.write(report.summary)


def _read(path: str) -> heads.Heads:
    try:
        return heads.parse(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"读不到链头文件 {path}：{error.strerror}") from error
    except ValueError as error:
        raise CommandError(str(error)) from error
