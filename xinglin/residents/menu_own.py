"""Bottom tabs of the resident; parts that are not built yet have none (P-04)."""

from __future__ import annotations

from xinglin.kernel.viewer import Viewer
from xinglin.ui.navigation import MenuItem

from .selectors.own import waits_for_resident


def _returned(viewer: Viewer) -> int | None:
    return 1 if waits_for_resident(viewer) else None


ITEMS = (
    MenuItem("own.home", "首页", "home", "own:home", "own.view", order=10, face="phone"),
    MenuItem(
        "own.record", "个人信息", "id", "own:record", "own.view", order=20, face="phone", count=_returned, turn=True
    ),
    MenuItem("own.training", "培训信息", "stethoscope", "own:training", "own.view", order=30, face="phone"),
    MenuItem("own.me", "我的", "user", "own:me", "own.view", order=40, face="phone"),
)
