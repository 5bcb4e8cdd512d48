"""The machine keeps its contract for a small spec (P-16, Q-09, Q-11)."""

from typing import Any

import pytest

from xinglin.imports.testing import ImportContract
from xinglin.kernel.viewer import Viewer

from . import trial


@pytest.mark.req("P-16", "P-17", "Q-11")
class TestTrial(ImportContract):
    spec = trial.spec
    changed = ("民族", "回族")

    def good(self, number: int) -> dict[str, Any]:
        return trial.good(number)

    def viewer(self) -> Viewer:
        return trial.secretary()

    def state(self) -> Any:
        return trial.state()
