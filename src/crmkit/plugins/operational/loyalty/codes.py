"""Codes of coupons: such as `K7QM-4XWP-T9RA`, without 0, O, 1 and I, the last character being the check.

The check is Luhn's algorithm over an alphabet of 32: it finds every single wrong character and nearly every
two neighbours that changed places.
"""

from __future__ import annotations

from random import Random
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
# Without the check: 55 bits, so that nobody finds one by trying.
_LENGTH: Final = 11
_GROUP: Final = 4


def new_code(random: Random) -> str:
    """A code that nobody can guess, in its written form."""
    body = "".join(random.choice(ALPHABET) for _ in range(_LENGTH))
    return shown(body + _check(body))


def shown(code: str) -> str:
    """Its groups of four."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def read_code(written: str) -> str | None:
    """The code that somebody wrote or said, with or without hyphens and capitals; None for a mistake."""
    code = "".join(written.upper().split()).replace("-", "")
    if len(code) != _LENGTH + 1 or any(each not in ALPHABET for each in code):
        return None
    return shown(code) if _check(code[:-1]) == code[-1] else None


def _check(body: str) -> str:
    size, total = len(ALPHABET), 0
    for place, char in enumerate(reversed(body)):
        doubled = ALPHABET.index(char) * (1 if place % 2 else 2)
        total += doubled // size + doubled % size
    return ALPHABET[-total % size]
