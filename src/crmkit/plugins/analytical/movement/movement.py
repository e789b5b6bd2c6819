"""Movement between the values of a trait or field, or between segments, from instant to instant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugins.analytical.events import theirs
from crmkit.plugins.analytical.movement.model import INACTIVE, NEW, NONE, Move, Movement
from crmkit.plugins.analytical.movement.states import RFM, Breaks, first_seen, order_of, state, values_at
from crmkit.plugins.analytical.ordering import by_size
from crmkit.plugins.analytical.reading import answer
from crmkit.plugins.analytical.rfm.rfm import breaks_at

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Duration, MetricQuestion
    from crmkit.plugins.analytical.rfm.settings import RfmSettings


def moved(
    crm: Crm,
    name: str,
    instants: Sequence[int],
    *,
    inactive: Duration | None = None,
    where: str | None = None,
) -> Movement:
    """Who moved from which state to which between each of the `instants` and the next, added up.

    `name` is a trait, a field, `lifecycle`, or segments (`a,b,c`: the first that holds), each by what was
    known at its instant; the scores of `rfm_segment` are by the purchases known at the last, and held against
    the breaks of the first instant at all of them. `where` holds of customers at the last. With `inactive`,
    who had not bought for so long is in a state of its own. Raises `NotFound`, `Invalid`, `PredicateError`.
    """
    if len(instants) < 2 or any(one >= other for one, other in pairwise(instants)):
        raise Invalid(
            "Movement is between two instants, the earlier first", hint="Give an earlier day: --since"
        )
    settings: RfmSettings = crm.plugins.settings("analytical").rfm
    order = order_of(crm, name, settings)
    question = crm.metrics.question(where=where, as_of=instants[-1])
    breaks: Breaks = {}
    if name == RFM:
        breaks = breaks_at(crm, question, settings, instants[0])
    counts: Counter[tuple[str, str]] = Counter()
    for one, other in pairwise(instants):
        ends = [values_at(crm, question, name, at, settings, breaks) for at in (one, other)]
        for row in answer(crm, _step(question, name, (one, other), ends, inactive)):
            counts[NEW if row.origin is None else row.origin, row.destination] += row.customers
    return _movement(question, name, instants, order, counts)


def _step(
    question: MetricQuestion,
    name: str,
    instants: tuple[int, int],
    values: Sequence[Any],
    inactive: Duration | None,
) -> sa.Select[Any]:
    """(origin, destination, customers) of one step; the origin is NULL for whoever came in between."""
    customer = question.tables.customer
    first = first_seen(question, *(("purchase",) if name == RFM else ()))
    source: Any = customer.outerjoin(first, first.c.customer_id == customer.c.id)
    states = []
    for at, value in zip(instants, values, strict=True):
        # NULL where there is none: neither true nor false in `not`.
        seen = sa.func.coalesce(first.c.at, at + 1) <= at
        if name != RFM:
            seen = sa.or_(customer.c.created_at <= at, seen)
        expression, joins = state(question, value, at, inactive, seen)
        for table, condition in joins:
            source = source.outerjoin(table, condition)
        states.append(expression)
    each = theirs(
        question,
        sa.select(states[0].label("origin"), states[1].label("destination")).select_from(source),
        customer.c.id,
    ).subquery("each")
    return (
        sa.select(each.c.origin, each.c.destination, sa.func.count().label("customers"))
        .where(each.c.destination.is_not(None))
        .group_by(each.c.origin, each.c.destination)
    )


def _movement(
    question: MetricQuestion,
    name: str,
    instants: Sequence[int],
    order: Sequence[str],
    counts: Counter[tuple[str, str]],
) -> Movement:
    def called(state: str) -> str:
        return state if state in (NEW, NONE, INACTIVE) else question.label(name, state)

    there = {each for pair in counts for each in pair}
    named = [each for each in order if each in there]
    named += sorted(there - {*order, NEW, NONE, INACTIVE}, key=by_size)
    states = [*named, *(each for each in (NONE, INACTIVE) if each in there)]
    out_of: Counter[str] = Counter()
    for (origin, _), many in counts.items():
        out_of[origin] += many
    origins = [*states, *([NEW] if NEW in there else [])]
    return Movement(
        name=name,
        instants=tuple(instants),
        origins=[called(each) for each in origins],
        destinations=[called(each) for each in states],
        moves=[
            Move(origin=called(origin), destination=called(destination), customers=many, of=out_of[origin])
            for origin in origins
            for destination in states
            if (many := counts[origin, destination])
        ],
    )
