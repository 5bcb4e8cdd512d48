"""``xinglin backup FILE``: the whole installation in one file, while people work."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from xinglin.config.archive.saving import back_up


class Command(BaseCommand):
    help = "把数据库、上传的文件和密钥备份成一个文件；可在使用中运行。口令放在环境变量 XINGLIN_BACKUP_PASSPHRASE。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="备份文件；已存在的不覆盖")
        parser.add_argument("--without-keys", action="store_true", help="不含主密钥（另行保管，恢复时要先放好）")

    def handle(self, *, file: str, without_keys: bool, **_: Any) -> None:
        path = Path(file)
        if path.exists():
            raise CommandError(f"{path} 已存在，不覆盖。请换一个文件名。")
        try:
            manifest = back_up(path, with_keys=not without_keys, tell=self.stdout.write)
        except OSError as error:
            raise CommandError(
                f"没有写成备份：{error.strerror or error}（{path}）。请检查位置、权限和剩余空间。"
            ) from error
        self._tell(path, manifest)

    def _tell(self, path: Path, manifest: dict[str, Any]) -> None:
        rows, files = sum(table["rows"] for table in manifest["tables"].values()), manifest["files"]
        self.stdout.write(
            f"完成：{path}（{path.stat().st_size:,} 字节），{len(manifest['tables'])} 张表 {rows:,} 行，"
            f"{files['count']:,} 个文件。"
        )
        if files["missing"]:
            self.stderr.write(
                f"注意：{len(files['missing'])} 个文件数据库里有登记，存储里找不到，例如 {files['missing'][0]}。"
                "刚被清除的属正常；否则请运行 xinglin doctor。"
            )
        if manifest["keys"]["included"] and not settings.XINGLIN_BACKUP_PASSPHRASE:
            self.stdout.write("备份含主密钥，没有加口令：拿到它就能读出全部内容，请像密钥一样保管。")
        if not manifest["keys"]["included"]:
            self.stdout.write("备份不含主密钥：请另外保管密钥，没有它备份无法恢复。")
