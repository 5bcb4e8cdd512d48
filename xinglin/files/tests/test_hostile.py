"""Hostile uploads: a clear reason in Chinese, in bounded memory and time (Q-11, P-18)."""

import random
import resource
import time
from contextlib import suppress

import pytest

from xinglin.files import decoding
from xinglin.files.enums import FileKind
from xinglin.files.rendering import render
from xinglin.files.sniffing import MAX_BYTES, BadUpload, sniff_pdf
from xinglin.files.tests import pictures

pytestmark = [pytest.mark.req("Q-11"), pytest.mark.req("P-18")]

WHOLE = pictures.saved(pictures.drawing())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "0 字节"),
        (b"\xff", "认不出"),
        (b"\xff\xd8\xff", "不完整"),
        (pictures.SVG, "SVG"),
        (b"\xef\xbb\xbf  \n" + pictures.SVG, "SVG"),
        (pictures.HTML, "网页"),
        (pictures.PDF, "PDF"),
        (pictures.PROGRAM, "程序"),
        (pictures.ZIP, "Office"),
        (pictures.MP4, "视频"),
        (pictures.AVIF, "AVIF"),
        (pictures.saved(pictures.drawing(mode="P"), "GIF"), "GIF"),
        (pictures.animated("GIF"), "GIF"),
        (pictures.saved(pictures.drawing(), "BMP"), "BMP"),
        (pictures.saved(pictures.drawing(), "TIFF"), "TIFF"),
        (pictures.animated("PNG"), "动图"),
        (pictures.animated("WEBP"), "动图"),
        (pictures.webp_claiming(100, 100, animated=True), "动图"),
        (pictures.webp_claiming(16383, 16383), "5000 万"),
        (pictures.webp_claiming(900, 1200), "不完整"),
        (pictures.png_claiming(60_000, 60_000), "5000 万"),
        (pictures.png_claiming(2**31 - 1, 2**31 - 1), "5000 万"),
        (pictures.png_claiming(8192, 6145), "5000 万"),
        (pictures.png_claiming(20_000, 10), "5000 万"),
        (pictures.png_claiming(0, 10), "完整"),
        (pictures.png_claiming(4000, 4000), "不完整"),
        (pictures.png_text_bomb(), "不完整"),
        (pictures.multi_pass_jpeg(), "内部结构"),
        (WHOLE[: len(WHOLE) // 2], "不完整"),
        (WHOLE[:-200], "不完整"),
        (pictures.saved(pictures.drawing(), "PNG")[:-60], "不完整"),
        (pictures.saved(pictures.drawing(), "WEBP")[:-500], "不完整"),
        (pictures.heic()[:-2000], "不完整"),
        (pictures.heic()[:60], "不完整"),
        (pictures.saved(pictures.drawing((20, 20))), "像素"),
        (WHOLE + b"\0" * MAX_BYTES, "10 MB"),
    ],
)
def test_refused_with_the_reason(data: bytes, reason: str) -> None:
    started = time.process_time()
    with pytest.raises(BadUpload, match=reason) as caught:
        render(data, FileKind.SCAN)
    assert time.process_time() - started < 5
    assert not any(word in caught.value.message.lower() for word in ("error", "exception", "none"))


def test_damaged_bytes_never_raise_anything_else() -> None:
    """Thousands of flipped bytes, in every format: a picture or a refusal, nothing else."""
    rng = random.Random(7)
    small = pictures.drawing((300, 420))
    sources = [pictures.saved(small, kind) for kind in ("JPEG", "PNG", "WEBP")] + [pictures.heic((300, 420))]
    for _ in range(60):
        for source in sources:
            data = bytearray(source)
            for _ in range(rng.randint(1, 12)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            with suppress(BadUpload):
                assert render(bytes(data), FileKind.SCAN).data


def test_code_behind_a_true_picture_is_not_stored() -> None:
    """A file that is a picture and a web page at once keeps only the picture."""
    picture = render(WHOLE + pictures.HTML, FileKind.SCAN)
    assert b"script" not in picture.data


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_largest_picture_stays_within_memory(kind: str) -> None:
    """Peak of the process while the largest admitted picture is decoded: at most 1.5 GB."""
    image = pictures.drawing((7000, 7000))
    data = pictures.saved(image, kind)
    del image
    render(data, FileKind.SCAN)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_500_000


def test_a_crowd_waits_its_turn_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "WAIT_SECONDS", 0.01)
    with decoding._turn, pytest.raises(BadUpload, match="稍等"):
        render(WHOLE, FileKind.SCAN)


@pytest.mark.parametrize(("data", "reason"), [(WHOLE, "不是 PDF"), (pictures.PDF[:-10], "不完整"), (b"", "0 字节")])
def test_attachment_must_be_a_whole_pdf(data: bytes, reason: str) -> None:
    with pytest.raises(BadUpload, match=reason):
        sniff_pdf(data)
