"""Writes to the tree: nodes, capabilities, affiliations, specialty bases, departments, each with its history."""

from .affiliations import affiliate, cancel_affiliation, end_affiliation
from .capabilities import add_capability, cancel_capability, end_capability
from .departments import delete_department, save_department, set_department_in_use
from .guarding import EDIT, EDIT_OWN
from .nodes import complete_phone, create_organization, edit_contact, edit_organization, seal_phone
from .specialties import add_specialty_base, change_specialty_base

__all__ = [
    "EDIT",
    "EDIT_OWN",
    "add_capability",
    "add_specialty_base",
    "affiliate",
    "cancel_affiliation",
    "cancel_capability",
    "change_specialty_base",
    "complete_phone",
    "create_organization",
    "delete_department",
    "edit_contact",
    "edit_organization",
    "end_affiliation",
    "end_capability",
    "save_department",
    "seal_phone",
    "set_department_in_use",
]
