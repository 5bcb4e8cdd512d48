"""What the doctor and the monitoring ask about the history (Q-12, Q-13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from xinglin.history.partitions import missing_partitions, rows_outside
from xinglin.history.tail import tail
from xinglin.kernel import clock
from xinglin.kernel.checkups import Finding, Look, bad, checkup, ok, warn
from xinglin.kernel.measures import Values, measure

LATE = timedelta(minutes=10)
FUTURE = timedelta(minutes=1)
MONTHS = 3


@checkup("history.seals", title="历史记录封存")
def seals(look: Look) -> Iterator[Finding]:
    """What is not sealed yet is young."""
    found = tail()
    if found.count and found.oldest and clock.now() - found.oldest > LATE:
        yield bad(
            f"{found.count} 条历史记录还没有封存，最早的一条写于 {clock.local(found.oldest):%Y-%m-%d %H:%M:%S}。",
            "封存由后台进程每分钟进行：看后台进程是否在运行。封存之前的改动查不出来。",
        )
    else:
        yield ok(f"尚未封存 {found.count} 条。")


@checkup("history.partitions", title="历史记录分区")
def partitions(look: Look) -> Iterator[Finding]:
    """PostgreSQL: the months to come have their partition, and nothing fell beside them."""
    missing = missing_partitions(clock.today(), months=MONTHS)
    if missing:
        yield warn(
            f"今后 {MONTHS} 个月缺少分区：{'、'.join(missing)}。",
            "后台进程每天会自动建立；立即建立：在后台进程运行时等待，或运行 xinglin migrate 后重启后台进程。",
        )
    if outside := rows_outside():
        yield warn(
            f"{outside} 条历史记录落在默认分区里，查询会变慢。",
            "不影响正确性；请联系技术支持安排把它们移到各月的分区。",
        )


@checkup("history.clock", title="时钟")
def clock_runs_forward(look: Look) -> Iterator[Finding]:
    """No entry lies in the future: the clock of some machine was, or is, wrong."""
    newest = tail().newest
    if newest and newest - clock.now() > FUTURE:
        yield bad(
            f"最近的历史记录写于 {clock.local(newest):%Y-%m-%d %H:%M:%S}，比这台机器的时钟还晚。",
            "核对各台服务器的时间（timedatectl），开启自动校时；时间安排以服务器时钟为准。",
        )


@measure("history_unsealed", "History rows in no seal yet")
def unsealed() -> Values:
    yield (), tail().count


@measure("history_unsealed_age_seconds", "Age of the oldest history row in no seal yet")
def unsealed_age() -> Values:
    oldest = tail().oldest
    yield (), max((clock.now() - oldest).total_seconds(), 0.0) if oldest else 0.0
