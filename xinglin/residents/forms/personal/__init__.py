"""The three steps of the personal record as forms (R-19, R-20)."""

from .form import PersonalForm
from .layout import Block, blocks_of
from .since import SEEN

__all__ = ["SEEN", "Block", "PersonalForm", "blocks_of"]
