"""Writing accounts: opening, identities, passwords, first and later sign-ins. Each records its history."""

from .credentials import Issue, issue_initial_credentials
from .defence import claim_token, forget_failures, record_failure, remember_places
from .entering import enter, note_choice
from .grants import end_grant, give_grant
from .opening import Opened, open_organization_account, open_staff_account, open_user_for_person, open_users
from .passwords import change_password, reset_passwords, reset_refusals, set_first_password, share_password

__all__ = [
    "Issue",
    "Opened",
    "change_password",
    "claim_token",
    "end_grant",
    "enter",
    "forget_failures",
    "give_grant",
    "issue_initial_credentials",
    "note_choice",
    "open_organization_account",
    "open_staff_account",
    "open_user_for_person",
    "open_users",
    "record_failure",
    "remember_places",
    "reset_passwords",
    "reset_refusals",
    "set_first_password",
    "share_password",
]
