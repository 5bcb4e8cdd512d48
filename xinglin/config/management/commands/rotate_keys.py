"""``xinglin rotate-keys``: wrap all data keys under the newest master key."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from xinglin.history.actions import Entry, record
from xinglin.kernel.viewer import Viewer
from xinglin.vault import rotation
from xinglin.vault.cipher import Damaged
from xinglin.vault.masters import key_file, masters

IN_ENVIRONMENT = (
    "主密钥在环境变量 XINGLIN_KEYS 里，本命令不能改它。请在最前面加一把新密钥（保留旧的和 index），"
    "重启全部网页和后台进程，再运行 xinglin rotate-keys。"
)


class Command(BaseCommand):
    help = "把所有数据密钥改用最新的主密钥包裹。可在使用中运行，可中断，可重复；加密内容和历史封条都不变。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--make", action="store_true", help="先在密钥文件里加一把新的主密钥")
        parser.add_argument("--drop-unused", action="store_true", help="最后从密钥文件里去掉不再使用的旧主密钥")

    def handle(self, *, make: bool, drop_unused: bool, **_: Any) -> None:
        if (make or drop_unused) and settings.XINGLIN_KEYS:
            raise CommandError(IN_ENVIRONMENT)
        try:
            if make:
                self._make()
            self._rewrap()
            self._tell_unused(drop=drop_unused)
        except Damaged as error:
            raise CommandError(
                f"{error}。这把数据密钥所用的主密钥不在当前密钥里：请先把它加回来，再重新运行；已完成的部分有效。"
            ) from error
        except (OSError, ImproperlyConfigured) as error:
            raise CommandError(f"密钥文件 {key_file()}：{error}") from error

    def _make(self) -> None:
        name = rotation.make_master()
        _note("vault.master_made", master=name)
        self.stdout.write(f"已在 {key_file()} 里加入新的主密钥 {name}，各进程几秒内开始使用。请备份密钥文件。")

    def _rewrap(self) -> None:
        current = masters().current
        before = {name: count for name, count in rotation.uses().items() if name != current}
        done = rotation.rewrap(self._tell)
        if done:
            _note("vault.rotated", master=current, keys=done, before=before)
            self.stdout.write(f"完成：{done:,} 把数据密钥改由 {current} 包裹。")
        else:
            self.stdout.write(f"没有要做的：所有数据密钥都已由 {current} 包裹。")

    def _tell(self, done: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"已处理 {done:,} 把")

    def _tell_unused(self, *, drop: bool) -> None:
        unused = set(masters().keys) - set(rotation.uses()) - {masters().current}
        if not unused:
            return
        names = "、".join(sorted(unused))
        if drop and not rotation.settled():
            self.stdout.write(f"主密钥 {names} 已不再使用。密钥文件刚刚改过，请十分钟后再运行 --drop-unused 去掉它。")
        elif drop:
            rotation.drop_masters(unused)
            _note("vault.masters_dropped", masters=sorted(unused))
            self.stdout.write(f"已去掉不再使用的主密钥 {names}。旧备份里有它自己的密钥，仍可恢复。")
        elif settings.XINGLIN_KEYS:
            self.stdout.write(f"主密钥 {names} 已不再使用，可以从 XINGLIN_KEYS 里去掉。")
        else:
            self.stdout.write(f"主密钥 {names} 已不再使用，可以去掉：xinglin rotate-keys --drop-unused")


@transaction.atomic
def _note(verb: str, **facts: Any) -> None:
    entry = Entry(verb=verb, subject_type="vault", subject_id="masters", organization_path="/", facts=facts)
    record([entry], by=Viewer.system("密钥轮换"))
