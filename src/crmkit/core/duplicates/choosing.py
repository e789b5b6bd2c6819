"""Which suggested pairs are merged together, and who of them stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import sqlalchemy as sa
from attrs import define, field, frozen

from crmkit.core.customers.sets import rows_among
from crmkit.core.duplicates.values import Duplicate, Group
from crmkit.core.language import N_

_COUNTED: Final = ("contact_point", "identity", "customer_field", "preference", "interaction")
# So many pairs of one group are looked at; larger ones are for a person.
_LARGEST_GROUP: Final = 50
_ONE_RUN: Final = 10_000


@frozen
class Standing:
    """How much is on record of a customer, and since when (microseconds UTC)."""

    rows: int
    created_at: int


@define
class Grouping:
    """Groups in which every two belong together, grown from the surest pair to the least sure one."""

    groups: list[list[int]] = field(factory=list)
    scores: dict[frozenset[int], float] = field(factory=dict)
    apart: int = 0


def grouped(pairs: Sequence[Duplicate]) -> Grouping:
    """Groups of people of whom every two are among `pairs`, which come with the highest score first.

    A pair that would bring in somebody who does not go with all of a group stays apart, and is counted.
    """
    made = Grouping(scores={frozenset((each.customer_id, each.other_id)): each.score for each in pairs})
    group_of: dict[int, list[int]] = {}
    for each in pairs:
        ours = group_of.setdefault(each.customer_id, [each.customer_id])
        theirs = group_of.setdefault(each.other_id, [each.other_id])
        if ours is theirs:
            continue
        together = len(ours) + len(theirs) <= _LARGEST_GROUP and all(
            frozenset((a, b)) in made.scores for a in ours for b in theirs
        )
        if not together:
            made.apart += 1
            continue
        ours.extend(theirs)
        group_of.update((id_, ours) for id_ in theirs)
    unique = {id(group): group for group in group_of.values() if len(group) > 1}
    made.groups = [sorted(group) for group in unique.values()]
    return made


def chosen(made: Grouping, standings: Mapping[int, Standing]) -> list[Group]:
    """Each group with who stays: of whom most is on record; of two alike, who has been there longer."""
    groups = []
    for ids in made.groups:
        known = [id_ for id_ in ids if id_ in standings]
        if len(known) < 2:
            continue
        order = sorted(known, key=lambda id_: (-standings[id_].rows, standings[id_].created_at, id_))
        first, second = (standings[id_] for id_ in order[:2])
        why = N_("most on record") if first.rows > second.rows else N_("on record longest")
        score = min(made.scores[frozenset((a, b))] for at, a in enumerate(known) for b in known[at + 1 :])
        groups.append(Group(survivor=order[0], losers=tuple(order[1:]), why=why, score=score))
    return groups


def in_runs(groups: Iterable[Group]) -> Iterator[list[tuple[int, int]]]:
    """The groups as (survivor, loser) pairs, in portions that one merge can bear; no group is torn apart."""
    pairs: list[tuple[int, int]] = []
    for group in groups:
        pairs += [(group.survivor, loser) for loser in group.losers]
        if len(pairs) >= _ONE_RUN:
            yield pairs
            pairs = []
    if pairs:
        yield pairs


def standings_of(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Standing]:
    """How much is on record of each of `ids`: contact points, identities, interactions and the like."""
    wanted = sorted(set(ids))
    rows: Counter[int] = Counter()
    for table in _COUNTED:
        select = f"SELECT customer_id, count(*) FROM {table} WHERE customer_id"
        rows.update(dict(map(tuple, rows_among(connection, select, wanted, after="GROUP BY customer_id"))))
    created = rows_among(connection, "SELECT id, created_at FROM customer WHERE id", wanted)
    return {id_: Standing(rows[id_], at) for id_, at in created}
