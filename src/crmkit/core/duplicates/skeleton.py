"""Words reduced to what stays when they are misspelt, misheard, or written with letters that look alike.

These forms are for comparing; nobody is shown them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from crmkit.core.normalise import fold

# Sounds that spellings of one name confuse, over the letters that folding leaves. The rest stands for itself.
_SOUNDS: Final = {
    "b": "p", "p": "p", "f": "f", "v": "f", "c": "k", "g": "k", "k": "k", "q": "k", "x": "k",
    "s": "s", "z": "s", "d": "t", "t": "t", "m": "n", "n": "n", "l": "l", "r": "r", "j": "i",
    "a": "", "e": "", "i": "", "o": "", "u": "", "y": "", "h": "", "w": "",
}  # fmt: skip
_DIGRAPHS: Final = (
    ("sch", "s"), ("ph", "f"), ("sh", "s"), ("sz", "s"), ("cz", "s"), ("ch", "k"), ("ck", "k"),
    ("rz", "s"), ("dj", "i"), ("tz", "s"), ("th", "t"), ("kn", "n"), ("wr", "r"),
)  # fmt: skip
# Cyrillic and Greek letters, and a few others, that a reader takes for the Latin ones.
_LOOK_ALIKES: Final = str.maketrans({
    # Cyrillic, by the shape of the small or the capital letter
    "а": "a", "в": "b", "е": "e", "ѕ": "s", "і": "i", "ј": "j", "к": "k", "м": "m", "н": "h", "о": "o",
    "р": "p", "с": "c", "т": "t", "у": "y", "х": "x", "ԛ": "q", "ԝ": "w", "һ": "h", "ԁ": "d", "ӏ": "l",
    "ь": "b", "ѡ": "w", "з": "3", "г": "r",
    # Greek
    "α": "a", "β": "b", "ε": "e", "ζ": "z", "η": "h", "ι": "i", "κ": "k", "μ": "m", "ν": "n", "ο": "o",
    "ρ": "p", "τ": "t", "υ": "y", "χ": "x", "ϲ": "c", "ϳ": "j", "ω": "w",
    # Armenian, and digits among letters
    "օ": "o", "ս": "u", "ո": "n", "հ": "h", "ց": "g", "0": "o", "1": "l",
})  # fmt: skip
_HIDDEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e007f]"
)
_REMEMBERED: Final = 100_000


@lru_cache(_REMEMBERED)
def sounds(word: str) -> str:
    """The consonants that are heard in a folded word, at most six: `kowalska` and `covalsca` are `kfslsk`."""
    for written, heard in _DIGRAPHS:
        word = word.replace(written, heard)
    first = "a" if word[:1] in tuple("aeiouyhw") else ""
    codes = [first] if first else []
    for char in word:
        code = _SOUNDS.get(char, char)
        if code and code != (codes[-1] if codes else ""):
            codes.append(code)
    return "".join(codes[:6])


def looks(text: str) -> str:
    """`text` folded, with every letter replaced by the Latin one that it looks like."""
    return fold(text).translate(_LOOK_ALIKES)


def is_disguised(text: str) -> bool:
    """Whether `text` holds characters nobody sees, or mixes scripts whose letters look alike in one word."""
    if text.isascii():
        return False
    return _HIDDEN.search(text) is not None or any(_mixes(word) for word in text.split())


def _mixes(word: str) -> bool:
    scripts = {script for char in word if (script := _script(char))}
    return len(scripts) > 1


def _script(char: str) -> str:
    if char.isascii():
        return "LATIN" if char.isalpha() else ""
    if not char.isalpha():
        return ""
    first = unicodedata.name(char, "").split(" ", 1)[0]
    return first if first in ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC") else ""
