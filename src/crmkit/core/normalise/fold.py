"""Text as search sees it: one folded form that both full-text engines split alike.

The fold works character by character, so folding a prefix gives a prefix of the fold. What remains are
letters without accents, ASCII digits and single spaces, hence SQLite's `unicode61` and PostgreSQL's `simple`
find the same words, and neither engine's own idea of case or accents matters.
"""

from __future__ import annotations

import unicodedata
from functools import cache

# Letters that Unicode does not decompose although people type them without the stroke or as two letters.
_PLAIN_LETTERS = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ĸ": "k", "ŋ": "n", "ƀ": "b",
    "ɨ": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th",
}  # fmt: skip

# Arabic, Persian and Urdu keyboards make different letters for what a reader takes as one. The hamza on its
# carrier (أ إ آ ؤ ئ ۀ ۂ) needs no row: it decomposes into the carrier and a mark.
_ARABIC_LETTERS = {
    "\u06cc": "\u064a",  # Farsi yeh
    "\u0649": "\u064a",  # alef maksura
    "\u06d0": "\u064a",  # yeh with two dots one above the other
    "\u06a9": "\u0643",  # keheh
    "\u06aa": "\u0643",  # swash kaf
    "\u0629": "\u0647",  # teh marbuta
    "\u06c1": "\u0647",  # heh goal
    "\u06c3": "\u0647",  # teh marbuta goal
    "\u06be": "\u0647",  # heh doachashmee
    "\u06d5": "\u0647",  # ae
    "\u0671": "\u0627",  # alef wasla
    "\u0672": "\u0627",  # alef with wavy hamza above
    "\u0673": "\u0627",  # alef with wavy hamza below
    "\u0674": "",  # high hamza
    "\u0640": "",  # tatweel
    "\u06e5": "",  # small waw
    "\u06e6": "",  # small yeh
}

# Other rare characters are folded afresh each time: hostile text must not fill the memory.
_REMEMBERED_CHARACTERS = 20_000


def fold(text: str) -> str:
    """`text` for search: lower-case words of letters and digits, with single spaces between.

    Accents, harakat and other combining marks go (for scripts that write vowels as marks the consonants
    remain), as do tatweel, joiners, zero-width and bidirectional controls. `Łódź` becomes `lodz`, `Straße`
    `strasse`, digits of every script ASCII. Everything else parts words. `fold(fold(x)) == fold(x)`.
    """
    if text.isascii():
        return " ".join(text.encode().translate(_ascii_table()).decode().split())
    return " ".join(text.translate(_table()).split())


def fold_digits(phone: str) -> str:
    """The digits of `phone` in ASCII, nothing between: `"+48 22 123"` becomes `"4822123"`."""
    if phone.isascii():
        return "".join(filter(str.isdecimal, phone))
    return "".join([str(unicodedata.decimal(char)) for char in phone if char.isdecimal()])


class _FoldTable(dict[int, str]):
    """A translate table that works out each character when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(self) < _REMEMBERED_CHARACTERS:
            self[code] = folded
        return folded


@cache
def _ascii_table() -> bytes:
    return "".join(map(_fold_character, map(chr, range(128)))).encode() + bytes(128)


@cache
def _table() -> _FoldTable:
    return _FoldTable()


def _fold_character(char: str) -> str:
    """The fixed point of `_fold_once`, so that folding twice changes nothing."""
    before, after = char, _fold_once(char)
    while after != before:
        before, after = after, _fold_once(after)
    return after


def _fold_once(text: str) -> str:
    bare = _without_marks(unicodedata.normalize("NFKD", text))
    bare = _without_marks(unicodedata.normalize("NFKD", bare.casefold()))
    return "".join([_fold_letter(char) for char in bare])


def _without_marks(text: str) -> str:
    return "".join([char for char in text if unicodedata.category(char)[0] != "M"])


def _fold_letter(char: str) -> str:
    plain = _PLAIN_LETTERS.get(char)
    if plain is None:
        plain = _ARABIC_LETTERS.get(char)
    if plain is not None:
        return plain
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Cf":
        return ""
    # Spacing modifier letters are mostly apostrophes of other keyboards, and part words as ' does.
    is_apostrophe = "\u02b0" <= char <= "\u02ff"
    return char if category[0] == "L" and not is_apostrophe else " "
