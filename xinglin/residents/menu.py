"""Entries of 住院医师管理, in the two levels of the manual; parts that are not built register nothing (P-04)."""

from __future__ import annotations

from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.ui.navigation import MenuItem

from .selectors.enrollments import waiting_for_base


def _turns(viewer: Viewer) -> int | None:
    """What the base has to check or report of this year's intake."""
    return waiting_for_base(viewer, clock.today().year) if viewer.may("residents.report") else None


ITEMS = (
    MenuItem("residents", "住院医师管理", order=10),
    MenuItem("residents.recruitment", "招收信息管理", "user-plus", parent="residents", order=20),
    MenuItem(
        "residents.intake", "招收信息管理", url_name="residents:intake", permission="residents.view",
        parent="residents.recruitment", order=20, count=_turns, turn=True,
    ),
    MenuItem(
        "residents.accounts", "住院医师账户管理", url_name="residents:accounts", permission="residents.reset_password",
        parent="residents.recruitment", order=60,
    ),
    MenuItem("residents.in_training", "住院医师信息管理", "users", parent="residents", order=40),
    MenuItem(
        "residents.changes", "住院医师信息更新记录", url_name="residents:changes", permission="residents.history",
        parent="residents.in_training", order=60,
    ),
    MenuItem(
        "residents.rules", "核对规则", "checklist", url_name="rules:list", permission="residents.view",
        parent="residents", order=90,
    ),
)  # fmt: skip
