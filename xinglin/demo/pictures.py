"""Invented pictures for the demo and the tests: portraits, ID pages, certificates. The same seed gives the same bytes.

Everything is drawn, nobody is portrayed; pages carry the watermark 样张 and no readable name or number.
"""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw

PORTRAIT_SIZE = (420, 637)
PAGE_SIZE = (640, 404)
CERTIFICATE_SIZE = (600, 424)

_SKIN = ("#f3d2b8", "#ecc5a5", "#e4b694", "#f6dcc6")
_HAIR = ("#1d1a1a", "#2b211d", "#3a2a22", "#151a22")
_CLOTHES = ("#f7f9fa", "#e9f1f0", "#dfe8ee", "#2f4858", "#54606b")
_PAPER = ("#f4efe2", "#eef3ee", "#f1ecf2", "#eef1f6")
_SEAL = "#c2463a"
_WATERMARK = (190, 120, 110)

LONG_HAIR = {"1": False, "2": True}

# Strokes of 样 and 张 in a box of 10 × 10, as broken lines.
_YANG = (
    ((0, 3), (4, 3)), ((2, 0), (2, 10)), ((2, 3), (0, 7)), ((2, 4), (4, 6)), ((5.5, 0), (6.2, 1.6)),
    ((9, 0), (8.2, 1.6)), ((5, 2.4), (9.8, 2.4)), ((5.4, 4.8), (9.4, 4.8)), ((4.8, 7.2), (10, 7.2)),
    ((7.4, 2.4), (7.4, 10)),
)  # fmt: skip
_ZHANG = (
    ((0, 1), (3.6, 1), (3.6, 3.6), (0.3, 3.6)), ((0.3, 3.6), (0.2, 6), (3.8, 6), (3.4, 9.6), (2.4, 9)),
    ((9, 0.6), (6.4, 2.8)), ((4.8, 4.6), (10, 4.6)), ((6.2, 0), (6.2, 9.4), (7.8, 8.4)), ((6.6, 4.8), (10, 9.6)),
)  # fmt: skip


def portrait(seed: int, sex: str = "") -> bytes:
    """A 2-inch photo on white: JPEG, 420 × 637 pixels. ``sex``: code of GB/T 2261.1, decides the length of the hair."""
    rng = random.Random(f"portrait-{seed}")
    image = Image.new("RGB", PORTRAIT_SIZE, "white")
    draw = ImageDraw.Draw(image)
    skin, hair, clothes = rng.choice(_SKIN), rng.choice(_HAIR), rng.choice(_CLOTHES)
    face, long_hair, glasses = rng.randint(88, 104), rng.random() < 0.5, rng.random() < 0.35
    if sex in LONG_HAIR:
        long_hair = LONG_HAIR[sex]
    middle, eyes = 210, rng.randint(262, 274)
    if long_hair:
        draw.rounded_rectangle((middle - face - 22, 150, middle + face + 22, 470), 90, fill=hair)
    draw.rectangle((middle - 42, 340, middle + 42, 470), fill=skin)
    draw.ellipse((-20, 438, 440, 900), fill=clothes, outline="#b9c4c9", width=2)
    draw.polygon(((middle - 62, 445), (middle, 540), (middle + 62, 445)), fill=skin)
    draw.line(((middle - 66, 440), (middle, 548), (middle + 66, 440)), fill="#9aa7ad", width=5)
    draw.ellipse((middle - face, 148, middle + face, 402), fill=skin)
    draw.pieslice((middle - face - 8, 122, middle + face + 8, 350), 180, 360, fill=hair)
    draw.ellipse((middle - face + 6, 206, middle + face - 6, 300), fill=skin)
    for side in (-1, 1):
        at = middle + side * 42
        draw.ellipse((at - 9, eyes - 6, at + 9, eyes + 6), fill="#2a2422")
        draw.arc((at - 20, eyes - 30, at + 20, eyes - 6), 200, 340, fill=hair, width=5)
        if glasses:
            draw.rounded_rectangle((at - 28, eyes - 19, at + 28, eyes + 19), 12, outline="#4a5258", width=4)
    draw.line(((middle, eyes + 12), (middle - 7, eyes + 44), (middle + 5, eyes + 46)), fill="#b98f73", width=4)
    draw.arc((middle - 28, eyes + 44, middle + 28, eyes + 84), 25, 155, fill="#a85848", width=5)
    return _jpeg(image)


def id_front(seed: int, sex: str = "") -> bytes:
    """The page with the portrait, every text a grey bar: JPEG, 640 × 404 pixels. ``sex`` as in `portrait`."""
    rng = random.Random(f"front-{seed}")
    image, draw = _page(rng, PAGE_SIZE)
    for row, (left, width) in enumerate(((48, 150), (48, 90), (48, 220), (48, 290), (48, 240))):
        _bar(draw, left, 52 + row * 48, width + rng.randint(-12, 12))
    _bar(draw, 48, 346, 380, dark=True)
    draw.rounded_rectangle((440, 52, 596, 268), 8, fill="#ffffff", outline="#c8cfd2")
    skin, hair = rng.choice(_SKIN), rng.choice(_HAIR)
    if LONG_HAIR.get(sex):
        draw.rounded_rectangle((470, 84, 566, 206), 40, fill=hair)
    draw.ellipse((482, 90, 554, 176), fill=skin)
    draw.pieslice((478, 82, 558, 166), 180, 360, fill=hair)
    draw.pieslice((456, 190, 580, 346), 180, 360, fill=rng.choice(_CLOTHES), outline="#b9c4c9")
    _watermark(draw, PAGE_SIZE)
    return _jpeg(image)


def id_back(seed: int) -> bytes:
    """The other page, with an invented emblem: JPEG, 640 × 404 pixels."""
    rng = random.Random(f"back-{seed}")
    image, draw = _page(rng, PAGE_SIZE)
    draw.ellipse((48, 44, 148, 144), fill=_SEAL)
    for x, y in ((98, 70), (74, 88), (122, 88), (84, 114), (112, 114)):
        draw.ellipse((x - 11, y - 11, x + 11, y + 11), fill="#f6d38b")
    for left, top, width in ((190, 60, 320), (190, 106, 260), (150, 292, 300), (150, 340, 340)):
        _bar(draw, left, top, width + rng.randint(-14, 14), dark=top < 120)
    _watermark(draw, PAGE_SIZE)
    return _jpeg(image)


def certificate(seed: int) -> bytes:
    """A diploma, degree or qualification certificate: JPEG, 600 × 424 pixels."""
    rng = random.Random(f"certificate-{seed}")
    image, draw = _page(rng, CERTIFICATE_SIZE)
    draw.rectangle((16, 16, 583, 407), outline="#b08d4c", width=5)
    draw.rectangle((26, 26, 573, 397), outline="#d8c490", width=2)
    _bar(draw, 190, 58, 220, dark=True, height=26)
    for row in range(4):
        _bar(draw, 64, 126 + row * 40, 460 - row * rng.randint(10, 40))
    draw.ellipse((428, 262, 528, 362), outline=_SEAL, width=6)
    draw.ellipse((466, 300, 490, 324), fill=_SEAL)
    _bar(draw, 64, 320, 150)
    _watermark(draw, CERTIFICATE_SIZE)
    return _jpeg(image)


def _page(rng: random.Random, size: tuple[int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", size, rng.choice(_PAPER))
    draw = ImageDraw.Draw(image)
    shift = rng.randint(0, 40)
    for at in range(-size[1] + shift, size[0], 44):
        draw.arc((at, -60, at + size[1], size[1] + 60), 300, 60, fill="#dfe5e0", width=2)
    draw.rectangle((0, 0, size[0] - 1, size[1] - 1), outline="#c3cbcd", width=3)
    return image, draw


def _bar(draw: ImageDraw.ImageDraw, left: int, top: int, width: int, *, dark: bool = False, height: int = 18) -> None:
    fill = "#5f6b70" if dark else "#9aa6aa"
    draw.rounded_rectangle((left, top, left + width, top + height), height // 2, fill=fill)


def _watermark(draw: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    """样张 across the middle, drawn by strokes, so that no font is needed."""
    unit = size[1] / 22
    top = size[1] / 2 - unit * 5
    for left, strokes in ((size[0] / 2 - unit * 12, _YANG), (size[0] / 2 + unit * 2, _ZHANG)):
        for stroke in strokes:
            points = [(left + x * unit, top + y * unit) for x, y in stroke]
            draw.line(points, fill=_WATERMARK, width=7, joint="curve")


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()
