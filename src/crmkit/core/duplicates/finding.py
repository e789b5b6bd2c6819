"""Finding pairs: everybody is read once, grouped, compared, and what reaches the threshold is kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final

import msgspec
from attrs import define, field

from crmkit.core.customers.sets import without_collector
from crmkit.core.duplicates.blocking import Blocking
from crmkit.core.duplicates.comparing import DIFFERENT, LEVELS
from crmkit.core.duplicates.judging import HOUSEHOLD, Evidence, Judge
from crmkit.core.duplicates.pair import pair_key
from crmkit.core.duplicates.person import Person

Progress = Callable[[int], None]
_TELL_EVERY: Final = 20_000


@define
class Found:
    """Pairs that reach the threshold: key → (score in thousandths, reasons as kept in the table).

    `expected_precision` is the share of them that are expected to be one, where the judge tells odds.
    """

    pairs: dict[int, tuple[int, str]] = field(factory=dict)
    compared: int = 0
    left_out: Mapping[str, int] = field(factory=dict)
    is_complete: bool = True
    expected_precision: float | None = None


def find_pairs(
    judge: Judge,
    people: Mapping[int, Person],
    focus: Collection[int] | None = None,
    progress: Progress | None = None,
) -> Found:
    """All pairs of `people` who may be one, or those with one of `focus`. The same people, the same pairs."""
    found = Found()
    blocking = Blocking(judge.rules, people, focus)
    written: dict[tuple[tuple[int, int], ...], tuple[int, str]] = {}
    pairs, threshold, most = found.pairs, judge.rules.threshold, judge.rules.most_pairs
    evidence_of, points_of = judge.evidence, judge.points
    compared = 0
    with without_collector():
        for a, b in blocking.pairs():
            compared += 1
            if progress is not None and compared % _TELL_EVERY == 0:
                progress(compared)
            evidence = evidence_of(a, b)
            if points_of(evidence) < threshold:
                continue
            pairs[pair_key(a.id, b.id)] = _kept(judge, evidence, written)
            if len(pairs) >= most:
                found.is_complete = False
                break
    found.compared, found.left_out = compared, dict(blocking.left_out)
    return found


def _kept(
    judge: Judge, evidence: Evidence, written: dict[tuple[tuple[int, int], ...], tuple[int, str]]
) -> tuple[int, str]:
    """Score and reasons; many pairs agree in the same way, and share the text."""
    key = tuple(evidence)
    known = written.get(key)
    if known is None:
        known = written[key] = (judge.points(evidence), reasons_text(judge, evidence))
    return known


def reasons_text(judge: Judge, evidence: Evidence) -> str:
    """What agrees, what differs and what is doubtful, as names of rules: JSON without anybody's values."""
    doubts = judge.doubts(evidence)
    sides: dict[str, list[str]] = {
        "for": [],
        "against": [],
        "doubts": [named(judge, *each) for each in doubts],
    }
    for rule, level in evidence:
        if rule != HOUSEHOLD:
            sides["against" if level == DIFFERENT else "for"].append(named(judge, rule, level))
    return msgspec.json.encode(sides).decode()


def named(judge: Judge, rule: int, level: int) -> str:
    """`family_name:same`; what a household shares has no level."""
    name = judge.rules.rules[rule].name
    return name if rule == HOUSEHOLD else f"{name}:{LEVELS[level]}"
