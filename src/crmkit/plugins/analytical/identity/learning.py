"""From which pairs the model learns, without anybody telling it which of them are one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

from attrs import frozen

from crmkit.plugins.analytical.identity.columns import Column

# In each session the columns that its pairs have in common teach nothing, so there are several.
_SESSIONS: Final = 4
_FEWEST_PAIRS: Final = 20
_LARGEST_GROUP: Final = 100
_UNLIKELY: Final = 1e-12
_MOST: Final = 0.5
_ROUNDS: Final = 200
_STILL: Final = 1e-6
_CERTAIN: Final = 300.0


@frozen
class Lessons:
    """`prior` is a first guess at the share of all possible pairs that are one; `blocks` are names of columns
    whose agreement makes the pairs of one session, the ones likeliest to teach first."""

    prior: float
    blocks: Sequence[tuple[str, ...]]


def lessons(columns: Sequence[Column], people: int) -> Lessons | None:
    """What there is to learn from; None where it is too little."""
    by_rule = {each.rule: each for each in columns}
    sure: set[tuple[int, int]] = set()
    for rules in _proofs(columns):
        if all(rule in by_rule for rule in rules):
            sure |= _pairs([by_rule[rule] for rule in rules])
    if len(sure) < _FEWEST_PAIRS:
        return None
    blocks = []
    for rules in _sessions(columns):
        known = [by_rule[rule] for rule in rules if rule in by_rule]
        if len(known) == len(rules) and len(_pairs(known)) >= _FEWEST_PAIRS:
            blocks.append(tuple(each.name for each in known))
    blocks = blocks[:_SESSIONS]
    if not all(any(each.name not in block for block in blocks) for each in columns):
        return None  # of some column every pair to learn from agrees in it
    return Lessons(_bounded(len(sure) / possible(people)), blocks)


def possible(people: int) -> float:
    """How many pairs there are of so many people."""
    return people * (people - 1) / 2


def odds_of(points: Sequence[float], pairs: float, prior: float) -> list[float]:
    """The probabilities that pairs with so many points are one, by the share of all `pairs` that fits them:
    expectation maximisation in that share alone, from the guess `prior`."""
    ratios = [2.0 ** min(each, _CERTAIN) for each in points]
    share = prior
    for _ in range(_ROUNDS):
        odds = share / (1 - share)
        fit = _bounded(sum(each * odds / (1 + each * odds) for each in ratios) / pairs)
        if abs(fit - share) <= _STILL * share:
            break
        share = fit
    odds = share / (1 - share)
    return [each * odds / (1 + each * odds) for each in ratios]


def _bounded(share: float) -> float:
    return min(_MOST, max(_UNLIKELY, share))


def _proofs(columns: Sequence[Column]) -> Iterator[tuple[str, ...]]:
    """What agrees, mostly of one person: good enough for a first guess at how many duplicates there are."""
    for name in ("given_name", "family_name", "organization"):
        yield (name, "email")
        yield (name, "phone")
    yield ("given_name", "family_name", "street", "house_number")
    for each in columns:
        if each.kind == "number" and each.rule != "phone":
            yield (each.rule,)
        elif each.kind == "date":
            yield ("given_name", each.rule)
            yield ("family_name", each.rule)


def _sessions(columns: Sequence[Column]) -> Iterator[tuple[str, ...]]:
    """In the order of how dense with duplicates their pairs are."""
    yield from ((each.rule,) for each in columns if each.kind == "number")
    yield ("email",)
    yield from ((each.rule,) for each in columns if each.kind == "date")
    yield ("given_name", "family_name")
    yield ("street", "house_number")
    yield ("family_name", "postcode")
    yield ("organization",)


def _pairs(columns: Sequence[Column]) -> set[tuple[int, int]]:
    """Who agrees in all of these, by position; those of whom there are too many are left out."""
    groups: Mapping[tuple[str | None, ...], list[int]] = defaultdict(list)
    for at, values in enumerate(zip(*(each.values for each in columns), strict=True)):
        if None not in values:
            groups[values].append(at)
    return {
        pair
        for group in groups.values()
        if 1 < len(group) <= _LARGEST_GROUP
        for pair in combinations(group, 2)
    }
