"""The two puzzles of the sign-in page: a picture with digits, or work that the browser does by itself (P-04).

Both are signed tokens that the page carries; nothing is stored until one is handed in, and each is taken once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from io import BytesIO

from captcha.image import ImageCaptcha
from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

from xinglin.kernel import clock, text
from xinglin.kernel.errors import Refused

from .actions import claim_token

LIFETIME = timedelta(minutes=5)
LENGTH = 4
WIDTH, HEIGHT = 120, 42  # CSS pixels; drawn at twice the size
WORK_BITS = 17  # leading zero bits: about 130,000 tries, a second or two on a phone
PICTURE, WORK = "picture", "work"


@dataclass(frozen=True, slots=True)
class Puzzle:
    """What the page needs: ``picture`` as a data address with its token, and the token of the work."""

    picture: str
    picture_token: str
    work_token: str
    work_bits: int = WORK_BITS


def make_puzzle() -> Puzzle:
    """A fresh pair of puzzles; the answer is in the token only as a keyed hash."""
    answer = settings.XINGLIN_FIXED_CAPTCHA or "".join(secrets.choice("0123456789") for _ in range(LENGTH))
    nonce = secrets.token_urlsafe(16)
    return Puzzle(
        picture=_draw(answer),
        picture_token=signing.dumps([PICTURE, nonce, _digest(nonce, answer)], salt=PICTURE),
        work_token=signing.dumps([WORK, secrets.token_urlsafe(16)], salt=WORK),
    )


def check_picture(token: str, answer: str) -> None:
    """Raises Refused when the digits are wrong, the picture is too old, or it was handed in before."""
    content = _open(token, PICTURE)
    right = hmac.compare_digest(content[2], _digest(content[1], text.normalise_code(answer)))
    if not _claim(content[1]):
        raise Refused("这张验证码已经用过，请看新的图片再填一次。", field="answer")
    if not right:
        raise Refused("验证码不对，请看新的图片再填一次。", field="answer")


def check_work(token: str, solution: str) -> None:
    """Raises Refused unless SHA-256 of ``token:solution`` begins with WORK_BITS zero bits, once."""
    content = _open(token, WORK)
    digest = hashlib.sha256(f"{token}:{solution}".encode()).digest()
    done = len(solution) <= 20 and int.from_bytes(digest[:4], "big") >> (32 - WORK_BITS) == 0
    if not done or not _claim(content[1]):
        raise Refused("浏览器验证没有通过，请再验证一次，或改填图片验证码。", field="answer")


def check(sent: Mapping[str, str]) -> None:
    """Whichever of the two the page handed in. Raises Refused."""
    if sent.get("work"):
        check_work(sent.get("work_token", ""), sent["work"])
    else:
        check_picture(sent.get("picture_token", ""), sent.get("answer", ""))


def _open(token: str, kind: str) -> list[str]:
    try:
        return signing.loads(token, salt=kind, max_age=LIFETIME)
    except signing.SignatureExpired:
        raise Refused("验证码已过期（5 分钟），请看新的图片再填一次。", field="answer") from None
    except signing.BadSignature:
        raise Refused("验证码已失效，请看新的图片再填一次。", field="answer") from None


def _claim(nonce: str) -> bool:
    return claim_token(nonce, clock.now() + LIFETIME)


def _digest(nonce: str, answer: str) -> str:
    return salted_hmac("xinglin.captcha", f"{nonce}:{answer}", algorithm="sha256").hexdigest()


class _Painter(ImageCaptcha):
    """Digits stand apart and fill the picture: people must be able to read them."""

    character_offset_dx = (8, 16)
    character_rotate = (-22, 22)
    word_space_probability = 1.0
    word_offset_dx = 0.08


@cache
def _painter() -> ImageCaptcha:
    return _Painter(width=WIDTH * 2, height=HEIGHT * 2, font_sizes=(66, 72, 78))


def _draw(answer: str) -> str:
    colour = secrets.choice(((14, 98, 93), (122, 60, 12), (29, 91, 158)))
    image = _painter().generate_image(answer, bg_color=(246, 245, 240), fg_color=colour).quantize(16)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
