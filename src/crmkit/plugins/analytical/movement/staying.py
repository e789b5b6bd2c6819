"""How long customers stay in a state: stays from the change log, and the curve of E. L. Kaplan and P. Meier,
"Nonparametric estimation from incomplete observations", Journal of the American Statistical Association 53
(1958) 457-481.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugin import phrase
from crmkit.plugins.analytical.events import theirs
from crmkit.plugins.analytical.movement.model import NONE, TimeInState
from crmkit.plugins.analytical.ordering import by_size
from crmkit.plugins.analytical.purchases import DAY
from crmkit.plugins.analytical.reading import answer

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import MetricQuestion

# (days, whether it has ended) → how many stays
Stays = Mapping[tuple[int, bool], int]


def time_in_states(
    crm: Crm, name: str, *, where: str | None = None, as_of: int | date | None = None
) -> list[TimeInState]:
    """Of each value of a field, or of `lifecycle`, how long customers have it.

    By the change log: a first value counts from the day on which the customer was entered. Raises `Invalid`
    for what has no changes on record, such as traits.
    """
    question = crm.metrics.question(where=where, as_of=as_of)
    if name != "lifecycle" and name not in crm.words.fields:
        raise Invalid(
            phrase("How long customers were in each {name} is not on record", name=name),
            hint="Ask for a field or for lifecycle, whose changes are in the change log.",
        )
    found: dict[str, dict[tuple[int, bool], int]] = defaultdict(lambda: defaultdict(int))
    for row in answer(crm, _stays(question, name)):
        value = row.value if row.plain else json.loads(row.value or "null")
        days = max(0, row.days)
        found[NONE if value is None else str(value)][days, bool(row.ended)] += row.stays
    return [
        survival(state if state == NONE else question.label(name, state), found[state])
        for state in sorted(found, key=by_size)
    ]


def survival(state: str, stays: Stays) -> TimeInState:
    """Median and shares from stays of whole days: who is still in the state when its day comes is censored.

    At one number of days, those that end go before those that are not over.
    """
    curve = _curve(stays)
    longest = max(days for days, _ in stays)
    return TimeInState(
        state=state,
        stays=sum(stays.values()),
        ended=sum(many for (_, ended), many in stays.items() if ended),
        median=next((days for days, share in curve if share <= 0.5), None),
        **{f"after_{days}": _share(curve, longest, days) for days in (30, 90, 365)},
    )


def _curve(stays: Stays) -> list[tuple[int, float]]:
    """(days, share of stays that last longer), rising in days."""
    left, share, curve = sum(stays.values()), 1.0, []
    for days in sorted({days for days, _ in stays}):
        ended = stays.get((days, True), 0)
        if ended:
            share *= 1 - ended / left
            curve.append((days, share))
        left -= ended + stays.get((days, False), 0)
    return curve


def _share(curve: Sequence[tuple[int, float]], longest: int, days: int) -> float | None:
    share = next((share for at, share in reversed(curve) if at <= days), 1.0)
    return share if days <= longest or share == 0 else None


def _stays(question: MetricQuestion, name: str) -> sa.Select[Any]:
    """(value, plain, days, ended, stays): `plain` tells a value of now from one written as JSON."""
    tables = question.tables
    change, customer = tables.change, tables.customer
    mine = (
        change.c.entity == ("customer" if name == "lifecycle" else "field"),
        change.c.field == name,
        change.c.action == "changed",
        change.c.at <= question.as_of,
        change.c.customer_id.is_not(None),
        change.c.entity_id == change.c.customer_id,
    )
    no, yes = (sa.literal_column(each, sa.BigInteger()) for each in ("0", "1"))
    changed = sa.select(
        change.c.customer_id, change.c.at.label("begun"), change.c.seq, change.c.new.label("value"),
        no.label("plain"),
    ).where(*mine)  # fmt: skip
    first = sa.select(sa.func.min(change.c.seq)).where(*mine).group_by(change.c.customer_id)
    before = (
        sa.select(customer.c.id, customer.c.created_at, no.label("seq"), change.c.old, no)
        .select_from(customer.join(change, change.c.customer_id == customer.c.id))
        .where(change.c.seq.in_(first))
    )
    now = question.value(name, question.as_of)
    unchanged = (
        sa.select(customer.c.id, customer.c.created_at, no, sa.cast(now.c.value, sa.Text()), yes)
        .select_from(customer.outerjoin(now, now.c.customer_id == customer.c.id))
        .where(
            customer.c.id.not_in(sa.select(change.c.customer_id).where(*mine)),
            customer.c.created_at <= question.as_of,
        )
    )
    begun = sa.union_all(changed, before, unchanged).subquery("begun")
    some = theirs(question, sa.select(*begun.c), begun.c.customer_id).subquery("some")
    after = sa.func.lead(some.c.begun).over(
        partition_by=some.c.customer_id, order_by=(some.c.begun, some.c.seq)
    )
    spans = sa.select(*some.c, after.label("until")).subquery("span")
    end = sa.func.coalesce(spans.c.until, sa.literal_column(str(question.as_of), sa.BigInteger()))
    days = (end - spans.c.begun) // sa.literal_column(str(DAY), sa.BigInteger())
    ended = sa.case((spans.c.until.is_(None), no), else_=yes)
    each = sa.select(
        spans.c.value, spans.c.plain, sa.cast(days, sa.BigInteger()).label("days"), ended.label("ended")
    ).subquery("stay")
    return sa.select(*each.c, sa.func.count().label("stays")).group_by(*each.c)
