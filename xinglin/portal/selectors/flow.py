"""Figures of the home page of 住院医师管理: the flow of one intake year as the viewer sees it (P-12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.residents.selectors.enrollments import flow_counts, oldest_pending, statuses
from xinglin.ui.parts import Loop, Node
from xinglin.windows import selectors as windows
from xinglin.windows.enums import PhaseKind, PhaseState
from xinglin.windows.selectors import Row


@dataclass(frozen=True, slots=True)
class Task:
    """One line of 待办."""

    label: str
    note: str
    count: int
    icon: str
    url: str
    tone: str = "turn"


@dataclass(frozen=True, slots=True)
class Flow:
    """Everything that the home page shows of one intake year."""

    year: int
    years: list[int]
    counts: dict[str, int]
    nodes: list[Node]
    loops: list[Loop]
    tasks: list[Task]
    spans: list[Row]
    statuses: list[tuple[str, int]]
    left: str
    passed: int
    waiting: int = 0

    @property
    def open_tasks(self) -> int:
        """Records that wait for the viewer, each counted once, as in the menu and in 待办."""
        return self.waiting

    @property
    def ends_today(self) -> bool:
        """The filling phase is open for the last day."""
        return bool(self.left) and not self.left.endswith("天")

    @property
    def state(self) -> tuple[str, str]:
        """Tag of the window: (tone, word)."""
        if not self.spans:
            return "idle", "没有安排"
        states = {span.state for span in self.spans}
        shown = PhaseState.OPEN if PhaseState.OPEN in states else self.spans[0].state
        return ("run" if shown == PhaseState.OPEN else "idle"), str(PhaseState(shown).label)


def intake_url(year: int, **filters: str) -> str:
    """招收信息管理, filtered."""
    return f"{reverse('residents:intake')}?{urlencode({'year': year, **filters})}"


def flow_of(viewer: Viewer, year: int | None = None) -> Flow:
    """The flow of a year; without one, of this year or of the newest that has a window."""
    known, this_year = windows.years(), clock.today().year
    chosen = year if year in known else windows.present_year(known)
    counts = flow_counts(viewer, chosen)
    oldest = oldest_pending(viewer, chosen)
    spans = present_spans(windows.windows_for(viewer), chosen)
    left, passed = _time_left(spans)
    return Flow(
        year=chosen,
        years=[y for y in known if y <= max(chosen, this_year)][:4],
        counts=counts,
        nodes=_nodes(viewer, chosen, counts, oldest),
        loops=_loops(chosen, counts),
        tasks=_tasks(viewer, chosen, counts, oldest),
        spans=spans,
        statuses=statuses(viewer),
        left=left,
        passed=passed,
        waiting=_waiting(viewer, counts),
    )


def present_spans(rows: list[Row], year: int) -> list[Row]:
    """Phases of the batches that are open now, else of the next, else of the last of the year."""
    mine = [row for row in rows if row.window.year == year]
    for state in (PhaseState.OPEN, PhaseState.UPCOMING):
        batches = {row.window.pk for row in mine if row.state == state}
        if batches:
            return [row for row in mine if row.window.pk in batches]
    return mine[:2]


def _time_left(spans: list[Row]) -> tuple[str, int]:
    """What is left of the filling phase (7 天) and its share that has passed, in per cent; ("", 0) when not open."""
    now = clock.now()
    for row in spans:
        if row.span.kind == PhaseKind.FILLING and row.state == PhaseState.OPEN:
            whole = (row.span.ends_at - row.span.starts_at).total_seconds()
            passed = (now - row.span.starts_at).total_seconds()
            return row.left.removeprefix("还剩 "), max(0, min(100, round(100 * passed / whole)))
    return "", 0


def _waiting(viewer: Viewer, n: dict[str, int]) -> int:
    if viewer.may("residents.review"):
        return n["pending"]
    return n["waiting"] if viewer.may("residents.report") else 0


def _nodes(viewer: Viewer, year: int, n: dict[str, int], oldest: datetime | None) -> list[Node]:
    base, province = viewer.may("residents.report"), viewer.may("residents.review")
    waiting = f"最早 {clock.local(oldest):%m-%d} 上报" if oldest else "没有等待的"
    return [
        Node("账号导入", n["imported"], intake_url(year), "由基地导入"),
        Node("住院医师填写", n["filling"], intake_url(year, progress="filling"), f"{n['not_started']} 人还没开始"),
        Node("基地核对", n["checking"], intake_url(year, progress="checking"), _checking_note(n),
             turn=base and n["checking"] > 0),
        Node("待上报", n["ready"], intake_url(year, progress="ready"), _ready_note(n), turn=base and n["ready"] > 0),
        Node("省级待审核", n["pending"], intake_url(year, review="pending"), waiting, turn=province and n["pending"] > 0),
        Node("审核通过", n["approved"], intake_url(year, review="approved"), "已纳入在培管理"),
    ]  # fmt: skip


def _checking_note(n: dict[str, int]) -> str:
    parts = {"待补齐": n["completing"], "待看": n["corrected"]}
    return "，".join(f"{word} {number}" for word, number in parts.items() if number) or "本人填完后核对"


def _ready_note(n: dict[str, int]) -> str:
    return f"含省级退回 {n['ready_again']} 人" if n["ready_again"] else "资料齐全，可一次上报"


def _loops(year: int, n: dict[str, int]) -> list[Loop]:
    return [
        Loop("基地退回本人 {} 人，待本人修改", 3, 2, n["correcting"], intake_url(year, correction="requested")),
        Loop("省级退回基地 {} 人，改好后重新上报", 5, 4, n["returned"], intake_url(year, review="returned")),
    ]


def _tasks(viewer: Viewer, year: int, n: dict[str, int], oldest: datetime | None) -> list[Task]:
    if viewer.may("residents.review"):
        days = (clock.today() - clock.local(oldest).date()).days if oldest else 0
        note = f"最长已等 {days} 天" if days else "今天上报的"
        return [Task("待审核", note, n["pending"], "clipboard-check", reverse("review:queue"))]
    if viewer.may("residents.report"):
        returned = n["returned"]
        return [
            Task("待上报", "资料齐全，可一次上报", n["ready"], "send", intake_url(year, progress="ready")),
            Task("补齐资料", "本人已填完；补培训信息，或处理矛盾的地方", n["completing"], "edit",
                 intake_url(year, progress="completing")),
            Task("核对本人修改", "退回后已改好；资料齐全的已算在待上报里", n["corrected"], "edit-circle",
                 intake_url(year, correction="corrected")),
            Task("省级退回", "按意见改好后重新上报；资料齐全的已算在待上报里", returned, "arrow-back-up",
                 intake_url(year, review="returned"), tone="bad"),
        ]  # fmt: skip
    return []
