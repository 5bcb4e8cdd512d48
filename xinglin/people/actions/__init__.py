"""Writing persons: creating many, saving one section, drafts."""

from .creating import NewPerson, create_people, seal_people, update_unactivated
from .drafts import discard_draft, save_draft
from .erasing import erase
from .saving import save_section

__all__ = [
    "NewPerson",
    "create_people",
    "discard_draft",
    "erase",
    "save_draft",
    "save_section",
    "seal_people",
    "update_unactivated",
]
