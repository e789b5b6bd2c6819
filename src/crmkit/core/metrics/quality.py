"""How well customers are known, and whether they can be reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from crmkit.core.errors import NotFound
from crmkit.core.metrics.counting import everyone
from crmkit.core.metrics.question import MetricQuestion
from crmkit.core.nearest import did_you_mean
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.store.tables import column_name

_REACH: Final = ("email", "phone", "address")


def reachable_share(question: MetricQuestion) -> sa.Select[Any]:
    """Customers, and those who can and may be reached."""
    purpose, channel = question.arguments["purpose"], question.arguments["channel"]
    channels = [channel] if channel else [each.name for each in question.words.channels if each.contact_kind]
    ways = [question.trait("reachable", channel=each, purpose=purpose) for each in channels]
    found = sa.union(*(sa.select(way.c.customer_id) for way in ways)).subquery("way")
    known = question.customers()
    source = known.outerjoin(found, found.c.customer_id == known.c.customer_id)
    rows = sa.select(known.c.customer_id, found.c.customer_id.label("reached")).select_from(source)
    return question.count(
        rows.subquery("reach"), numerator=lambda c: sa.func.count(c.reached), denominator=everyone
    )


def data_completeness(question: MetricQuestion) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """Data points that are filled in, and all there could be."""
    points = _points(question)
    filled = _filled(question, points)
    if question.group is not None and question.group.kind == "own":
        parts = [
            sa.select(
                sa.literal(name, sa.Text).label("grp"),
                sa.func.sum(filled.c[name]).label("numerator"),
                sa.func.count().label("denominator"),
            ).select_from(filled)
            for name in points
        ]
        return sa.union_all(*parts)
    return question.count(
        filled,
        numerator=lambda c: sum((sa.func.sum(c[name]) for name in points), sa.literal(0, sa.BigInteger)),
        denominator=lambda _: sa.func.count() * sa.literal(len(points), sa.BigInteger),
    )


def _points(question: MetricQuestion) -> Mapping[str, Any]:
    """Each data point with the condition that it is filled in."""
    tables = question.tables
    name = tables.customer.c.name
    points: dict[str, Any] = {"name": sa.and_(name.is_not(None), name != "")}
    for kind in _REACH:
        points[kind] = _has(question, tables.contact_point, tables.contact_point.c.kind == kind)
    for field in question.words.fields:
        if field.type == "multi-choice":
            chosen = tables.customer_choice.c.field == field.name
            points[field.name] = _has(question, tables.customer_choice, chosen)
        else:
            points[field.name] = tables.customer_field.c[column_name(field)].is_not(None)
    wanted = question.arguments["data_point"]
    if wanted is None:
        return points
    if wanted not in points:
        raise NotFound(
            phrase("There is no data point {wanted}", wanted=quoted(wanted)),
            hint=did_you_mean(wanted, points),
        )
    return {wanted: points[wanted]}


def _has(question: MetricQuestion, table: sa.Table, condition: Any) -> Any:
    return question.tables.customer.c.id.in_(sa.select(table.c.customer_id).where(condition))


def _filled(question: MetricQuestion, points: Mapping[str, Any]) -> Any:
    """`customer_id`, and 1 or 0 for each data point, of every customer; worked out once for all groups."""
    known, customer, fields = question.customers(), question.tables.customer, question.tables.customer_field
    source = known.join(customer, customer.c.id == known.c.customer_id)
    source = source.outerjoin(fields, fields.c.customer_id == customer.c.id)
    columns = [sa.case((condition, 1), else_=0).label(name) for name, condition in points.items()]
    return sa.select(known.c.customer_id, *columns).select_from(source).cte("filled")
