"""Addresses: accounts, staff, identities, roles."""

from django.urls import path
from django.urls.resolvers import URLPattern

from xinglin.ui.lists.views import ListView

from ..tables.accounts import AccountList, BaseAccountList
from ..tables.handouts import HandoutList
from ..views import (
    accounts,
    accounts_activation,
    accounts_handouts,
    accounts_identities,
    accounts_opening,
    accounts_roles,
    accounts_sheets,
)

urlpatterns: list[URLPattern] = [
    path("accounts/", ListView.as_view(spec=AccountList), name="accounts"),
    path("accounts/renew/", accounts_handouts.renew_accounts, name="accounts-renew"),
    path("accounts/sheets/", accounts_sheets.account_sheets, name="account-sheets"),
    path("accounts/handouts/", ListView.as_view(spec=HandoutList), name="handouts"),
    path("accounts/handouts/<uuid:handout_id>/", accounts_handouts.handout, name="handout"),
    path("accounts/handouts/<uuid:handout_id>/workbook/", accounts_handouts.workbook, name="handout-workbook"),
    path("accounts/<int:user_id>/", accounts.account, name="account"),
    path("accounts/<int:user_id>/reset/", accounts_handouts.reset, name="account-reset"),
    path("accounts/<int:user_id>/reset-factor/", accounts_handouts.reset_second_factor, name="account-factor-reset"),
    path("accounts/<int:user_id>/give/", accounts_identities.give, name="identity-give"),
    path("accounts/<int:user_id>/identities/<int:grant_id>/end/", accounts_identities.end, name="identity-end"),
    path(
        "accounts/<int:user_id>/identities/<int:grant_id>/expiry/", accounts_identities.expiry, name="identity-expiry"
    ),
    path("staff/new/", accounts_opening.staff_new, name="staff-new"),
    path("base-accounts/", ListView.as_view(spec=BaseAccountList), name="base-accounts"),
    path("base-accounts/open/", accounts_opening.bases_open, name="bases-open"),
    path("base-accounts/renew/", accounts_handouts.renew_bases, name="bases-renew"),
    path("base-accounts/sheets/", accounts_sheets.base_sheets, name="base-sheets"),
    path("base-accounts/<int:base_id>/open/", accounts_opening.base_open, name="base-open"),
    path("roles/", accounts_roles.roles_page, name="roles"),
    path("roles/sees/", accounts_roles.sees, name="role-sees"),
    path("activate/<uuid:token_id>/", accounts_activation.activate, name="activate"),
]
