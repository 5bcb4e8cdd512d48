"""Everything that changes an import; each verb checks who asks."""

from .checks import check
from .decisions import cancel, confirm, resume
from .files import hand_out
from .mend import accept_suggestion, choose, confirm_warnings, drop_row, restore_row
from .running import run
from .upkeep import purge, wake
from .upload import start

__all__ = [
    "accept_suggestion", "cancel", "check", "choose", "confirm", "confirm_warnings", "drop_row", "hand_out", "purge",
    "restore_row", "resume", "run", "start", "wake",
]  # fmt: skip
