"""How alike two values are: `same`, `similar` or `different`, for each sort of value.

All of it is symmetric, and takes values that are not empty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from crmkit.core.errors import ExtraMissing

SAME: Final = 0
SIMILAR: Final = 1
DIFFERENT: Final = 2
LEVELS: Final = ("same", "similar", "different")
Comparator = Callable[[str, str], int]

_NAMES_ALIKE: Final = 0.87
_TEXTS_ALIKE: Final = 0.85
# From so many letters on a second slip is forgiven; in so few only changed places are.
_LONG_NAME: Final = 7
_SHORT_NAME: Final = 3
_REMEMBERED: Final = 200_000
_SHORTEST_NUMBER: Final = 5
_SHORTEST_CODE: Final = 3
_DOMAIN_SLIPS: Final = 2
_DATE_DIGITS: Final = 8


class Comparators:
    """The comparators, over rapidfuzz. Raises `ExtraMissing` where it is not installed."""

    def __init__(self) -> None:
        try:
            from rapidfuzz.distance import OSA, JaroWinkler
        except ImportError as error:
            raise ExtraMissing(
                "Finding duplicates needs the rapidfuzz library, which is not installed",
                hint="Install it: pip install 'crmkit[duplicates]'",
            ) from error
        self._winkler = JaroWinkler.similarity
        self._edits = OSA.distance
        # The same names and towns meet again and again.
        self.name = lru_cache(_REMEMBERED)(self._name)
        self.text = lru_cache(_REMEMBERED)(self._text)

    def named(self, name: str) -> Comparator:
        """The comparator that `crm.toml` knows by this name."""
        found: Comparator = getattr(self, name)
        return found

    def exact(self, a: str, b: str) -> int:
        """Anything: the same or not."""
        return SAME if a == b else DIFFERENT

    def _name(self, a: str, b: str) -> int:
        """Names: similar with slips of the fingers, cut short, or with a word in common."""
        if a == b:
            return SAME
        if self._winkler(a, b) >= _NAMES_ALIKE or _begins(a, b) or self._slipped(a, b):
            return SIMILAR
        return SIMILAR if (" " in a or " " in b) and _share_word(a, b) else DIFFERENT

    def _text(self, a: str, b: str) -> int:
        """Streets, towns and other words."""
        if a == b:
            return SAME
        return SIMILAR if self._winkler(a, b) >= _TEXTS_ALIKE or _begins(a, b) else DIFFERENT

    def number(self, a: str, b: str) -> int:
        """Numbers of five digits and more: similar with one wrong, missing, or two that changed places."""
        if a == b:
            return SAME
        if len(a) < _SHORTEST_NUMBER or len(b) < _SHORTEST_NUMBER:
            return DIFFERENT
        # One slip leaves the beginning or the end as it was, which is cheaper to see.
        half = (min(len(a), len(b)) - 1) // 2
        if a[:half] != b[:half] and a[-half:] != b[-half:]:
            return DIFFERENT
        return SIMILAR if self._edits(a, b, score_cutoff=1) <= 1 else DIFFERENT

    def code(self, a: str, b: str) -> int:
        """Short codes of one length, such as postcodes: similar with one slip."""
        if a == b:
            return SAME
        if len(a) != len(b) or len(a) < _SHORTEST_CODE:
            return DIFFERENT
        return SIMILAR if self._edits(a, b, score_cutoff=1) <= 1 else DIFFERENT

    def date(self, a: str, b: str) -> int:
        """Dates as eight digits: similar with one slip, or day and month in each other's place."""
        if a == b:
            return SAME
        if len(a) == len(b) == _DATE_DIGITS and a[:4] == b[:4] and a[4:6] == b[6:] and a[6:] == b[4:6]:
            return SIMILAR
        return SIMILAR if self._edits(a, b, score_cutoff=1) <= 1 else DIFFERENT

    def email(self, a: str, b: str) -> int:
        """Addresses: similar with a slip in the name, or two in the domain."""
        if a == b:
            return SAME
        if abs(len(a) - len(b)) > _DOMAIN_SLIPS:
            return DIFFERENT
        local, _, domain = a.rpartition("@")
        other, _, other_domain = b.rpartition("@")
        if local == other:
            slips = self._edits(domain, other_domain, score_cutoff=_DOMAIN_SLIPS)
            return SIMILAR if slips <= _DOMAIN_SLIPS else DIFFERENT
        return SIMILAR if domain == other_domain and self.number(local, other) == SIMILAR else DIFFERENT

    def _slipped(self, a: str, b: str) -> bool:
        longest = max(len(a), len(b))
        if longest <= _SHORT_NAME:
            return sorted(a) == sorted(b)
        allowed = 1 if longest < _LONG_NAME else 2
        if abs(len(a) - len(b)) > allowed:
            return False
        return bool(self._edits(a, b, score_cutoff=allowed) <= allowed)


def best(compare: Comparator, ours: Sequence[str], theirs: Sequence[str]) -> int:
    """The closest that any of ours comes to any of theirs."""
    if len(ours) == len(theirs) == 1:
        return compare(ours[0], theirs[0])
    return min(compare(a, b) for a in ours for b in theirs)


def _begins(a: str, b: str) -> bool:
    """Whether one is the beginning of the other: an initial, a short form, a word cut off."""
    return a.startswith(b) or b.startswith(a)


def _share_word(a: str, b: str) -> bool:
    """Whether a whole word of a compound name is in the other: `anna maria` and `maria`."""
    return any(len(word) >= _SHORTEST_CODE for word in set(a.split()) & set(b.split()))
