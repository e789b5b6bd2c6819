"""In which state customers were at an instant, as statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import NotFound
from crmkit.plugin import Duration, known_and_current, phrase
from crmkit.plugins.analytical.movement.model import INACTIVE, NONE
from crmkit.plugins.analytical.purchases import rfm
from crmkit.plugins.analytical.rfm.statements import scored

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import MetricQuestion
    from crmkit.plugins.analytical.rfm.settings import RfmSettings

RFM: Final = "rfm_segment"
Breaks = Mapping[str, Sequence[tuple[int, int]]]


def order_of(crm: Crm, name: str, settings: RfmSettings) -> tuple[str, ...]:
    """The states that there can be, in their order; () where they are whatever is on record.

    Raises `NotFound` for what is neither trait, field, segments nor `lifecycle`.
    """
    words = crm.words
    if name == RFM:
        return settings.order
    if "," in name or name in words.segments:
        return tuple(words.segments[each.strip()].name for each in name.split(","))
    if name == "lifecycle":
        return ()
    word = words.fields.get(name) or words.traits.get(name)
    if word is None:
        raise NotFound(
            phrase('Nothing is called "{name}" in which customers could be', name=name),
            hint="Name a trait such as rfm_segment, a field, lifecycle, or segments: a,b,c",
        )
    return tuple(word.choices)


def values_at(
    crm: Crm, question: MetricQuestion, name: str, at: int, settings: RfmSettings, breaks: Breaks
) -> Any:
    """(customer_id, value) at the instant `at`; scores are by what is known at the question's own instant,
    and held against `breaks`."""
    if name == RFM:
        totals = rfm(at, question.tables, past=question.past, worth=question.worth, known_by=question.as_of)
        each = scored(totals, settings.scores, breaks, settings.cells).subquery()
        return sa.select(each.c.customer_id, each.c.segment.label("value")).subquery()
    if "," in name or name in crm.words.segments:
        return _segments(crm, question, [part.strip() for part in name.split(",")], at)
    return question.value(name, at)


def _segments(crm: Crm, question: MetricQuestion, names: Sequence[str], at: int) -> Any:
    """The first of the segments that each customer was in."""
    parts = []
    for place, name in enumerate(names):
        segment = crm.words.segments[name].name
        held = question.holds(f"in({segment})", at).subquery()
        parts.append(
            sa.select(
                held.c.customer_id,
                sa.literal(place, sa.BigInteger).label("place"),
            )
        )
    every = sa.union_all(*parts).subquery("every")
    first = sa.select(every.c.customer_id, sa.func.min(every.c.place).label("place"))
    each = first.group_by(every.c.customer_id).subquery("first_of")
    called = [sa.literal(crm.words.segments[name].name, sa.Text) for name in names]
    value = sa.case(*((each.c.place == place, label) for place, label in enumerate(called)))
    return sa.select(each.c.customer_id, value.label("value")).subquery()


def state(
    question: MetricQuestion, values: Any, at: int, inactive: Duration | None, seen: Any
) -> tuple[Any, list[tuple[Any, Any]]]:
    """(expression, joins): the state at an instant; NULL for whoever was not there yet (not `seen`)."""
    customer = question.tables.customer
    joins = [(values, values.c.customer_id == customer.c.id)]
    value = sa.func.coalesce(sa.cast(values.c.value, sa.Text()), sa.literal(NONE, sa.Text))
    cases: list[tuple[Any, Any]] = [(sa.not_(seen), sa.null())]
    if inactive is not None:
        recent = _recent(question, inactive.before(at, question.tz), at)
        joins.append((recent, recent.c.customer_id == customer.c.id))
        cases.append((recent.c.customer_id.is_(None), sa.literal(INACTIVE, sa.Text)))
    return sa.case(*cases, else_=value), joins


def _recent(question: MetricQuestion, since: int, at: int) -> Any:
    rows = question.tables.interaction.c
    return (
        sa.select(rows.customer_id)
        .where(
            rows.type == "purchase",
            rows.customer_id.is_not(None),
            rows.occurred_at > since,
            rows.occurred_at <= at,
            known_and_current(question.tables, question.as_of),
        )
        .distinct()
        .subquery()
    )


def first_seen(question: MetricQuestion, *types: str) -> Any:
    """(customer_id, at): the first interaction on record, of the types given or of all but voids."""
    rows = question.tables.interaction.c
    of_type = rows.type.in_(types) if types else rows.type != "voided"
    return (
        sa.select(rows.customer_id, sa.func.min(rows.occurred_at).label("at"))
        .where(of_type, rows.customer_id.is_not(None), known_and_current(question.tables, question.as_of))
        .group_by(rows.customer_id)
        .subquery("first_seen")
    )
