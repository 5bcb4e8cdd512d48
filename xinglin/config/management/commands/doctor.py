"""``xinglin doctor``: what is wrong with this installation, and what to do."""

from __future__ import annotations

import json
import sys
import unicodedata
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from xinglin.config.health import database_fault
from xinglin.kernel import clock
from xinglin.kernel.checkups import Level, Look, Result, checkups, examine

MARKS = {Level.OK: "正常", Level.WARN: "注意", Level.BAD: "故障"}


class Command(BaseCommand):
    help = "检查配置、数据库、密钥、文件、后台任务等，说明哪里不对、怎么办。退出码：0 正常，1 有要注意的，2 有故障。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--full", action="store_true", help="全部核对而不是抽查；数据多时要几分钟到几小时")
        parser.add_argument("--json", action="store_true", help="输出 JSON，给监控用")
        parser.add_argument(
            "--only", action="append", default=[], metavar="名称", help="只做这些检查，如 jobs 或 jobs.queue"
        )

    def handle(self, *, full: bool, json: bool, only: list[str], **_: Any) -> None:
        known = [one for one in checkups() if not only or any(_named(one.name, word) for word in only)]
        if not known:
            self.stderr.write(f"没有叫 {'、'.join(only)} 的检查。全部：{'、'.join(one.name for one in checkups())}")
            sys.exit(2)
        answers = database_fault() is None
        results = [examine(one, Look(full=full), database=answers) for one in known]
        worst = max(result.level for result in results)
        if json:
            self.stdout.write(_as_json(results, worst))
        else:
            for result in results:
                self._say(result)
            self.stdout.write(_summary(results))
        if worst:
            sys.exit(int(worst))

    def _say(self, result: Result) -> None:
        head = f"{MARKS[result.level]}  {_padded(result.title, 16)}"
        for number, finding in enumerate(result.findings):
            if finding.level == Level.OK and result.level != Level.OK:
                continue  # beside something that is wrong, what is fine only distracts
            self.stdout.write(f"{head if not number else ' ' * 22}{finding.what}")
            if finding.todo:
                self.stdout.write(f"{' ' * 22}→ {finding.todo}")


def _named(name: str, word: str) -> bool:
    return name == word or name.startswith(f"{word}.")


def _padded(text: str, width: int) -> str:
    """Chinese characters are two columns wide."""
    wide = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
    return text + " " * max(width - wide, 0)


def _summary(results: list[Result]) -> str:
    counts = {level: sum(result.level == level for result in results) for level in Level}
    return f"共 {len(results)} 项：正常 {counts[Level.OK]}，注意 {counts[Level.WARN]}，故障 {counts[Level.BAD]}。"


def _as_json(results: list[Result], worst: Level) -> str:
    told = {
        "at": clock.now().isoformat(timespec="seconds"),
        "level": worst.name.lower(),
        "checks": [
            {
                "name": result.name,
                "title": result.title,
                "level": result.level.name.lower(),
                "seconds": result.seconds,
                "findings": [
                    {"level": finding.level.name.lower(), "what": finding.what, "todo": finding.todo}
                    for finding in result.findings
                ],
            }
            for result in results
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)
