"""``xinglin restore FILE``: an installation as it was when the backup was taken."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xinglin.config.archive.container import BadArchive
from xinglin.config.archive.restoring import restore
from xinglin.config.installation import BeingServed, alone


class Command(BaseCommand):
    help = "从备份文件恢复数据库、上传的文件和密钥；先核对整个备份，再写入，最后升级到当前版本。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="xinglin backup 写出的文件")
        parser.add_argument("--replace", action="store_true", help="替换现有数据（不可撤销）")

    def handle(self, *, file: str, replace: bool, **_: Any) -> None:
        try:
            with alone():
                manifest = restore(Path(file), replace=replace, tell=self.stdout.write)
        except BeingServed as error:
            raise CommandError("这里的系统正在运行，请先停止网页和后台进程，再恢复。") from error
        except BadArchive as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"没有恢复：{error.strerror or error}（{error.filename or file}）。") from error
        rows = sum(table["rows"] for table in manifest["tables"].values())
        self.stdout.write(
            f"完成：恢复到 {manifest['made_at']} 的状态，{rows:,} 行，{manifest['files']['count']:,} 个文件，"
            "数量和摘要与备份一致。请运行 xinglin verify-history，并按文档补做备份之后的个人信息删除。"
        )
