"""What good uploads become (P-18)."""

import io
import itertools

import pytest
from PIL import Image

from xinglin.files.enums import FileKind
from xinglin.files.rendering import render
from xinglin.files.sniffing import BadUpload
from xinglin.files.tests import pictures

pytestmark = pytest.mark.req("P-18")


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def near(pixel: tuple[int, int, int], colour: tuple[int, int, int], gap: int = 40) -> bool:
    return all(abs(have - want) <= gap for have, want in zip(pixel, colour, strict=True))


@pytest.mark.parametrize(
    "data",
    [
        pictures.saved(pictures.drawing()),
        pictures.saved(pictures.drawing(), "PNG"),
        pictures.saved(pictures.drawing(), "WEBP"),
        pictures.saved(pictures.drawing(), "WEBP", lossless=True),
        pictures.heic(),
        pictures.saved(pictures.drawing(mode="CMYK")),
        pictures.saved(pictures.drawing(mode="P"), "PNG"),
        pictures.saved(pictures.drawing(mode="L")),
        pictures.saved(pictures.drawing(mode="1"), "PNG"),
        pictures.saved(pictures.drawing(mode="LA"), "PNG"),
        pictures.wide_gamut_jpeg(),
        pictures.phone_burst(),
        pictures.jpeg_with_place(),
    ],
    ids=[
        "jpeg",
        "png",
        "webp",
        "webp-lossless",
        "heic",
        "cmyk",
        "palette",
        "grey",
        "bilevel",
        "grey-alpha",
        "profile",
        "burst",
        "exif",
    ],
)
def test_every_accepted_format_becomes_a_plain_jpeg(data: bytes) -> None:
    picture = render(data, FileKind.SCAN)
    image = opened(picture.data)
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert image.size == (picture.width, picture.height) == (900, 1200)
    assert near(image.getpixel((5, 5)), (255, 255, 255))
    assert max(opened(picture.thumb).size) == 240


def test_sixteen_bit_grey_keeps_its_tones() -> None:
    image = opened(render(pictures.sixteen_bit_png(), FileKind.SCAN).data)
    assert near(image.getpixel((700, 600)), (128, 128, 128), 4)
    assert near(image.getpixel((5, 5)), (255, 255, 255), 4)


def test_transparent_ground_becomes_white() -> None:
    image = Image.new("RGBA", (900, 1200), (0, 0, 0, 0))
    image.paste((0, 0, 255, 255), (300, 300, 600, 900))
    picture = render(pictures.saved(image, "PNG"), FileKind.PHOTO)
    assert near(opened(picture.data).getpixel((3, 3)), (255, 255, 255))
    assert picture.remarks == ()


@pytest.mark.parametrize("data", [pictures.jpeg_with_place(), pictures.heic()], ids=["jpeg", "heic"])
@pytest.mark.parametrize("kind", [FileKind.PHOTO, FileKind.SCAN])
def test_place_camera_and_comment_are_stripped(data: bytes, kind: FileKind) -> None:
    picture = render(data, kind)
    for stored in (picture.data, picture.thumb):
        image = opened(stored)
        assert dict(image.getexif()) == {}
        assert not {"exif", "icc_profile", "comment", "xmp"} & set(image.info)
        assert b"Secret" not in stored
        assert b"Exif" not in stored


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, (0, 0)), (2, (1, 0)), (3, (1, 1)), (4, (0, 1)), (5, (0, 0)), (6, (1, 0)), (7, (1, 1)), (8, (0, 1))],
)
def test_camera_orientation_is_applied(orientation: int, corner: tuple[int, int]) -> None:
    """The red square of the drawing lies near the upper left before, and where the camera says afterwards."""
    picture = render(pictures.jpeg_with_place((3000, 4000), orientation), FileKind.SCAN)
    image = opened(picture.data)
    sideways = orientation >= 5
    assert image.size == ((2400, 1800) if sideways else (1800, 2400))
    x, y = (0.27, 0.19) if sideways else (0.19, 0.27)
    x, y = (1 - x if corner[0] else x), (1 - y if corner[1] else y)
    assert near(image.getpixel((round(x * image.width), round(y * image.height))), (254, 0, 0), 60)


def test_photo_is_cut_to_two_inches_from_the_middle() -> None:
    picture = render(pictures.saved(pictures.drawing((3000, 2000))), FileKind.PHOTO)
    assert (picture.width, picture.height) == (826, 1252)
    assert near(opened(picture.data).getpixel((413, 626)), (0, 0, 254), 60)


def test_photo_follows_the_crop_box() -> None:
    whole = pictures.drawing((2000, 2000))
    picture = render(pictures.saved(whole), FileKind.PHOTO, crop=(0.0, 0.0, 0.3, 0.4))
    image = opened(picture.data)
    assert image.size == (413, 626)
    # The square spans x 250–500, y 400–667 of 2000; the cut keeps x 36–564 of y 0–800.
    assert near(image.getpixel((round((375 - 36) / 528 * 413), round(530 / 800 * 626))), (254, 0, 0), 60)


@pytest.mark.parametrize("size", [(412, 626), (413, 625), (300, 400), (1200, 600)])
def test_small_photo_is_refused_with_its_size(size: tuple[int, int]) -> None:
    with pytest.raises(BadUpload, match=r"413 × 626") as caught:
        render(pictures.saved(pictures.drawing(size)), FileKind.PHOTO)
    assert f"{size[0]} × {size[1]}" in caught.value.message


def test_smallest_photo_is_kept_as_it_is() -> None:
    picture = render(pictures.saved(pictures.drawing((413, 626))), FileKind.PHOTO)
    assert (picture.width, picture.height) == (413, 626)


def test_ground_that_is_not_white_is_remarked_not_refused() -> None:
    picture = render(pictures.saved(pictures.drawing(ground="navy")), FileKind.PHOTO)
    assert [(r.severity, r.rule) for r in picture.remarks] == [("warning", "photo_ground")]


@pytest.mark.parametrize("crop", [(0.5, 0.5, 0.6, 0.2), (-0.1, 0, 0.5, 0.5), (0, 0, 0, 0), (float("nan"), 0, 1, 1)])
def test_crop_box_outside_the_picture_is_refused(crop: tuple[float, float, float, float]) -> None:
    with pytest.raises(BadUpload, match="裁切框"):
        render(pictures.saved(pictures.drawing()), FileKind.SCAN, crop=crop)


def test_scan_is_scaled_to_2400_and_its_thumbnail_is_unreadable() -> None:
    image = pictures.drawing((4000, 1000))
    for at in range(1000, 3000, 20):
        image.paste("black", (at, 480, at + 10, 520))
    picture = render(pictures.saved(image), FileKind.SCAN)
    assert (picture.width, picture.height) == (2400, 600)
    row = [opened(picture.thumb).getpixel((x, 30))[0] for x in range(100, 140)]
    assert max(abs(a - b) for a, b in itertools.pairwise(row)) < 40
