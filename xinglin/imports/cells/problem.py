"""Why one cell cannot be used."""


class CellProblem(ValueError):
    """The message is Chinese, for the person at the workbook; ``suggestion`` is the nearest legal value, if any."""

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion
