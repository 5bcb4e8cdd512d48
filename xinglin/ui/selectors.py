"""Reads: the settings of the site, kept in the process for some seconds; who has just written reads them anew."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.db.models import Q

from .models import SiteSetting

KEPT_SECONDS = 5.0
_WORDS = ("name", "subtitle", "phone", "hours", "mail", "footer", "theme_colour")


@dataclass(frozen=True, slots=True)
class Site:
    """What pages show of the site; a province's own words stand before the installation's (P-14).

    The versions name the addresses of theme and logo, empty where there is none.
    """

    name: str = "杏林"
    subtitle: str = "毕业后医学教育管理平台"
    phone: str = ""
    hours: str = ""
    mail: str = ""
    footer: str = ""
    theme_colour: str = ""
    theme_version: str = ""
    logo_version: str = ""


_kept: dict[int | None, tuple[float, Site]] = {}
_not_before = 0.0


def site_for(province_id: int | None = None) -> Site:
    """The settings in force for a province, or for the installation when ``province_id`` is None."""
    kept = _kept.get(province_id)
    if kept and time.monotonic() - kept[0] < KEPT_SECONDS and kept[0] > _not_before:
        return kept[1]
    site = _read(province_id)
    _kept[province_id] = (time.monotonic(), site)
    return site


def last_known_site() -> Site:
    """The installation's settings as last read by this process: for pages that must not ask the database."""
    kept = _kept.get(None)
    return kept[1] if kept else Site()


def logo_of(setting_id: int) -> bytes | None:
    """The PNG of a setting's logo, None when it has none."""
    logo = SiteSetting.objects.filter(pk=setting_id).values_list("logo", flat=True).first()
    return bytes(logo) if logo else None


def look_again() -> None:
    """Read the settings anew at the next question; what is known stays for pages that must not ask."""
    global _not_before
    _not_before = time.monotonic()


def forget_site() -> None:
    """Drop what is kept, after a change of settings."""
    _kept.clear()


def _read(province_id: int | None) -> Site:
    rows = SiteSetting.objects.filter(Q(province_id=None) | Q(province_id=province_id)).annotate(
        has_logo=Q(logo__isnull=False)
    )
    found: dict[str, str] = {}
    for row in sorted(rows.defer("logo"), key=lambda row: row.province_id is not None):
        version = f"{row.pk}-{row.changed_at:%Y%m%d%H%M%S}"
        found |= {word: getattr(row, word) for word in _WORDS if getattr(row, word)}
        if row.theme_colour:
            found["theme_version"] = version
        if row.has_logo:
            found["logo_version"] = version
    return Site(**found)


def setting_colour(setting_id: int) -> str:
    """The theme colour of a setting as ``#rrggbb``, empty when it has none."""
    return SiteSetting.objects.filter(pk=setting_id).values_list("theme_colour", flat=True).first() or ""


def stored_setting(province_id: int | None) -> SiteSetting | None:
    """The row of the installation or of a province, without its logo; None while nothing was set."""
    rows = SiteSetting.objects.filter(province_id=province_id).annotate(has_logo=Q(logo__isnull=False))
    return rows.defer("logo").first()
