"""Menu entries of the home pages, and what the sign-in page shows of times (P-04, P-12)."""

from __future__ import annotations

from collections.abc import Iterable

from xinglin.accounts.door import Notice, register_notices
from xinglin.kernel import clock
from xinglin.residents.selectors.enrollments import waiting_for_review
from xinglin.ui.navigation import MenuItem
from xinglin.ui.navigation import register as register_menu
from xinglin.windows.models import WindowPhase
from xinglin.windows.rules import range_text

from .selectors.overview import oversees
from .selectors.turns import turn_count


def register() -> None:
    """Called once when the process starts."""
    register_menu(
        MenuItem("residents.home", "流程导航", "sitemap", "portal:residents-home", "residents.view", "residents", 1)
    )
    register_menu(
        MenuItem("residents.review", "省级审核", "clipboard-check", "review:queue", "residents.review", "residents", 2,
                 count=waiting_for_review, turn=True)
    )  # fmt: skip
    register_menu(
        MenuItem("portal.overview", "概览", "world", "portal:overview", "residents.view", "residents", 0, when=oversees)
    )
    register_menu(
        MenuItem("portal.todo", "待办", "bell", "portal:todo", "residents.view", order=10, face="top",
                 count=turn_count, turn=True)
    )  # fmt: skip
    own = "administration"  # the last room of 系统管理, for everybody
    register_menu(MenuItem("system.account", "我的账号", "user-circle", "accounts:account", parent=own, order=910))
    register_menu(MenuItem("system.password", "修改密码", "key", "accounts:change-password", parent=own, order=920))
    register_menu(MenuItem("menu.account", "我的账号", "user-circle", "accounts:account", face="menu"))
    register_notices("windows", _times)


def _times(track: str) -> Iterable[Notice]:
    """Phases that are open now or still to come, as the association set them."""
    rows = WindowPhase.objects.select_related("window").filter(
        window__province__isnull=True, window__track=track, ends_at__gt=clock.now()
    )
    for row in rows.order_by("starts_at", "pk")[:4]:
        text = f"{row.window.year} 年招收信息{row.get_kind_display()} {range_text(row.starts_at, row.ends_at)}"
        yield Notice("时间安排", text, clock.local(row.starts_at).date())
