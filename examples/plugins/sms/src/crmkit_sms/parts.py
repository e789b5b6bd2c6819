"""How many parts a text message has: each part is paid for.

Whoever writes with the letters of GSM 03.38 has 160 of them, of which some count twice; anything else, such
as `ł` or an emoji, makes all of it UCS-2, with 70. A longer message is sent in parts, each of which loses a
few to the number of its place. No letter is cut in two.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import frozen

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE: Final = frozenset("^{}\\[~]|€\f")
_GSM: Final = (160, 153)
_UCS2: Final = (70, 67)


@frozen
class Length:
    """How a text is sent: `encoding` is `GSM-7` or `UCS-2`, `units` counts what of it is paid for."""

    encoding: str
    units: int
    parts: int


def length_of(text: str) -> Length:
    """The length of a text message."""
    if all(sign in _BASIC or sign in _TWICE for sign in text):
        return _length("GSM-7", [2 if sign in _TWICE else 1 for sign in text], *_GSM)
    return _length("UCS-2", [2 if ord(sign) > 0xFFFF else 1 for sign in text], *_UCS2)


def unusual(text: str) -> str:
    """The letters that make a message UCS-2, each once, in their order."""
    return "".join(dict.fromkeys(sign for sign in text if sign not in _BASIC and sign not in _TWICE))


def _length(encoding: str, widths: list[int], single: int, each: int) -> Length:
    units = sum(widths)
    return Length(encoding, units, 1 if units <= single else _packed(widths, each))


def _packed(widths: Iterable[int], each: int) -> int:
    """How many parts of `each` units it takes where nothing wider than one is cut in two."""
    parts, left = 1, each
    for width in widths:
        if width > left:
            parts, left = parts + 1, each
        left -= width
    return parts
