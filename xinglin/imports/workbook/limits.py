"""Caps on uploaded files (Q-11). Sizes in bytes, times in seconds."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """``rows``: data rows; ``lead_rows``: notes and header above them. The others bound memory and time."""

    rows: int = 20_000
    lead_rows: int = 50
    columns: int = 200
    file_size: int = 10 * MEBIBYTE
    entries: int = 2_000
    part_size: int = 96 * MEBIBYTE
    total_size: int = 256 * MEBIBYTE
    memory: int = 1024 * MEBIBYTE
    seconds: int = 30

    @property
    def last_row(self) -> int:
        """The last sheet line that is read."""
        return self.rows + self.lead_rows


"""Defaults suit the browser; a spec with a higher ``max_rows`` raises ``rows``."""
