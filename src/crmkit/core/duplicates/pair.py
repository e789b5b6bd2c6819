"""A pair of customers as one number: dictionaries of a million of them stay small."""

from __future__ import annotations

from typing import Final

_SHIFT: Final = 63
_LOWER: Final = (1 << _SHIFT) - 1


def pair_key(a: int, b: int) -> int:
    """The pair as one number, in whichever order the two are given."""
    return (a << _SHIFT | b) if a < b else (b << _SHIFT | a)


def pair_of(key: int) -> tuple[int, int]:
    """The pair, the lower id first."""
    return key >> _SHIFT, key & _LOWER
