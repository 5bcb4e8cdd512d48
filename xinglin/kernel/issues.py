"""One shape for everything a check says, so that form, import, report and review show it alike (P-16, R-26)."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One remark on one field.

    field: name of the declared field, "" when the remark is on the whole record.
    message: Chinese, for the user. suggestion: the nearest legal value, None when there is none.
    rule: code of the rule that spoke, "" for a plain format check. A warning is confirmed, an error stops.
    """

    field: str
    message: str
    severity: Severity = "error"
    suggestion: str | None = None
    rule: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity == "error"
