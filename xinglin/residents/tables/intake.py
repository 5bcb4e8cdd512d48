"""招收信息管理 (R-02): the base's own list, and the same list for the levels above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind
from xinglin.reviews.actions import recall
from xinglin.reviews.enums import ReviewStatus
from xinglin.reviews.spec import spec_of
from xinglin.ui.lists.addresses import of, of_row
from xinglin.ui.lists.parts import BatchAction, BatchResult, Empty, RowAction, Tool
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.templatetags.xl import tag
from xinglin.windows.enums import PhaseState

from ..actions.locking import KIND
from ..filters.progress import CORRECTION, PROGRESS, STAGE
from ..filters.record import BASE, LIVE, PROVINCE, fifteen
from ..models import Enrollment
from ..selectors.enrollments import current_intake
from ..selectors.intake_window import IntakeWindow, closed_for_all, closed_for_import, intake_window
from ..standing import Standing, quick_standings
from .record_columns import INTAKE, NAME, PLACES, REST, STATES, WHO

AT_ONCE = 1000
_FIFTEEN = fifteen(LIVE)
_TAGS = {PhaseState.UPCOMING: "idle", PhaseState.OPEN: "run", PhaseState.CLOSED: "idle"}
_WORDS = {PhaseState.UPCOMING: "招收未开始", PhaseState.OPEN: "招收进行中", PhaseState.CLOSED: "招收已结束"}


def window_line(window: IntakeWindow) -> SafeString:
    """招收进行中　2026 年第 1 批　2026-10-13 ～ 2026-10-31　还剩 7 天."""
    left = format_html('<b class="xl-b xl-wait">{}</b>', window.left) if window.is_open else ""
    return format_html(
        '{}<span class="xl-2nd xl-window">{}<span>{}</span>{}</span>',
        tag(_TAGS[window.state], _WORDS[window.state]), format_html("<span>{}</span>", window.batch), window.dates, left,
    )  # fmt: skip


def recall_many(ids: list[Any], viewer: Viewer) -> BatchResult:
    """撤回上报 of the selected rows."""
    outcome = recall(spec_of(KIND), ids, by=viewer)
    names = dict(current_intake(viewer).filter(pk__in=outcome.refused).values_list("pk", "person__name"))
    failed = [(names.get(pk, "这条记录"), issues[0].message) for pk, issues in outcome.refused.items()]
    return BatchResult(f"已撤回 {len(outcome.done)} 人的上报。" if outcome.done else "", failed)


class IntakeOverview(ListSpec):
    """The list as provinces, the association and the ministry read it: with the places, without the base's verbs."""

    name = "residents.intake_overview"
    title = "招收信息管理"
    permission = "residents.view"
    export_permission = "residents.export"
    clear_permission = "residents.export_clear"
    nav_key = "residents.intake"
    crumbs = (("住院医师管理", ""),)
    order_by = ("-intake_year", "-id")
    first = 4
    template = "residents/intake.html"
    model = Enrollment
    reads: ClassVar[tuple[str, ...] | None] = ("person.name", "recruitment_review.review_status")
    keeps_place = True
    columns = (NAME, *PLACES, *STATES, *INTAKE, *WHO, *REST)
    filters = (_FIFTEEN[0], PROVINCE, BASE, *_FIFTEEN[1:], PROGRESS, STAGE, CORRECTION)

    def queryset(self, viewer: Viewer) -> QuerySet[Any]:
        return current_intake(viewer)

    def row_label(self, row: Any) -> str:
        return str(row.person.name)

    def row_url(self, row: Any, viewer: Viewer) -> str:
        return of_row("residents:detail", row.pk)

    def row_actions(self, row: Any, viewer: Viewer) -> Sequence[RowAction]:
        pending = row.recruitment_review.review_status == ReviewStatus.PENDING
        if not (pending and viewer.may("residents.review")):
            return ()
        return (RowAction("审核", of_row("review:record", row.pk)),)

    def head(self, viewer: Viewer) -> str:
        window = intake_window(viewer)
        return window_line(window) if window else ""

    def head_tools(self, viewer: Viewer) -> Sequence[Tool]:
        return (Tool("历史招录信息查询", of("residents:past"), "history"),)

    def batch_actions(self, viewer: Viewer) -> Sequence[BatchAction]:
        if not viewer.may("residents.review"):
            return ()
        return (
            BatchAction(
                "return", "退回 {n} 项", "arrow-back-up", "danger-line", "residents.review",
                url=of("review:batch", "return"),
            ),
            BatchAction(
                "approve", "审核通过 {n} 项", "check", "primary", "residents.review",
                url=of("review:batch", "approve"),
            ),
        )  # fmt: skip

    def empty(self, viewer: Viewer) -> Empty:
        return Empty("还没有招收信息", "培训基地导入账号后，在这里显示。")


class IntakeList(IntakeOverview):
    """The base's list with its imports, returns and reports."""

    name = "residents.intake"
    reads = (
        "person.name", "window_id", "lapsed_at", "correction_status", "missing_count", "organization.path",
        "organization.province_id", "province.name", "recruitment_review.report_status",
        "recruitment_review.review_status", "recruitment_review.last_verdict",
    )  # fmt: skip
    columns = (NAME, *STATES, *INTAKE, *WHO, *REST)
    filters = (*_FIFTEEN, PROGRESS, CORRECTION)

    def prepare_screen(self, rows: list[Any], viewer: Viewer) -> None:
        found = quick_standings(rows, viewer)
        for row in rows:
            row.standing = found.get(row.pk)

    def row_actions(self, row: Any, viewer: Viewer) -> Sequence[RowAction]:
        standing: Standing | None = row.standing
        if standing is None:
            return ()
        return (
            RowAction("编辑", of_row("residents:training", row.pk), reason=standing.edit),
            RowAction("删除", of_row("residents:delete", row.pk), reason=standing.delete),
        )

    def toolbar(self, viewer: Viewer) -> Sequence[Tool | tuple[Tool, Tool]]:
        closed = closed_for_import(viewer)
        return (
            (
                _import("住院医师账号导入", "resident-accounts", "residents.import_accounts", closed),
                _template("账号模板下载", "resident-accounts", "residents.import_accounts"),
            ),
            (
                _import("培训信息导入", "resident-training", "residents.import_training", ""),
                _template("培训信息模板下载", "resident-training", "residents.import_training"),
            ),
        )

    def batch_actions(self, viewer: Viewer) -> Sequence[BatchAction]:
        why, report = closed_for_all(viewer), "residents.report"
        return (
            BatchAction(
                "return", "基本信息退回", "arrow-back-up", "danger-line", "residents.return_personal",
                url=of("residents:return-many"), most=AT_ONCE, reason=why,
            ),
            BatchAction(
                "recall", "撤回上报", "arrow-forward-up", "", report, run=recall_many, most=AT_ONCE, reason=why
            ),
            BatchAction(
                "report", "上报 {n} 项", "send", "primary", report, url=of("residents:report"), reason=why
            ),
        )  # fmt: skip

    def empty(self, viewer: Viewer) -> Empty:
        closed = closed_for_import(viewer)
        tools = (
            _import("住院医师账号导入", "resident-accounts", "residents.import_accounts", closed, "primary"),
            _template("账号模板下载", "resident-accounts", "residents.import_accounts"),
        )
        return Empty("还没有招收住院医师", "先下载账号模板，填好姓名、证件号码和手机号，再导入。", tools)


def _import(label: str, kind: str, permission: str, closed: str, style: str = "") -> Tool:
    return Tool(label, of("imports:start", kind), "upload", style, closed, permission)


def _template(label: str, kind: str, permission: str) -> Tool:
    return Tool(label, of("imports:template", kind), permission=permission)


def list_of(viewer: Viewer) -> type[IntakeOverview]:
    """招收信息管理 of the identity in force: a hospital's own list, else the one with provinces and bases."""
    return IntakeList if viewer.organization_kind == Kind.HOSPITAL else IntakeOverview
