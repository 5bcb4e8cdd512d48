"""Personal names (P-25): any character of GB 18030-2022, one kind of middle dot, at most 50 characters."""

import re
import unicodedata

from xinglin.kernel import text

MAX_LENGTH = 50
HAN = (
    "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002ebef\U0002ebf0-\U0002ee5d"
    "\U0002f800-\U0002fa1f\U00030000-\U000323af"
)
_DOTS = re.compile(r"\s*[·•・‧∙⋅･᛫ᐧ•]\s*")
_POINT_AFTER_HAN = re.compile(f"(?<=[{HAN}])\\s*[.．。]\\s*(?=[{HAN}])")
_SPACE_BESIDE_HAN = re.compile(f"(?<=[{HAN}]) | (?=[{HAN}])")
_QUOTES = {ord("’"): "'", ord("‘"): "'", ord("ʼ"): "'", ord("´"): "'", ord("`"): "'", ord("＇"): "'", ord("．"): "."}
_HYPHENS = {ord(dash): "-" for dash in "‐‑‒–—−－﹣"}
# Characters that GBK-era systems kept in the private use area, with their places since GB 18030-2005 and -2022.
_PRIVATE_USE = {
    0xE816: "\U00020087", 0xE817: "\U00020089", 0xE818: "\U000200cc", 0xE81E: "\u9fb4", 0xE826: "\u9fb5",
    0xE82B: "\u9fb6", 0xE82C: "\u9fb7", 0xE831: "\U000215d7", 0xE832: "\u9fb8", 0xE83B: "\U0002298f",
    0xE843: "\u9fb9", 0xE854: "\u9fba", 0xE855: "\U000241fe", 0xE864: "\u9fbb",
}  # fmt: skip


def tidied(value: object) -> str:
    """A name or a part of one, spelt as stored names are; for looking names up, so nothing is refused."""
    name = text.normalise(value).translate(_PRIVATE_USE).translate(_QUOTES).translate(_HYPHENS)
    name = _POINT_AFTER_HAN.sub("·", _DOTS.sub("·", name))
    return _SPACE_BESIDE_HAN.sub("", name)


def clean_name(value: object) -> str:
    """The name as it is stored.

    Raises ValueError with a Chinese reason for an empty name, a single character, digits, signs, emoji,
    characters that no standard knows, or more than 50 characters.
    """
    name = tidied(value)
    if not name:
        raise ValueError("姓名没有填写")
    for character in name:
        if reason := _refusal(character):
            raise ValueError(reason)
    if len(name) > MAX_LENGTH:
        raise ValueError(f"姓名有 {len(name)} 个字，最多 {MAX_LENGTH} 个字")
    if len(name) < 2:
        raise ValueError("姓名只有 1 个字，请填写完整姓名")
    if name[0] in "·-.' " or name[-1] in "·-' " or "··" in name:
        raise ValueError("姓名的开头、结尾不能是间隔号，间隔号也不能连用")
    return name


def _refusal(character: str) -> str:
    if character in "·-.' ":
        return ""
    category = unicodedata.category(character)
    if category[0] in "LM":
        return ""
    if category[0] == "N" and character != "〇":
        return f"姓名中不能有数字“{character}”"
    if character == "〇":
        return ""
    if category == "Co":
        return "姓名中有自造字（私用区字符），请用国家标准 GB 18030 中的字"
    if category in {"Cn", "Cs"} or character == "\ufffd":
        return "姓名中有无法识别的字符（乱码），请重新填写"
    return f"姓名中不能有“{character}”"
