"""Which customer goes into which, made flat: every loser straight into the one who stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crmkit.core.errors import Conflict, Invalid
from crmkit.core.merging.values import Pair
from crmkit.core.phrase import phrase


def flattened(wanted: Iterable[tuple[int, int]]) -> list[Pair]:
    """Pairs of `(survivor, loser)` without chains: of A into B and B into C comes B into C, A into C.

    Their order is that of precedence: of those who go into one customer, who is named earlier comes first,
    each followed by those who went into them. Raises `Invalid` for a customer merged with themselves or in a
    circle, `Conflict` for one that is to go into two.
    """
    into: dict[int, int] = {}
    followers: dict[int, list[int]] = {}
    for survivor, loser in wanted:
        _check(survivor, loser, into)
        if loser not in into:
            into[loser] = survivor
            followers.setdefault(survivor, []).append(loser)
    ordered = [
        (survivor, each)
        for loser, survivor in into.items()
        if survivor not in into
        for each in (loser, *_beneath(loser, followers))
    ]
    if len(ordered) != len(into):
        circle = sorted(set(into) - {loser for _, loser in ordered})
        raise Invalid(
            phrase("The customers {circle} would be merged in a circle", circle=", ".join(map(str, circle))),
            hint="Leave out one of the pairs.",
        )
    return [Pair(loser, end, step) for step, (end, loser) in enumerate(ordered, start=1)]


def _check(survivor: int, loser: int, into: dict[int, int]) -> None:
    if survivor == loser:
        raise Invalid(
            phrase("Customer {loser} cannot be merged with themselves", loser=loser),
            hint="Perhaps they were merged before: crm customers merges",
        )
    if into.get(loser, survivor) != survivor:
        raise Conflict(
            phrase(
                "Customer {loser} is to be merged into {into} and into {survivor}",
                loser=loser,
                into=into[loser],
                survivor=survivor,
            ),
            hint="Name one survivor.",
        )


def _beneath(one: int, followers: dict[int, list[int]]) -> list[int]:
    """Everybody who goes into `one`, by precedence."""
    found: list[int] = []
    waiting = list(reversed(followers.get(one, ())))
    while waiting:
        found.append(waiting.pop())
        waiting.extend(reversed(followers.get(found[-1], ())))
    return found


def survivors(pairs: Sequence[Pair]) -> list[int]:
    """Those who stay, each once."""
    return list(dict.fromkeys(pair.survivor for pair in pairs))
