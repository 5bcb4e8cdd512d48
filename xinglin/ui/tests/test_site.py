"""Name, contact, logo and colour of installation and province (P-14)."""

from __future__ import annotations

import io

import pytest
from django.db import connection
from django.test import Client
from PIL import Image

from xinglin.files import scanning
from xinglin.history.models import HistoryEntry
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer
from xinglin.ui import palette, selectors
from xinglin.ui.actions import set_site

from .factories import viewer

pytestmark = pytest.mark.django_db
SYSTEM = Viewer.system("test")


@pytest.fixture(autouse=True)
def fresh() -> None:
    selectors.forget_site()


def picture(size: tuple[int, int] = (600, 300), kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#884400").save(out, kind)
    return out.getvalue()


def read(province_id: int | None = None) -> selectors.Site:
    selectors.forget_site()
    return selectors.site_for(province_id)


@pytest.mark.req("P-14")
def test_province_words_stand_before_the_installation() -> None:
    set_site(by=SYSTEM, name="全国平台", phone="400-1")
    set_site(by=SYSTEM, province_id=2, phone="0551-2")
    assert (read().name, read().phone) == ("全国平台", "400-1")
    assert (read(2).name, read(2).phone) == ("全国平台", "0551-2")
    assert read(3).phone == "400-1"


def test_nothing_set_means_the_product() -> None:
    assert (read().name, read().phone, read().theme_version) == ("杏林", "", "")


def test_change_is_recorded() -> None:
    set_site(by=SYSTEM, name="全国平台")
    entry = HistoryEntry.unscoped.filter(subject_type="ui.site_setting").get()
    assert entry.changes == {"平台名称": ["", "全国平台"]}


def test_only_who_may() -> None:
    with pytest.raises(NotAllowed):
        set_site(by=viewer(), name="x")
    assert set_site(by=viewer("site.edit"), name="x").name == "x"


@pytest.mark.parametrize("words", [{"theme_colour": "teal"}, {"mail": "no"}, {"name": "长" * 51}])
def test_odd_values_are_refused(words: dict[str, str]) -> None:
    with pytest.raises(Refused):
        set_site(by=SYSTEM, **words)


def test_theme_is_served_as_a_stylesheet(client: Client) -> None:
    set_site(by=SYSTEM, theme_colour="#7a1fa2")
    answer = client.get(f"/site/theme-{read().theme_version}.css")
    assert answer["Content-Type"].startswith("text/css")
    assert b"--xl-teal:" in answer.content
    assert "immutable" in answer["Cache-Control"]


def test_logo_is_re_encoded_and_served(client: Client) -> None:
    set_site(by=SYSTEM, logo=picture())
    served = client.get(f"/site/logo-{read().logo_version}.png")
    with Image.open(io.BytesIO(served.content)) as logo:
        assert (logo.format, logo.size) == ("PNG", (256, 128))
    set_site(by=SYSTEM, logo=b"")
    assert read().logo_version == ""


@pytest.mark.parametrize("data", [b"<svg/>", b"x" * 1_000_001, picture((5000, 10))])
def test_bad_logo_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        set_site(by=SYSTEM, logo=data)


@pytest.mark.parametrize("address", ["theme-99-1.css", "theme-x.css", "logo-99-1.png"])
def test_unknown_setting_is_not_found(client: Client, address: str) -> None:
    assert client.get(f"/site/{address}").status_code == 404


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#ffee00", "#7a1fa2", "#0e625d", "#ff0000"])
def test_every_colour_stays_readable(colour: str) -> None:
    main = palette.readable(colour, palette.WHITE, 5.5)
    night = palette.readable(palette.at_lightness(colour, 0.6), palette.DARK_GROUND, 6)
    assert palette.contrast(main, palette.WHITE) >= 5.5
    assert palette.contrast(night, palette.DARK_GROUND) >= 6
    assert palette.stylesheet(colour).count("--xl-teal-700") == 2


def test_last_known_site_asks_no_database(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert selectors.last_known_site().name == "杏林"


@pytest.mark.django_db(transaction=True)
def test_no_lock_is_held_while_a_scanner_looks_at_the_logo(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may take half a minute, and on SQLite nobody else could write meanwhile (P-14, P-18)."""
    held: list[bool] = []
    monkeypatch.setattr(scanning, "check", lambda data: held.append(connection.in_atomic_block))
    set_site(by=SYSTEM, logo=picture())
    assert held == [False]
    assert read().logo_version
