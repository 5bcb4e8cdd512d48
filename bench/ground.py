"""A migrated database with one base, an open window and invented rows, for every measurement."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import django

django.setup()

import xlsxwriter  # noqa: E402
from django.core.management import call_command  # noqa: E402

from xinglin.dictionaries.actions import add_entries  # noqa: E402
from xinglin.kernel import clock, id_numbers  # noqa: E402
from xinglin.kernel.collector import settle  # noqa: E402
from xinglin.residents.tests import factories  # noqa: E402

AREA = "320199"
HEADS = ["招收年份", "姓名", "证件类型", "证件号码", "手机号"]
SURNAMES, GIVEN = "林陈苏何梁沈方叶程江顾许宋韩白柳", "知夏望舒景行思远若溪清和嘉树明澈安之亦舟"
DATABASE = os.environ.get("BENCH_DATABASE", "sqlite")


def world() -> factories.World:
    """Organisations, staff and an open window in an empty database."""
    call_command("migrate", verbosity=0)
    add_entries("division", [{"code": AREA, "label": "示例县"}], "bench")
    made = factories.make_world()
    settle()  # as in the processes that serve and work
    return made


def person(number: int) -> tuple[str, str, str]:
    """Name, ID number and phone of the number-th invented person."""
    born = date(1980, 1, 1) + timedelta(days=number // 999)
    name = SURNAMES[number % 16] + GIVEN[number // 16 % 20] + GIVEN[number // 320 % 20]
    return name, id_numbers.synthetic(AREA, born, number % 999 + 1), f"191{number:08d}"


def account_rows(first: int, size: int) -> list[list[str]]:
    """Cells of account rows."""
    year = str(clock.today().year)
    return [
        [year, name, "居民身份证", number, phone] for name, number, phone in map(person, range(first, first + size))
    ]


def workbook(rows: list[list[str]], sheet: str = "账号") -> bytes:
    """The rows as xlsx, as the template has them."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet(sheet)
    for number, cells in enumerate([HEADS, *rows]):
        page.write_row(number, 0, cells)
    book.close()
    return target.getvalue()


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what the work returned."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def result(name: str, value: float, unit: str, goal: float | None, note: str = "") -> dict[str, Any]:
    """One line of the results."""
    return {"name": name, "value": round(value, 2), "unit": unit, "goal": goal, "note": note}


def tell(results: list[dict[str, Any]]) -> None:
    """Hand the results to the runner."""
    print(json.dumps(results, ensure_ascii=False))
