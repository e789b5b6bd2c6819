"""What customers were at a moment in the past, by the change log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa

from crmkit.core.predicates.sql.history import value_of
from crmkit.core.store.tables import column_name

if TYPE_CHECKING:
    from crmkit.core.model.words import Field
    from crmkit.core.store.tables import Tables


class Moment(Protocol):
    """The moment that is asked about: the instant `at` (microseconds UTC), and whether that is in the
    past."""

    @property
    def tables(self) -> Tables:
        """The business's tables."""

    @property
    def dialect(self) -> str:
        """The engine's name."""

    @property
    def at(self) -> int:
        """The instant."""

    @property
    def at_past(self) -> bool:
        """Whether it is in the past."""


def attribute_at(question: Moment, column: str, kind: str = "number") -> sa.Subquery:
    """(customer_id, value) of a column of `customer` at the moment in question."""
    customer = question.tables.customer
    return _at(question, "customer", column, kind, customer.c.id, customer.c[column])


def field_at(question: Moment, field: Field) -> sa.Subquery:
    """(customer_id, value) of a declared field at the moment in question."""
    table = question.tables.customer_field
    kind = field.type if field.type in ("date", "bool", "number", "money", "datetime") else "text"
    column = table.c[column_name(field)]
    return _at(question, "field", field.name, kind, table.c.customer_id, column)


def _at(question: Moment, entity: str, name: str, kind: str, customer: Any, now: Any) -> sa.Subquery:
    if not question.at_past:
        return sa.select(customer.label("customer_id"), now.label("value")).subquery()
    change = question.tables.change
    first = (
        sa.select(sa.func.min(change.c.seq))
        .where(
            change.c.entity == entity,
            change.c.field == name,
            change.c.action == "changed",
            change.c.at > question.at,
            change.c.customer_id.is_not(None),
        )
        .group_by(change.c.customer_id)
    )
    later = (
        sa.select(change.c.customer_id, change.c.seq, change.c.old).where(change.c.seq.in_(first)).subquery()
    )
    value = sa.case((later.c.seq.is_not(None), value_of(later.c.old, kind, question.dialect)), else_=now)
    source = customer.table.outerjoin(later, later.c.customer_id == customer)
    return sa.select(customer.label("customer_id"), value.label("value")).select_from(source).subquery()
