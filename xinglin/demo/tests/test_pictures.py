"""Invented pictures: drawn the same every time, of the right size, portraits of the right sex, small in the stock."""

from __future__ import annotations

import io
from random import Random

import pytest
from PIL import Image

from xinglin.demo import pictures
from xinglin.demo.stock import PAGE_WIDTH, Stock
from xinglin.files.enums import FileKind

HAIR_AT = (210 - 104 - 15, 430)  # beside the neck, where only long hair reaches
MAKERS = {
    pictures.portrait: pictures.PORTRAIT_SIZE, pictures.id_front: pictures.PAGE_SIZE,
    pictures.id_back: pictures.PAGE_SIZE, pictures.certificate: pictures.CERTIFICATE_SIZE,
}  # fmt: skip


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def is_white(pixel: object) -> bool:
    return all(part > 235 for part in pixel)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def stock() -> Stock:
    return Stock()


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("seed", [0, 7])
def test_the_same_seed_draws_the_same_bytes(make, seed):
    data = make(seed)
    assert data == make(seed) and data.startswith(b"\xff\xd8")
    assert opened(data).size == MAKERS[make]
    assert data != make(seed + 1)


@pytest.mark.parametrize("seed", range(8))
def test_long_hair_is_a_womans_and_short_a_mans(seed):
    assert is_white(opened(pictures.portrait(seed, "1")).getpixel(HAIR_AT))
    woman = opened(pictures.portrait(seed, "2"))
    assert any(not is_white(woman.getpixel((x, HAIR_AT[1]))) for x in range(80, 130))


def test_a_sex_that_nobody_stated_leaves_it_to_the_seed():
    assert {is_white(opened(pictures.portrait(seed)).getpixel(HAIR_AT)) for seed in range(12)}


def test_id_pages_differ_by_sex_and_show_no_readable_word():
    man, woman = pictures.id_front(3, "1"), pictures.id_front(3, "2")
    assert man != woman and opened(man).size == opened(woman).size == pictures.PAGE_SIZE


@pytest.mark.parametrize("field", ["photo", "id_front", "id_back", "diploma_scan"])
@pytest.mark.parametrize("sex", ["1", "2"])
def test_the_stock_has_a_small_picture_for_every_place(stock, field, sex):
    found = stock.pick(Random(1), field, sex)
    assert found.kind == (FileKind.PHOTO if field == "photo" else FileKind.SCAN)
    assert len(found.data) < 40_000 and len(found.thumb) < len(found.data) + 20_000
    if field != "photo":
        assert found.width <= PAGE_WIDTH


@pytest.mark.parametrize("sex", ["1", "2"])
def test_portraits_of_the_stock_follow_the_sex(stock, sex):
    mine = {id(stock.pick(Random(n), "photo", sex)) for n in range(200)}
    other = {id(stock.pick(Random(n), "photo", "2" if sex == "1" else "1")) for n in range(200)}
    assert len(mine) >= 10 and not mine & other
