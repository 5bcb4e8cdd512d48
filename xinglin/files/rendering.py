"""What is made of a decoded picture: the stored JPEG and its thumbnail."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from PIL import Image, ImageFilter, ImageStat

from xinglin.files.decoding import Decoded, decode
from xinglin.files.enums import FileKind
from xinglin.files.sniffing import BadUpload
from xinglin.kernel.issues import Issue

PHOTO_MIN = (413, 626)
PHOTO_STORED = (826, 1252)
SCAN_MAX_SIDE = 2400
THUMB_SIDE = 240
VEIL_SIDE = 28
WHITE_ENOUGH = 200
NOT_WHITE = "照片的背景看起来不是白色。2 寸证件照要求白底，请确认。"

Crop = tuple[float, float, float, float]
"""Left, top, width, height, each as a part (0 to 1) of the upright picture."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture ready to store: JPEG bytes, size in pixels, thumbnail bytes, remarks for the uploader."""

    kind: FileKind
    data: bytes
    width: int
    height: int
    thumb: bytes
    remarks: tuple[Issue, ...] = field(default=())


def render(data: bytes, kind: FileKind, *, crop: Crop | None = None) -> Picture:
    """Check, decode and re-encode an uploaded picture. Raises BadUpload with the reason in Chinese.

    A photo is cut to the 2-inch ratio (413 : 626), within `crop` or from the middle, and must keep at least 413 × 626
    pixels; a scan or picture attachment is kept whole, cut to `crop` where given, longest side at most 2,400 pixels.
    """
    if crop is not None:
        _check_crop(crop)
    return _photo(data, crop) if kind == FileKind.PHOTO else _scan(data, kind, crop)


def _photo(data: bytes, crop: Crop | None) -> Picture:
    box = crop or (0.0, 0.0, 1.0, 1.0)
    decoded = decode(data, needed=_needed(PHOTO_STORED, box))
    cut = _ratio_within(box, decoded)
    pixels = round(decoded.width * cut[2]), round(decoded.height * cut[3])
    if pixels[0] < PHOTO_MIN[0] or pixels[1] < PHOTO_MIN[1]:
        whole = f"照片只有 {decoded.width} × {decoded.height} 像素"
        part = f"，裁切后剩 {pixels[0]} × {pixels[1]} 像素" if pixels != (decoded.width, decoded.height) else ""
        raise BadUpload(f"{whole}{part}，至少要 413 × 626 像素（2 寸）。请换一张更清楚的照片，或把裁切框放大。")
    image = _cut(decoded.image, cut)
    size = PHOTO_STORED if pixels[0] >= PHOTO_STORED[0] and pixels[1] >= PHOTO_STORED[1] else PHOTO_MIN
    image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    remarks = () if _white_ground(image) else (Issue("", NOT_WHITE, severity="warning", rule="photo_ground"),)
    return Picture(FileKind.PHOTO, _jpeg(image, 90), *image.size, _jpeg(_small(image, THUMB_SIDE), 80), remarks)


def _scan(data: bytes, kind: FileKind, crop: Crop | None) -> Picture:
    box = crop or (0.0, 0.0, 1.0, 1.0)
    decoded = decode(data, needed=_needed((SCAN_MAX_SIDE, SCAN_MAX_SIDE), box))
    image = _small(_cut(decoded.image, box), SCAN_MAX_SIDE)
    thumb = _veiled(image) if kind == FileKind.SCAN else _small(image, THUMB_SIDE)
    return Picture(kind, _jpeg(image, 85), *image.size, _jpeg(thumb, 75))


def _needed(size: tuple[int, int], box: Crop) -> tuple[int, int]:
    """The size of the whole picture at which its crop still has `size`."""
    return round(size[0] / box[2]), round(size[1] / box[3])


def _ratio_within(box: Crop, decoded: Decoded) -> Crop:
    """The largest centred part of `box` that has the ratio 413 : 626."""
    left, top, width, height = box
    wanted = PHOTO_MIN[0] / PHOTO_MIN[1] * decoded.height / decoded.width
    new_width, new_height = (height * wanted, height) if width / height > wanted else (width, width / wanted)
    return left + (width - new_width) / 2, top + (height - new_height) / 2, new_width, new_height


def _cut(image: Image.Image, box: Crop) -> Image.Image:
    left, top = round(box[0] * image.width), round(box[1] * image.height)
    right = max(left + 1, min(image.width, left + round(box[2] * image.width)))
    bottom = max(top + 1, min(image.height, top + round(box[3] * image.height)))
    return image.crop((left, top, right, bottom))


def _small(image: Image.Image, side: int) -> Image.Image:
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return small


def _veiled(image: Image.Image) -> Image.Image:
    """Shows that the page is there and which way up, but nothing that can be read (P-19)."""
    size = _small(image, THUMB_SIDE).size
    return _small(image, VEIL_SIDE).resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))


def _white_ground(image: Image.Image) -> bool:
    """Whether both upper corners are about white."""
    side = image.width // 10
    corners = (0, 0, side, side), (image.width - side, 0, image.width, side)
    return all(min(ImageStat.Stat(image.crop(corner)).median) >= WHITE_ENOUGH for corner in corners)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=False)
    return out.getvalue()


def _check_crop(crop: Crop) -> None:
    left, top, width, height = crop
    inside = 0 <= left < 1 and 0 <= top < 1 and 0.01 <= width <= 1 and 0.01 <= height <= 1
    if not (inside and left + width <= 1.001 and top + height <= 1.001):
        raise BadUpload("裁切框不在图片里面，请重新裁切。")
