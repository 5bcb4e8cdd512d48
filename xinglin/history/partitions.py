"""Monthly partitions of the history on PostgreSQL; nothing to do on SQLite."""

from __future__ import annotations

import datetime as dt

from django.db import connection

TABLE = "history_historyentry"


def _month(day: dt.date, offset: int) -> dt.date:
    index = day.year * 12 + day.month - 1 + offset
    return dt.date(index // 12, index % 12 + 1, 1)


def month_of(digits: str) -> dt.date:
    """The month that a partition's name ends with: ``202611``."""
    return dt.date(int(digits[:4]), int(digits[4:]), 1)


def partition_sql(month: dt.date) -> str:
    """CREATE TABLE for the partition of one month, bounds in the platform's time zone."""
    following = _month(month, 1)
    return (
        f"CREATE TABLE IF NOT EXISTS {TABLE}_{month:%Y%m} PARTITION OF {TABLE} "
        f"FOR VALUES FROM ('{month:%Y-%m-%d} 00:00:00+08') TO ('{following:%Y-%m-%d} 00:00:00+08')"
    )


def partitions_sql(today: dt.date, *, ahead: int = 13) -> list[str]:
    """Statements for last month and ``ahead`` months to come; rows outside fall into the default partition."""
    return [partition_sql(_month(today, offset)) for offset in range(-1, ahead + 1)]


def ensure_partitions(today: dt.date) -> None:
    """Make sure that the coming months have their partition (a monthly job)."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for statement in partitions_sql(today):
            cursor.execute(statement)


def missing_partitions(today: dt.date, *, months: int) -> list[str]:
    """This month and the next ``months`` that have no partition, as ``202611``; none on SQLite."""
    if connection.vendor != "postgresql":
        return []
    wanted = [f"{_month(today, offset):%Y%m}" for offset in range(months + 1)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relname LIKE %s", [f"{TABLE}\\_2%"])
        known = {name for (name,) in cursor.fetchall()}
    return [month for month in wanted if f"{TABLE}_{month}" not in known]


def rows_outside() -> int:
    """Rows in the default partition, because no month's was there when they were written; 0 on SQLite."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"{TABLE}_default"])
        (there,) = cursor.fetchone()
        if there is None:
            return 0
        cursor.execute(f"SELECT count(*) FROM {TABLE}_default")
        (count,) = cursor.fetchone()
    return int(count)
