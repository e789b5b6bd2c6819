"""Leads as values."""

from __future__ import annotations

from attrs import frozen

from crmkit import Money


@frozen(kw_only=True)
class Lead:
    """A customer who may buy, and what is known of that. Instants are microseconds UTC, None: not yet.

    `owner` is who looks after them; `rule` is the rule that chose them.
    """

    customer_id: int
    name: str
    lifecycle: str
    owner: str | None = None
    need: str | None = None
    budget: Money | None = None
    authority: str | None = None
    timeframe: str | None = None
    qualified_at: int | None = None
    rule: str | None = None
    assigned_at: int | None = None
    deal: str | None = None
    converted_at: int | None = None
    lost_reason: str | None = None
    lost_at: int | None = None
    score: float | None = None


@frozen(kw_only=True)
class Assigned:
    """Whom a lead goes to (None: to nobody), by which rule, and why."""

    customer_id: int
    employee_id: int | None
    employee: str | None
    rule: str | None
    why: str
