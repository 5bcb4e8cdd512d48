"""Writing accounts: opening, identities, passwords, first and later sign-ins. Each records its history."""

from .activation import Printed, Sheet, exchange, print_sheets
from .credentials import Issue, issue_initial_credentials
from .defence import claim_token, forget_failures, record_failure, remember_places
from .entering import enter, note_choice
from .grants import end_grant, give_grant
from .handouts import begin_handout, note_job, reset_one, take_passwords, wipe_old, work_off
from .identities import check_opening, checked_reason, end_identity, give_identity, set_expiry
from .opening import Opened, open_organization_account, open_staff_account, open_user_for_person, open_users
from .passwords import change_password, reset_passwords, reset_refusals, set_first_password, share_password
from .staff import NewStaff, OpenedBases, OpenedStaff, open_base_accounts, open_staff

__all__ = [
    "Issue",
    "NewStaff",
    "Opened",
    "OpenedBases",
    "OpenedStaff",
    "Printed",
    "Sheet",
    "begin_handout",
    "change_password",
    "check_opening",
    "checked_reason",
    "claim_token",
    "end_grant",
    "end_identity",
    "enter",
    "exchange",
    "forget_failures",
    "give_grant",
    "give_identity",
    "issue_initial_credentials",
    "note_choice",
    "note_job",
    "open_base_accounts",
    "open_organization_account",
    "open_staff",
    "open_staff_account",
    "open_user_for_person",
    "open_users",
    "print_sheets",
    "record_failure",
    "remember_places",
    "reset_one",
    "reset_passwords",
    "reset_refusals",
    "set_expiry",
    "set_first_password",
    "share_password",
    "take_passwords",
    "wipe_old",
    "work_off",
]
