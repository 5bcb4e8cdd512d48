"""What a file really is, by its first bytes; names and declared types are not believed (P-18, Q-11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from xinglin.kernel.errors import DomainError

MAX_BYTES = 10 * 1024 * 1024
MAX_JPEG_SCANS = 64
ACCEPTED = "请上传 JPG、PNG、WebP 或 HEIC 图片"


class BadUpload(DomainError):
    """The uploaded file was refused; nothing was stored. The message says what it is and what to do."""


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The true format, and the pixel size where the header must be read before any decoder sees it."""

    format: str
    size: tuple[int, int] | None = None


_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "这是 PDF 文件，不是图片。请拍照，或把这一页另存为图片后上传"),
    (b"GIF8", "不支持 GIF 图片"),
    (b"BM", "不支持 BMP 图片，文件太大且没有压缩"),
    (b"II*\x00", "不支持 TIFF 图片"),
    (b"MM\x00*", "不支持 TIFF 图片"),
    (b"PK\x03\x04", "这是压缩包或 Office 文档，不是图片"),
    (b"\xd0\xcf\x11\xe0", "这是 Office 文档，不是图片"),
    (b"Rar!", "这是压缩包，不是图片"),
    (b"7z\xbc\xaf", "这是压缩包，不是图片"),
    (b"MZ", "这是程序文件，不是图片"),
    (b"\x7fELF", "这是程序文件，不是图片"),
)


def sniff_picture(data: bytes) -> Sniffed:
    """The picture format (JPEG, PNG, WEBP or HEIF). Raises BadUpload with the reason for anything else."""
    check_size(data)
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Sniffed("PNG")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    if data[4:8] == b"ftyp":
        return _iso_media(data)
    for magic, reason in _REFUSED:
        if data.startswith(magic):
            raise BadUpload(f"{reason}。{ACCEPTED}。")
    if _looks_like_markup(data):
        raise BadUpload(f"这是网页或 SVG 文件，里面可能有程序，不能上传。{ACCEPTED}。")
    raise BadUpload(f"认不出这是什么文件，它的内容不是图片。{ACCEPTED}。")


def sniff_pdf(data: bytes) -> None:
    """Check that an attachment is a whole PDF. Raises BadUpload."""
    check_size(data)
    if not data.startswith(b"%PDF-"):
        raise BadUpload("这个文件的内容不是 PDF。附件请上传 PDF 或图片（JPG、PNG、WebP、HEIC）。")
    if b"%%EOF" not in data[-2048:]:
        raise BadUpload("这个 PDF 不完整，可能没有传完。请重新导出后上传。")


def check_size(data: bytes) -> None:
    """Raises BadUpload for an empty file and for one above 10 MB."""
    if not data:
        raise BadUpload("文件是空的（0 字节），可能没有传完。请重新选择。")
    if len(data) > MAX_BYTES:
        refuse_large(len(data))


def refuse_large(size: int) -> NoReturn:
    """Raises BadUpload for a file of `size` bytes."""
    raise BadUpload(f"文件有 {size / 1048576:.1f} MB，超过了 10 MB。请用手机重新拍一张，或压缩后再传。")


def _jpeg(data: bytes) -> Sniffed:
    """A progressive JPEG of thousands of passes keeps a decoder busy for minutes."""
    if data.count(b"\xff\xda") > MAX_JPEG_SCANS:
        raise BadUpload(f"这张图片的内部结构不正常，不能处理。请重新拍照。{ACCEPTED}。")
    return Sniffed("JPEG")


def _webp(data: bytes) -> Sniffed:
    """The decoder reserves the whole canvas when it opens a WebP, so the size is read here first."""
    chunk = data[12:16]
    if len(data) < 30:
        raise BadUpload(f"图片不完整，可能没有传完。请重新上传。{ACCEPTED}。")
    if chunk == b"VP8X":
        if data[20] & 0x02:
            raise BadUpload("不支持动图。请上传一张静止的图片。")
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    elif chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif chunk == b"VP8 ":
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (26, 28))
    else:
        raise BadUpload(f"这张 WebP 图片的内容不正常，不能处理。{ACCEPTED}。")
    return Sniffed("WEBP", (width, height))


def _iso_media(data: bytes) -> Sniffed:
    length = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[at : at + 4] for at in range(8, length - 3, 4)}
    if data[8:12] in (b"avif", b"avis"):
        raise BadUpload(f"不支持 AVIF 图片。{ACCEPTED}。")
    if brands & _HEIC_BRANDS:
        return Sniffed("HEIF")
    raise BadUpload(f"这是视频或其他媒体文件，不是图片。{ACCEPTED}。")


def _looks_like_markup(data: bytes) -> bool:
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<?xml", b"<svg", b"<!doctype", b"<html", b"<!--", b"<script"))
