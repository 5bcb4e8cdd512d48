"""Pictures of the story: nothing in them but the drawing, enough to choose from, what a browser and a print need."""

from __future__ import annotations

import io
from contextlib import nullcontext
from random import Random

import pytest
from PIL import Image

from xinglin.demo import pictures
from xinglin.demo import stock as shelves
from xinglin.demo.stock import BACKS, CERTIFICATES, FRONTS, PORTRAITS, QUALITY, Stock
from xinglin.files.enums import FileKind

pytestmark = pytest.mark.req("P-18")
PAGES = (pictures.id_front, pictures.id_back, pictures.certificate)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.fixture(scope="module")
def stock() -> Stock:
    return Stock()


def offered(stock: Stock, field: str, sex: str) -> dict[int, object]:
    found = (stock.pick(Random(seed), field, sex) for seed in range(300))
    return {id(picture): picture for picture in found}


@pytest.mark.parametrize("make", [pictures.portrait, *PAGES], ids=lambda make: make.__name__)
def test_a_picture_is_a_plain_jpeg_that_tells_nothing_else(make):
    image = opened(make(1))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert not image.getexif() and "comment" not in image.info and "icc_profile" not in image.info


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sex", ["", "1", "2"])
def test_a_portrait_has_the_shape_and_the_white_ground_of_a_two_inch_photo(seed, sex):
    image = opened(pictures.portrait(seed, sex))
    assert abs(image.width / image.height - 413 / 626) < 0.01
    for corner in ((4, 4), (image.width - 5, 4), (4, 200), (image.width - 5, 200)):
        assert min(image.getpixel(corner)) > 240


@pytest.mark.parametrize("make", PAGES, ids=lambda make: make.__name__)
def test_a_page_carries_the_mark_of_a_specimen(make):
    """The strokes of 样张 in their colour lie across the middle of every page."""
    image = opened(make(2))
    wanted = pictures._WATERMARK
    middle = image.crop((0, image.height // 4, image.width, image.height * 3 // 4))
    data = middle.tobytes()
    pixels = zip(data[::3], data[1::3], data[2::3], strict=True)
    near = sum(all(abs(part - right) < 30 for part, right in zip(pixel, wanted, strict=True)) for pixel in pixels)
    assert near > 800


@pytest.mark.parametrize(("field", "sex", "number"), [
    ("photo", "1", PORTRAITS), ("photo", "2", PORTRAITS), ("id_front", "1", FRONTS), ("id_front", "2", FRONTS),
    ("id_back", "1", BACKS), ("diploma_scan", "2", CERTIFICATES), ("degree_scan", "1", CERTIFICATES),
    ("qualification_scan", "1", CERTIFICATES), ("practice_scan", "2", CERTIFICATES),
])  # fmt: skip
def test_every_picture_of_a_shelf_is_used(stock, field, sex, number):
    assert len(offered(stock, field, sex)) == number


def test_shelves_of_both_sexes_share_nothing_but_the_reverse_and_the_certificates(stock):
    assert not offered(stock, "photo", "1").keys() & offered(stock, "photo", "2").keys()
    assert not offered(stock, "id_front", "1").keys() & offered(stock, "id_front", "2").keys()
    assert offered(stock, "id_back", "1").keys() == offered(stock, "id_back", "2").keys()
    assert offered(stock, "diploma_scan", "1").keys() == offered(stock, "degree_scan", "2").keys()


@pytest.mark.parametrize("field", ["photo", "id_front", "id_back", "degree_scan"])
def test_what_is_stored_is_what_it_says(stock, field):
    picture = stock.pick(Random(5), field, "2")
    assert opened(picture.data).size == (picture.width, picture.height)
    assert opened(picture.thumb).width <= picture.width
    assert picture.kind in QUALITY and (picture.kind == FileKind.PHOTO) == (field == "photo")


def test_the_same_dice_take_the_same_picture(stock):
    assert stock.pick(Random(9), "photo", "1") is stock.pick(Random(9), "photo", "1")


def test_a_storage_that_is_no_folder_needs_no_flush(monkeypatch):
    monkeypatch.setattr(shelves, "private", object)
    assert isinstance(shelves.flushed_once(), nullcontext)
