"""Which segment each pair of scores belongs to.

The table is the one that marketing software commonly ships: five levels of recency across, five of how often
and for how much customers bought upwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from crmkit.plugin import phrase

LEVELS: Final = 5
OTHER: Final = "other"
_ANY: Final = re.compile(r"R([1-9][0-9]?)(?:-([1-9][0-9]?))? FM([1-9][0-9]?)(?:-([1-9][0-9]?))?")
# In the order in which they are listed: the best first.
STANDARD: Final[Mapping[str, str]] = {
    "champions": "R5 FM4-5",
    "loyal": "R3-4 FM4-5",
    "potential_loyal": "R4-5 FM2-3",
    "new": "R5 FM1",
    "promising": "R4 FM1",
    "need_attention": "R3 FM3",
    "about_to_sleep": "R3 FM1-2",
    "cannot_lose": "R1-2 FM5",
    "at_risk": "R1-2 FM3-4",
    "hibernating": "R1-2 FM1-2",
}


def cells(text: str) -> Iterator[tuple[int, int]]:
    """Every (recency, frequency-and-monetary) that `R4-5 FM2-3, R3 FM1` names. Raises `ValueError`."""
    for part in text.split(","):
        found = _ANY.fullmatch(" ".join(part.split()).upper())
        if found is None:
            raise ValueError(phrase('"{text}" are no scores such as "R4-5 FM2-3"', text=part.strip()))
        r, r_to, fm, fm_to = (int(each) if each else None for each in found.groups())
        assert r is not None
        assert fm is not None
        for one in range(r, (r_to or r) + 1):
            yield from ((one, other) for other in range(fm, (fm_to or fm) + 1))


def standard(scores: int) -> Mapping[tuple[int, int], str]:
    """The segment of each pair of scores from 1 to `scores`, by the standard table of five levels."""
    by_level = {cell: name for name, text in STANDARD.items() for cell in cells(text)}
    levels = {score: -(-LEVELS * score // scores) for score in range(1, scores + 1)}
    return {(r, fm): by_level[levels[r], levels[fm]] for r in levels for fm in levels}


def own(segments: Mapping[str, str], scores: int) -> Mapping[tuple[int, int], str]:
    """The same by a business's own table: the first that names a pair has it, and what none names is
    `other`."""
    found: dict[tuple[int, int], str] = {}
    for name, text in segments.items():
        for cell in cells(text):
            found.setdefault(cell, name)
    every = range(1, scores + 1)
    return {(r, fm): found.get((r, fm), OTHER) for r in every for fm in every}
