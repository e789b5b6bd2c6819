"""What of each purchase is put down to which message: descriptive, and exact to the cent.

The messages that somebody got within the window before a purchase divide its amount, net of refunds, by
weights; what is left over by rounding goes, a cent each, to those with the largest remainders, the earlier
message first where they are equal. So the parts of a purchase always sum to it. Nothing goes to a message
that came after it, or came back.

- first, last: all of it to the first, or the last.
- linear: the same to each.
- position: 40 % to the first, 40 % to the last, 20 % shared by those between; half each where there are two.
- decay: half as much for each half-life that lies between the message and the purchase, in steps of a 64th
  of the half-life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.plugins.campaign.results.messages import (
    GONE,
    Whose,
    by_its_own,
    heard_types,
    numeric,
    sent,
)
from crmkit.plugins.campaign.results.sales import net_sales

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion

STEPS: Final = 64
# Of a message at the moment of the purchase: amounts up to 10^14 minor units stay within 63 bits.
UNIT: Final = 1 << 16
_FAR_BACK: Final = -(2**62)
MOST_HALVES: Final = 16
_EVEN: Final = ("first", "last", "linear")
# Of a window: all its rows.
_ALL: Final = (None, None)


@frozen(kw_only=True)
class Division:
    """How purchases are divided: by which model, among the messages of how long before (microseconds)."""

    model: str
    window: int
    half_life: int


def decay_weights() -> list[int]:
    """The weight after each 64th of a half-life, up to the whole of it."""
    return [round(UNIT * 2 ** (-step / STEPS)) for step in range(STEPS)]


def parts(question: MetricQuestion, whose: Whose, division: Division) -> sa.Subquery:
    """A row for each message of `whose` and each purchase that it has a part in.

    Columns: id, customer_id, occurred_at (of the message), origin, step, arm, channel, seq (of the purchase),
    credit (minor units), unrated.
    """
    pair = _pairs(question, whose, division)
    divided = _evenly(pair, division) if division.model in _EVEN else _by_weight(pair, division)
    names = ("id", "customer_id", "occurred_at", "origin", "step", "arm", "channel", "seq", "unrated")
    rows = sa.select(*(divided.c[name] for name in names), divided.c.credit).where(
        divided.c.occurred_at >= question.start, divided.c.occurred_at < question.end
    )
    if whose.origin is not None:
        rows = rows.where(divided.c.origin == whose.origin)
    return rows.subquery("parts")


def _evenly(pair: sa.Subquery, division: Division) -> sa.Subquery:
    """All to one, or the same to each: no remainder is larger than another."""
    size = sa.func.abs(pair.c.amount, type_=sa.BigInteger())
    if division.model == "linear":
        part = size // pair.c.places + sa.case((pair.c.place <= size % pair.c.places, 1), else_=0)
    else:
        part = size * _weight(pair.c, division)
    return sa.select(*pair.c, _signed(pair.c.amount, part).label("credit")).subquery("divided")


def _by_weight(pair: sa.Subquery, division: Division) -> sa.Subquery:
    weighed = sa.select(*pair.c, _weight(pair.c, division).label("weight")).subquery("weighed")
    size = sa.func.abs(weighed.c.amount, type_=sa.BigInteger())
    total = _total(weighed, division)
    product = size * weighed.c.weight
    floored = sa.select(
        *weighed.c, (product // total).label("part"), (product % total).label("rest"), total.label("total")
    ).subquery("floored")
    # One window for both, so that each purchase is sorted once: what rounding left over is the sum of the
    # remainders, and goes by their order.
    window: Any = {
        "partition_by": floored.c.seq, "order_by": (floored.c.rest.desc(), floored.c.place), "rows": _ALL,
    }  # fmt: skip
    left_over = sa.cast(sa.func.sum(floored.c.rest).over(**window), sa.BigInteger) // floored.c.total
    rank = sa.func.row_number().over(**window)
    ranked = sa.select(*floored.c, left_over.label("left_over"), rank.label("rank")).subquery("ranked")
    part = ranked.c.part + sa.case((ranked.c.rank <= ranked.c.left_over, 1), else_=0)
    return sa.select(*ranked.c, _signed(ranked.c.amount, part).label("credit")).subquery("divided")


def _signed(amount: Any, part: Any) -> Any:
    return sa.cast(sa.case((amount < 0, -part), else_=part), sa.BigInteger)


def credited(question: MetricQuestion, whose: Whose, division: Division) -> sa.Select[Any]:
    """SELECT of what the messages are credited with, and the purchases they had a part in; in groups where
    those are asked for."""
    rows = by_its_own(question, parts(question, whose, division))
    return question.count(
        rows,
        credited=lambda c: sa.func.coalesce(sa.func.sum(c.credit), 0),
        purchases=lambda c: sa.func.count(sa.distinct(c.seq)),
    )


def _pairs(question: MetricQuestion, whose: Whose, division: Division) -> sa.Subquery:
    """Each purchase beside each message that came before it, within the window: `place` counts from the
    first, of `places`; `age` is what lies between them."""
    touch = _touches(question, whose)
    sale = net_sales(question)
    near = sa.and_(
        touch.c.customer_id == sale.c.customer_id,
        touch.c.occurred_at < sale.c.occurred_at,
        touch.c.occurred_at >= sale.c.occurred_at - sa.literal(division.window, sa.BigInteger),
    )
    window: Any = {
        "partition_by": sale.c.seq, "order_by": (touch.c.occurred_at, touch.c.id), "rows": _ALL,
    }  # fmt: skip
    return (
        sa.select(
            *touch.c,
            sale.c.seq,
            sale.c.amount,
            sale.c.unrated,
            (sale.c.occurred_at - touch.c.occurred_at).label("age"),
            sa.func.row_number().over(**window).label("place"),
            sa.func.count().over(**window).label("places"),
        )
        .select_from(touch.join(sale, near))
        .subquery("pair")
    )


def _touches(question: MetricQuestion, whose: Whose) -> sa.CTE:
    """All messages that left and did not come back, whosever they are, to customers of `whose`."""
    everything = sent(question, Whose(rehearsed=whose.rehearsed), start=_FAR_BACK)
    names = ("id", "customer_id", "occurred_at", "origin", "step", "arm", "channel")
    rows = sa.select(*(everything.c[name] for name in names)).where(
        everything.c.state.in_(GONE),
        everything.c.customer_id.is_not(None),
        everything.c.id.not_in(_came_back(question)),
    )
    if whose.origin is not None:
        effect = question.tables.effect
        theirs = sa.select(effect.c.customer_id).where(whose.among(effect), effect.c.customer_id.is_not(None))
        rows = rows.where(everything.c.customer_id.in_(theirs))
    # Looked up once, and not anew beside every purchase.
    return rows.cte("touch").prefix_with("MATERIALIZED")


def _came_back(question: MetricQuestion) -> sa.Select[Any]:
    from crmkit.plugin import known_and_current, payload_value

    interaction = question.tables.interaction
    key = numeric(payload_value(interaction, "effect"), question.dialect)
    return sa.select(key).where(
        interaction.c.type.in_(heard_types(question).get("bounced", [])),
        known_and_current(question.tables, question.as_of),
        key.is_not(None),
    )


def _weight(c: Any, division: Division) -> Any:
    match division.model:
        case "first":
            return sa.case((c.place == 1, _big(1)), else_=_big(0))
        case "last":
            return sa.case((c.place == c.places, _big(1)), else_=_big(0))
        case "position":
            ends = sa.or_(c.place == 1, c.place == c.places)
            return sa.case((c.places <= 2, _big(1)), (ends, 2 * (c.places - 2)), else_=_big(1))
    half = _big(division.half_life)
    step = (c.age % half) * _big(STEPS) // half
    halves = c.age // half
    whole = sa.case({n: _big(weight) for n, weight in enumerate(decay_weights())}, value=step)
    divisor = sa.case({n: _big(1 << n) for n in range(MOST_HALVES)}, value=halves, else_=_big(UNIT))
    weight = whole // divisor
    return sa.case((weight < 1, _big(1)), else_=weight)


def _total(rows: Any, division: Division) -> Any:
    """What all messages of one purchase weigh together."""
    places = rows.c.places
    if division.model == "position":
        return sa.case((places <= 2, places), else_=5 * (places - 2))
    return sa.cast(sa.func.sum(rows.c.weight).over(partition_by=rows.c.seq), sa.BigInteger)


def _big(number: int) -> sa.ColumnElement[int]:
    return sa.literal_column(str(number), sa.BigInteger())
