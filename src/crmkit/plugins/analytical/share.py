"""The metric `share`: how many of the customers are in a segment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugin import Metric, MetricParameter

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion


def metrics() -> Iterable[Metric]:
    """How large a segment is among all customers."""
    yield Metric(
        name="share",
        doc="Share of customers who are in a segment at the end of the period",
        unit="share",
        formula="customers on record who meet the segment's condition / customers on record",
        reading="Write the segment in brackets: share(regulars). Whoever never bought is on record too: "
        "narrow it with --where.",
        parameters=(MetricParameter(name="segment", kind="text"),),
        groups=("customer",),
        looks="end",
        period="today",
        compute=share,
    )


def share(question: MetricQuestion) -> sa.Select[Any]:
    """Of the customers on record, the members of the segment."""
    name = question.arguments["segment"]
    if name is None:
        raise Invalid("Which segment is not said", hint="Write it in brackets: share(regulars)")
    segment = question.words.segments[name]
    held = question.holds(f"in({segment.name})", question.at).subquery("member")
    known = question.customers()
    both = known.outerjoin(held, held.c.customer_id == known.c.customer_id)
    rows = sa.select(known.c.customer_id, held.c.customer_id.label("member")).select_from(both)
    return question.count(
        rows.subquery("each"),
        numerator=lambda columns: sa.func.count(columns.member),
        denominator=lambda _: sa.func.count(),
    )
