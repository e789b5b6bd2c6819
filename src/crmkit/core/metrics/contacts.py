"""How often customers and employees are in contact, and with whom we should be."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crmkit.core.errors import Invalid
from crmkit.core.metrics.counting import different, everyone
from crmkit.core.metrics.question import MetricQuestion


def interactions_per_customer(question: MetricQuestion) -> sa.Select[Any]:
    """Interactions of customers, and different customers."""
    return _per(question, "customer_id")


def interactions_per_employee(question: MetricQuestion) -> sa.Select[Any]:
    """Interactions of employees, and different employees."""
    return _per(question, "employee_id")


def _per(question: MetricQuestion, column: str) -> sa.Select[Any]:
    rows = question.rows(*question.arguments["types"])
    return question.count(rows, numerator=lambda c: sa.func.count(c[column]), denominator=different(column))


def overdue_contacts(question: MetricQuestion) -> sa.Select[Any]:
    """Customers with an overdue contact."""
    if not any(each.cadence for each in question.words.customer_types):
        raise Invalid(
            "No type of customer has a cadence, so no contact is ever overdue",
            hint='Say in crm.toml how often to be in touch: [customer_types.NAME] with cadence = "30 days"',
        )
    overdue, known = question.trait("overdue_contact"), question.customers()
    both = sa.select(known.c.customer_id).join(overdue, overdue.c.customer_id == known.c.customer_id)
    return question.count(both.subquery("overdue"), numerator=everyone)
