"""Plain data that the parts of a page are drawn from."""

from __future__ import annotations

from dataclasses import dataclass

TAG_ICONS = {"idle": "circle-dashed", "run": "progress", "wait": "clock", "ok": "check", "bad": "arrow-back-up"}
NOTE_ICONS = {
    "bad": "alert-circle",
    "wait": "alert-triangle",
    "run": "info-circle",
    "ok": "circle-check",
    "turn": "hand-finger",
}
STEP_ICONS = {"done": "check", "back": "arrow-back-up"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a stepper or wizard. state: '' to come, 'done', 'now', 'turn' (轮到您), 'back' (returned)."""

    label: str
    state: str = ""
    note: str = ""
    url: str = ""

    @property
    def icon(self) -> str:
        return STEP_ICONS.get(self.state, "")

    @property
    def is_current(self) -> bool:
        return self.state in {"now", "turn"}


@dataclass(frozen=True, slots=True)
class Node:
    """One box of a flow diagram with its count of the moment; ``turn`` marks it as 轮到您."""

    label: str
    count: int
    url: str = ""
    note: str = ""
    unit: str = "人"
    turn: bool = False


@dataclass(frozen=True, slots=True)
class Loop:
    """An arrow back below a flow: from node number ``start`` back to node number ``end`` (from 1)."""

    text: str
    start: int
    end: int
    count: int = 0
    url: str = ""
    unit: str = "人"

    @property
    def after(self) -> str:
        """The words behind the count, when ``text`` has a place ``{}`` for it."""
        return self.text.partition("{}")[2]

    @property
    def before(self) -> str:
        """The words before the count."""
        return self.text.partition("{}")[0]

    @property
    def placed(self) -> str:
        """Class that puts the arrow under its nodes."""
        return f"xl-loop-{min(self.start, self.end)} xl-loop-to-{max(self.start, self.end)}"
