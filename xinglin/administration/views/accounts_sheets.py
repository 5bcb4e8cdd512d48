"""打印激活单: a printable page with a one-time QR for each account that waits for its first sign-in (P-05)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from xinglin.accounts import standing
from xinglin.accounts.access import needs
from xinglin.accounts.actions import Sheet, print_sheets
from xinglin.accounts.models import User
from xinglin.kernel import masks
from xinglin.kernel.viewer import Viewer
from xinglin.ui.lists import selection

from ..selectors import accounts as selectors
from ..tables.accounts import SHEETS, signs_in_with

RIGHTS = ("accounts.open_staff", "accounts.manage", "residents.reset_password")


@dataclass(frozen=True, slots=True)
class Printed:
    """A sheet as the page shows it."""

    sheet: Sheet
    address: str
    qr: SafeString
    id_number: str
    signs_in_with: str
    entrance: str
    until: str


@require_POST
@never_cache
@needs(*RIGHTS)
def account_sheets(request: HttpRequest) -> HttpResponse:
    """Sheets of accounts selected in 账号管理, of one account, or of a batch."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    ids = selection.read(request, "administration.accounts").ids(SHEETS)
    return _page(request, list(selectors.accounts(viewer).filter(pk__in=ids).order_by("pk")))


@require_POST
@never_cache
@needs("accounts.manage")
def base_sheets(request: HttpRequest) -> HttpResponse:
    """Sheets of bases selected in 基地账号."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    ids = selection.read(request, "administration.base_accounts").ids(SHEETS)
    return _page(request, list(selectors.base_accounts(viewer, ids).values()))


def _page(request: HttpRequest, users: Sequence[User]) -> HttpResponse:
    """The page exists in this one answer: secrets are kept as hashes only."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    made = print_sheets(users, by=viewer)
    names = {user.pk: user.display_name for user in users}
    words = {
        "nav_key": "administration.accounts",
        "sheets": [_shown(request, sheet) for sheet in made.sheets],
        "refused": [(names[pk], reason) for pk, reason in made.refused.items()],
        "issuer": viewer.organization_name,
    }
    return render(request, "administration/accounts/sheets.html", words)


def _shown(request: HttpRequest, sheet: Sheet) -> Printed:
    user = sheet.user
    address = request.build_absolute_uri(reverse("administration:activate", args=[sheet.token_id]))
    resident = user.sign_in_name is None and user.person is not None and _is_resident(request, user)
    return Printed(
        sheet, address, qr_of(f"{address}#{sheet.secret}"),
        masks.id_number(user.person.id_number) if user.person else "",
        signs_in_with(user),
        "住院医师入口" if resident else "业务管理系统",
        standing.until(sheet.credential.expires_at),
    )  # fmt: skip


def _is_resident(request: HttpRequest, user: User) -> bool:
    grants = selectors.identities(request.viewer, [user.pk])[user.pk]  # type: ignore[attr-defined]
    return all(grant.role == "resident" for grant in grants)


def qr_of(text: str) -> SafeString:
    """The QR code as an <svg> element without any style. What follows # in an address never reaches a server's log."""
    return mark_safe(
        segno.make(text, error="m", micro=False).svg_inline(scale=4, border=2, omitsize=True, svgclass="xl-qr")
    )
