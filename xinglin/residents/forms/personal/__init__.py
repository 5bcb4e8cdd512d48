"""The three steps of the personal record as forms (R-19, R-20)."""

from .form import PersonalForm, in_words
from .layout import Block, blocks_of

__all__ = ["Block", "PersonalForm", "blocks_of", "in_words"]
