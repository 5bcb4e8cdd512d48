"""``xinglin history-head``: the head of the chain, to be kept outside the machine."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xinglin.history import heads


class Command(BaseCommand):
    help = "导出各月份历史链的链头（带签名的 JSON），请保存在本机之外；核验时用 verify-history --head 比对。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="写入的文件；不写则输出到屏幕")

    def handle(self, *, file: str | None, **_: Any) -> None:
        found = heads.current()
        text = heads.export(found)
        if file is None:
            self.stdout.write(text, ending="")
            return
        try:
            Path(file).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"写不了 {file}：{error.strerror}") from error
        self.stdout.write(f"已写入 {file}：{len(found.partitions)} 个月份，{found.rows:,} 条已封存记录。")
