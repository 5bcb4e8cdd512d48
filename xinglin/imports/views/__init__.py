"""The wizard: start (template, upload), job (check, progress, result), confirm, small changes, files."""

from .files import hand_out, template
from .job import confirm, job, progress
from .mend import cancel, drop, mend, restore, resume, warnings
from .start import start

__all__ = [
    "cancel", "confirm", "drop", "hand_out", "job", "mend", "progress", "restore", "resume", "start", "template", "warnings",
]  # fmt: skip
