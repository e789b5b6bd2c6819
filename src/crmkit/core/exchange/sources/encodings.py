"""In which encoding a text is written: told by its first bytes, by what is valid, or by its letters.

UTF-8 and UTF-16 can be told for sure. Of the one-byte encodings that European programs wrote, one is taken
when its letters, and those of no other, are those of one language; where two would do, a person has to say.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from crmkit.core.errors import Invalid
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SHOWN: Final = {
    "utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32", "cp1250": "Windows-1250", "cp1252": "Windows-1252", "cp1254": "Windows-1254",
    "cp1257": "Windows-1257", "iso8859-2": "ISO 8859-2",
}  # fmt: skip
# The letters beyond a to z of the languages that were written in each encoding.
_CENTRAL: Final = (
    "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţ", "äöüß",
)  # fmt: skip
_WESTERN: Final = (
    "àâæçèéêëîïôœùûüÿ", "áéíñóúü", "áâãàçéêíóôõú", "àèéìíîòóùú", "àçèéíïòóúü", "ëïéèöüáóú", "åäöé", "æøåé",
    "áðéíóúýþæö", "äöüß", "áéíóú",
)  # fmt: skip
_ALPHABETS: Final = {
    "cp1252": _WESTERN,
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1254": ("çğıöşüâîûi̇",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"),
}
_WORDS: Final = re.compile(rb"[A-Za-z]{0,30}[\x80-\xff][A-Za-z\x80-\xff]{0,30}")
_MOST_WORDS: Final = 5_000
_SURE: Final = 0.85
_APART: Final = 0.15


class Guess(NamedTuple):
    """An encoding that may be the text's: `fit` is from 0 to 1, `example` how some words would read."""

    encoding: str
    fit: float
    example: str


def shown(encoding: str) -> str:
    """What people call an encoding."""
    return _SHOWN.get(encoding, encoding)


def known(name: str) -> str:
    """The encoding that somebody means by `name`. Raises `Invalid`."""
    try:
        found = codecs.lookup(name.strip())
    except (LookupError, ValueError):
        found = None
    # The others turn bytes into bytes, or text into text.
    if found is None or not found._is_text_encoding:  # noqa: SLF001 - there is no public way to ask
        raise Invalid(
            phrase("There is no encoding {name}", name=quoted(name)),
            hint="Usual ones are utf-8, utf-16, cp1250 (Windows, Central Europe), cp1252 (Windows, Western "
            "Europe), iso8859-2, cp1251 (Cyrillic), cp1256 (Arabic, Urdu).",
        )
    return {"utf-8-sig": "utf-8", "ascii": "utf-8"}.get(found.name, found.name)


def marked(start: bytes) -> tuple[str, int] | None:
    """The encoding that a byte order mark tells, and the length of the mark."""
    return next(((name, len(mark)) for mark, name in _MARKS if start.startswith(mark)), None)


def wide(start: bytes) -> str | None:
    """`utf-16-le` or `utf-16-be` where a text without a mark is in one of these.

    Line ends have a zero byte then, always on the same side; in a text in another encoding that merely has
    NUL in it most of them have none.
    """
    start = start[: len(start) & ~1]
    if b"\0" not in start:
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        text = start.decode(encoding, "replace")
        ends, octets = _ends(text), _ends(start.decode("latin-1"))
        fits = ends > octets * 0.9 if octets else sum(char < "\x80" for char in text) > len(text) // 2
        if fits and "\0" not in text and text.count("\ufffd") <= 1:
            return encoding
    return None


def _is_utf8(word: bytes) -> bool:
    try:
        word.decode()
    except UnicodeDecodeError:
        return False
    return True


def _ends(text: str) -> int:
    return text.count("\n") + text.count("\r")


def words_in(block: bytes) -> list[bytes]:
    """The words of a block that have a byte beyond ASCII, each once."""
    return list(dict.fromkeys(_WORDS.findall(block)))[:_MOST_WORDS]


def guesses(words: Iterable[bytes]) -> list[Guess]:
    """The one-byte encodings in which `words` may be, the likeliest first; equal readings count once.

    None where most words have no letter of ASCII: they are of another script, where any reading looks right.
    """
    found: dict[str, Guess] = {}
    ours = [word for word in words if not _is_utf8(word)]
    if sum(len(word) > 2 and min(word) > 127 for word in ours) * 2 > len(ours):
        return []
    octets = b" ".join(ours)
    for encoding, alphabets in _ALPHABETS.items():
        try:
            text = octets.decode(encoding)
        except UnicodeDecodeError:
            continue
        fit = max(_fit(text, frozenset(alphabet)) for alphabet in alphabets)
        if text not in found or found[text].fit < fit:
            found[text] = Guess(encoding, fit, _example(text))
    return sorted(found.values(), key=lambda guess: -guess.fit)


def clear_winner(found: list[Guess]) -> Guess | None:
    """The first guess where it is good and no other is nearly as good."""
    if not found or found[0].fit < _SURE:
        return None
    return None if len(found) > 1 and found[1].fit > found[0].fit - _APART else found[0]


def _fit(text: str, alphabet: frozenset[str]) -> float:
    """The share of the characters beyond ASCII that are letters of the alphabet where a letter may be."""
    good = bad = 0
    before = " "
    for char, after in zip(text, text[1:] + " ", strict=True):
        if char >= "\x80":
            if char.lower() in alphabet or (char == "İ" and "ı" in alphabet):
                ok = not (char.isupper() and before.islower())
                good, bad = good + ok, bad + (not ok)
            else:
                bad += not _is_sign(char, before, after)
        before = char
    return good / (good + bad) if good + bad else 0.0


def _is_sign(char: str, before: str, after: str) -> bool:
    """Whether a quotation mark, dash or the like stands where one may stand: not inside a word."""
    return _category(char) in ("Pi", "Pf", "Po", "Ps", "Pe", "Pd", "Zs") and not (
        before.isalpha() and after.isalpha()
    )


@cache
def _category(char: str) -> str:
    return unicodedata.category(char)


def _example(text: str) -> str:
    return ", ".join(sorted(dict.fromkeys(text.split(" ")), key=len, reverse=True)[:2])
