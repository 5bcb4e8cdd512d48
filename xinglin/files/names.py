"""File names for downloads."""

import re
import unicodedata

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u2028-\u202e\u2066-\u2069]')


def safe(name: str, extension: str) -> str:
    """The uploader's file name without path, control and direction characters, at most 100 long, with our extension."""
    stem = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    stem = _UNSAFE.sub("", stem.rsplit(".", 1)[0]).strip(" .")[:100]
    return f"{stem or '附件'}.{extension}"
