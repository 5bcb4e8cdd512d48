"""Uploads for the tests, good and hostile, made from nothing."""

import io
import struct
import zlib

import pillow_heif
from PIL import Image, ImageCms, ImageDraw


def drawing(size: tuple[int, int] = (900, 1200), mode: str = "RGB", ground: str = "white") -> Image.Image:
    """White ground, a red square in the upper left quarter, a blue disc in the middle."""
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.rectangle((width // 8, height // 5, width // 4, height // 3), fill="red")
    draw.ellipse((width // 3, height // 3, width * 2 // 3, height * 2 // 3), fill="blue")
    return image if mode == "RGB" else image.convert(mode)


def saved(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """The encoded picture."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg_with_place(size: tuple[int, int] = (900, 1200), orientation: int = 1) -> bytes:
    """A phone's photo: camera, GPS place, comment."""
    exif = Image.Exif()
    exif[0x010F] = "SecretPhoneMaker"
    exif[0x0112] = orientation
    place = exif.get_ifd(0x8825)
    place.update({1: "N", 2: (30.0, 15.0, 7.5), 3: "E", 4: (120.0, 9.0, 3.25)})
    return saved(drawing(size), exif=exif.tobytes(), comment=b"SecretComment")


def heic(size: tuple[int, int] = (900, 1200)) -> bytes:
    """A phone's HEIC photo with a place."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SecretPhoneMaker"
    pillow_heif.from_pillow(drawing(size)).save(out, quality=80, exif=exif.tobytes())
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A tiny PNG whose header claims any size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def png_text_bomb() -> bytes:
    """A small PNG with a text chunk that unpacks to 200 MB."""
    packed = zlib.compress(b"\0" * 200_000_000, 9)
    plain = saved(drawing((900, 1200)), "PNG")
    return plain[:33] + _chunk(b"zTXt", b"Comment\0\0" + packed) + plain[33:]


def sixteen_bit_png(size: tuple[int, int] = (900, 1200)) -> bytes:
    """Greyscale of 16 bits: the left half white, the right half mid-grey."""
    width, height = size
    half = width // 2
    row = struct.pack("<H", 65535) * half + struct.pack("<H", 32768) * (width - half)
    image = Image.frombytes("I;16", size, row * height)
    return saved(image, "PNG")


def webp_claiming(width: int, height: int, *, animated: bool = False) -> bytes:
    """A WebP that is only an extended header with any canvas."""
    flags = bytes([2 if animated else 0, 0, 0, 0])
    body = flags + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def animated(kind: str) -> bytes:
    """Two frames."""
    frames = [drawing((900, 1200)), drawing((900, 1200), ground="yellow")]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def multi_pass_jpeg(passes: int = 500) -> bytes:
    """A progressive JPEG whose last pass is repeated, to keep a decoder busy."""
    data = saved(drawing(), progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * passes + b"\xff\xd9"


def wide_gamut_jpeg() -> bytes:
    """A JPEG with a colour profile that is not sRGB (here: XYZ-like Lab, which cannot be RGB)."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    return saved(drawing(), icc_profile=profile.tobytes())


def phone_burst() -> bytes:
    """A JPEG that holds a second picture behind the first (MPO), as some phones write."""
    return saved(drawing(), "MPO", save_all=True, append_images=[drawing((90, 120))])


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
PROGRAM = b"MZ\x90\x00" + b"\0" * 200
ZIP = b"PK\x03\x04" + b"\0" * 200
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + b"\0" * 200
AVIF = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf" + b"\0" * 200


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
