"""What a column holds, judged by its values where its header tells nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from crmkit.core.exchange.header_words import EMPTY, HINTS, OTHERS
from crmkit.core.normalise import fold

# Of the values that are there, so many must look alike.
_SHARE: Final = 0.9
_FEW: Final = 3
_SHAPES: Final = {
    "email": re.compile(r"[^@\s;,]+@[^@\s;,]+\.[^@\s;,.]{2,}"),
    "url": re.compile(r"(https?://|www\.)\S+", re.IGNORECASE),
    "date": re.compile(
        r"\d{4}-\d\d?-\d\d?([T ]\d\d?:\d\d(:\d\d(\.\d+)?)?( ?(Z|[+-]\d\d:?\d\d))?)?|\d\d?[./-]\d\d?[./-]\d{4}"
    ),
    "postcode": re.compile(r"\d\d-\d{3}|\d{5}(-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", re.IGNORECASE),
    "money": re.compile(r"[-+]?([$€£₨]|PLN|EUR|USD|GBP|PKR|zł)? ?\d{1,3}([ .,'\u00a0]?\d{3})*[.,]\d\d ?"
                        r"([$€£]|PLN|EUR|USD|GBP|PKR|zł)?", re.IGNORECASE),
    "phone": re.compile(r"(\+|00)?[\d(][\d ()/.\u00a0-]{6,}\d"),
}  # fmt: skip
# What a shape means in a file of each kind; the others have no meaning of their own.
_MEANS: Final = {
    "customers": {"email": "email", "phone": "phone", "postcode": "address.postcode"},
    "interactions": {"email": "email", "date": "at", "money": "amount"},
}
_WORD: Final = re.compile(r"[^\W\d_]+")


def shape_of(values: Sequence[str]) -> str | None:
    """`email`, `url`, `date`, `postcode`, `money` or `phone` where nearly all values are such; else None."""
    there = [text for value in values if (text := value.strip())]
    if len(there) < _FEW:
        return None
    for shape, pattern in _SHAPES.items():
        if sum(pattern.fullmatch(text) is not None for text in there) >= _SHARE * len(there):
            return shape
    return None


def meant(values: Sequence[str], what: str) -> str | None:
    """The target that a column's values suggest; None where they suggest none."""
    shape = shape_of(values)
    return _MEANS.get(what, {}).get(shape) if shape else None


def is_address(text: str) -> bool:
    """Whether this is an e-mail address, or a phone number with its calling code."""
    written = text.strip()
    is_phone = written.startswith("+") and _SHAPES["phone"].fullmatch(written) is not None
    return is_phone or _SHAPES["email"].fullmatch(written) is not None


def may_decide(header: str, values: Sequence[str]) -> bool:
    """Whether the values of a column may decide what it means: its header says nothing, or says the same.

    "Assistant's e-mail" holds addresses, and none of them is the customer's.
    """
    words = {fold(word) for word in _WORD.findall(header)}
    if words & _folded(OTHERS):
        return False
    shape = shape_of(values)
    return words <= _folded(EMPTY) | _folded(HINTS.get(shape or "", ""))


def _folded(words: str) -> set[str]:
    return {fold(word) for word in words.split()}
