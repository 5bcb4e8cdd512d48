"""Which label somebody meant: aliases first, then likeness of characters, then of sound (P-16). Pure."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from pypinyin import lazy_pinyin

from xinglin.kernel import text

LIKE_ENOUGH = 0.6
CLEARLY_ALIKE = 0.85  # from here on the sound is not asked
SOUND_WEIGHT = 0.97  # the same sound is a little less than the same character
_LOOKED_AT = 40
_UNTOLD = re.compile("^[zcs]h|ng$")
# A spelling as characters or as syllables, its parts as a set, and the label it stands for.
_Known = tuple[Sequence[str], frozenset[str], str]


class Spellings:
    """All ways to write the labels of one table, prepared for `nearest`. Built once for each version of a table."""

    def __init__(self, spellings: Iterable[tuple[str, str]]) -> None:
        """spellings: (label or short label or alias, label). A way that several labels share suggests none."""
        self._known: list[_Known] = []
        meant: dict[str, set[str]] = {}
        for way, label in spellings:
            if folded := text.fold(way):
                self._known.append((folded, frozenset(folded), label))
                meant.setdefault(folded, set()).add(label)
        self._exact = {way: labels.pop() if len(labels) == 1 else None for way, labels in meant.items()}
        self._sounds: list[_Known] | None = None

    def nearest(self, typed: str) -> str | None:
        """The label that is most like the text, None when none is like enough. Ties go to the earlier entry."""
        folded = text.fold(typed)
        if not folded:
            return None
        if folded in self._exact:
            return self._exact[folded]
        score, label = _best(folded, frozenset(folded), self._known)
        if score < CLEARLY_ALIKE:
            sound, heard = _best(_syllables(folded), frozenset(_syllables(folded)), self._by_sound())
            if sound * SOUND_WEIGHT > score:
                score, label = sound * SOUND_WEIGHT, heard
        return label if score >= LIKE_ENOUGH else None

    def _by_sound(self) -> list[_Known]:
        if self._sounds is None:
            spoken = ((_syllables(way), label) for way, _, label in self._known)
            self._sounds = [(syllables, frozenset(syllables), label) for syllables, label in spoken]
        return self._sounds


def _best(typed: Sequence[str], parts: frozenset[str], known: list[_Known]) -> tuple[float, str | None]:
    """The likeness (0 to 1) and label of the best; only the spellings that share most parts are compared closely."""
    shared = [
        (2 * len(parts & theirs) / (len(parts) + len(theirs)), -place, way, label)
        for place, (way, theirs, label) in enumerate(known)
        if not parts.isdisjoint(theirs)
    ]
    best: tuple[float, str | None] = (0.0, None)
    for _, _, way, label in sorted(shared, reverse=True)[:_LOOKED_AT]:
        ratio = SequenceMatcher(None, typed, way, autojunk=False).ratio()
        if ratio > best[0]:
            best = (ratio, label)
    return best


@lru_cache(maxsize=20_000)
def _syllables(word: str) -> tuple[str, ...]:
    """Pinyin without tones; the sounds that many speakers do not tell apart (zh and z, ing and in) made one."""
    return tuple(_UNTOLD.sub(lambda match: match[0][0], syllable) for syllable in lazy_pinyin(word))
