"""Decoding an untrusted picture in bounded memory and time: upright, sRGB, on white, without any metadata.

Pixel limits are checked on the header before the decoder allocates; only four decoders are admitted; one picture is
decoded at a time per process (docs/decisions/0011-files.md has the measured peaks).
"""

from __future__ import annotations

import io
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import pillow_heif
from PIL import Image, ImageCms

from xinglin.files.sniffing import ACCEPTED, BadUpload, sniff_picture

MAX_PIXELS = 8192 * 6144  # "50 MP" of today's phones
MAX_SIDE = 16_384
MIN_SIDE = 32
MAX_PROFILE_BYTES = 1_000_000
WAIT_SECONDS = 20
ORIENTATION = 0x0112
TRUNCATED = f"图片不完整或已损坏，打不开。请重新拍照或重新导出后上传。{ACCEPTED}。"

_turn = threading.Lock()
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SRGB = ImageCms.createProfile("sRGB")


def install() -> None:
    """Set the process-wide limits of the decoders (at start)."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    pillow_heif.options.THUMBNAILS = False
    pillow_heif.options.AUX_IMAGES = False
    pillow_heif.options.DEPTH_IMAGES = False
    pillow_heif.register_heif_opener()


@dataclass(frozen=True, slots=True)
class Decoded:
    """`image` is RGB and upright, perhaps already scaled down; `width` × `height` is the size before scaling."""

    image: Image.Image
    width: int
    height: int


def decode(data: bytes, *, needed: tuple[int, int]) -> Decoded:
    """Decode fully. `needed` is the size in pixels (of the upright picture) below which nothing may be scaled down.

    Raises BadUpload, with the reason in Chinese, for everything that is not one whole still picture within the limits.
    """
    sniffed = sniff_picture(data)
    if sniffed.size:
        _check_pixels(*sniffed.size)
    with (
        _one_at_a_time(),
        _broken_pictures_refused(),
        Image.open(io.BytesIO(data), formats=[sniffed.format]) as image,
    ):
        _check_pixels(*image.size)
        if sniffed.format in ("PNG", "WEBP") and getattr(image, "n_frames", 1) > 1:
            raise BadUpload("不支持动图。请上传一张静止的图片。")
        turn = image.getexif().get(ORIENTATION, 1)
        sideways = turn in (5, 6, 7, 8)
        width, height = image.size[::-1] if sideways else image.size
        box = needed[::-1] if sideways else needed
        image.draft(None, box)
        image.load()
        return Decoded(_plain(image, box, turn), width, height)


def _plain(image: Image.Image, box: tuple[int, int], turn: int) -> Image.Image:
    """Upright sRGB on white without metadata. Scaled down first, so that every later copy is small."""
    profile = image.info.get("icc_profile")
    plain = _eight_bits(image)
    scale = max(box[0] / plain.width, box[1] / plain.height)
    if scale < 1:
        size = (max(1, round(plain.width * scale)), max(1, round(plain.height * scale)))
        plain = plain.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if turn in _TURNS:
        plain = plain.transpose(_TURNS[turn])
    plain = _in_srgb(_on_white(plain), profile)
    plain.info.clear()
    return plain


def _eight_bits(image: Image.Image) -> Image.Image:
    """RGB, RGBA, L or LA of eight bits a channel, whatever the mode was."""
    if image.mode.startswith(("I", "F")):
        top = cast(tuple[float, float], image.getextrema())[1]
        scale = 255 / 65535 if top > 255 else 1.0
        return image.convert("F").point(lambda value: value * scale).convert("L")
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode in ("L", "RGB") and "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in ("L", "LA", "RGB", "RGBA"):
        return image
    return image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("LA", "RGBA"):
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image.convert("RGB"), mask=image.getchannel("A"))
        return ground
    return image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Phones record in Display P3; without the conversion faces would turn pale once the profile is stripped."""
    if not profile or len(profile) > MAX_PROFILE_BYTES:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != "RGB":
            return image
        return ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise BadUpload(
            f"图片有 {width} × {height} 像素，超过了 5000 万像素的上限。请用手机的普通拍照模式重拍，或缩小后再传。"
        )
    if min(width, height) < MIN_SIDE:
        raise BadUpload(f"图片只有 {width} × {height} 像素，看不清内容。请重新拍照。")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not _turn.acquire(timeout=WAIT_SECONDS):
        raise BadUpload("同时上传图片的人较多，请稍等片刻再传一次。")
    try:
        yield
    finally:
        _turn.release()


@contextmanager
def _broken_pictures_refused() -> Iterator[None]:
    """Whatever a decoder raises on hostile bytes is a refusal, never a server error."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except BadUpload:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadUpload("图片超过了 5000 万像素的上限。请缩小后再传。") from error
    except (
        OSError,
        ValueError,
        TypeError,
        SyntaxError,
        RuntimeError,
        EOFError,
        LookupError,
        ArithmeticError,
        struct.error,
    ) as error:
        raise BadUpload(TRUNCATED) from error
