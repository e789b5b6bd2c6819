"""Traits that follow from `[customer_types]`: the type, the level, and contacts that are overdue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.phrase import phrase
from crmkit.core.predicates.duration import Duration
from crmkit.core.predicates.past import without_past
from crmkit.core.predicates.predicate import parse
from crmkit.core.predicates.sql.build import Build
from crmkit.core.predicates.sql.history import first_later_change, value_of
from crmkit.core.predicates.sql.selecting import select_customers
from crmkit.core.predicates.tree import WasIn

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.predicates.sql.moments import Shift
    from crmkit.core.predicates.tree import Condition

_DAY: Final = 86_400_000_000


def customer_type(kernel: Kernel, build: Build, shift: Shift) -> sa.Select[Any]:
    """The type given to the customer, else the first of `[customer_types]` whose condition they meet."""
    customer = build.tables.customer
    given, source = _given(build, shift)
    cases = []
    for name, condition in _conditions(kernel, build, shift):
        members = select_customers(_inside(kernel, build), condition).subquery(build.alias("t"))
        source = source.outerjoin(members, members.c.customer_id == customer.c.id)
        cases.append((members.c.customer_id.is_not(None), sa.literal(name, sa.Text)))
    value = sa.func.coalesce(given, sa.case(*cases)) if cases else given
    found = sa.select(customer.c.id.label("customer_id"), value.label("value")).select_from(source)
    return found.where(*build.only_one(customer.c.id)).correlate(None)


def level(kernel: Kernel, build: Build, shift: Shift) -> sa.Select[Any]:
    """The level of the customer's type."""
    typed = customer_type(kernel, build, shift).subquery(build.alias("t"))
    levels = {name: each.level for name, each in kernel.config.customer_types.items()}
    if not levels:
        return _nobody(build, sa.Text())
    value = sa.case(levels, value=typed.c.value)
    return sa.select(typed.c.customer_id, value.label("value")).where(typed.c.value.in_(levels))


def overdue_contact(kernel: Kernel, build: Build, shift: Shift) -> sa.Select[Any]:
    """Whole days since the customer should have heard from us again; only those whom that concerns.

    What counts is the last interaction of a type that is a contact, so no note, nor what a machine answered;
    without one, the day on which they came.
    """
    cadences = {
        name: duration_of(each.cadence) for name, each in kernel.config.customer_types.items() if each.cadence
    }
    if not cadences:
        return _nobody(build, sa.BigInteger())
    customer = build.tables.customer
    typed = customer_type(kernel, build, shift).subquery(build.alias("t"))
    contact = _last_contact(kernel, build, shift)
    source = customer.join(typed, typed.c.customer_id == customer.c.id).outerjoin(
        contact, contact.c.customer_id == customer.c.id
    )
    last = sa.func.coalesce(contact.c.at, customer.c.created_at)
    limits = {name: build.moments.at((*shift, cadence)) for name, cadence in cadences.items()}
    limit = sa.case(limits, value=typed.c.value)
    days = (limit - last) // sa.literal(_DAY, sa.BigInteger)
    found = sa.select(customer.c.id.label("customer_id"), days.label("value")).select_from(source)
    return found.where(typed.c.value.in_(cadences), customer.c.archived_at.is_(None), last < limit).correlate(
        None
    )


def duration_of(text: str) -> Duration:
    """The length of time that `30 days` says."""
    amount, unit = text.split()
    return Duration(int(amount), unit.removesuffix("s"))


def _inside(kernel: Kernel, build: Build) -> Build:
    """A statement inside the statement: it has parameters in common with it, and its own meaning of words."""
    return Build(
        context=kernel.type_context,
        tables=build.tables,
        dialect=build.dialect,
        past=build.past,
        one=build.one,
        exchange=build.exchange,
        as_of=build.as_of,
        moments=build.moments,
    )


def _conditions(kernel: Kernel, build: Build, shift: Shift) -> Iterator[tuple[str, Condition]]:
    """Each type, in the order of the file, with its condition as seen `shift` ago."""
    from crmkit.core.predicates.errors import PredicateError

    for name, declared in kernel.config.customer_types.items():
        condition: Condition = parse(
            declared.who, kernel.type_context, where=phrase('customer type "{name}"', name=name)
        ).tree
        word = without_past(condition) if build.looks_back(shift) else None
        if word is not None:
            raise PredicateError(
                phrase(
                    "Who was of the customer type {name} in the past is not on record: it depends on {word}",
                    name=name,
                    word=word,
                ),
                hint="Ask as of now.",
                word=word,
            )
        for duration in reversed(shift):
            condition = WasIn(name, duration, condition)
        yield name, condition


def _given(build: Build, shift: Shift) -> tuple[Any, Any]:
    """The type that somebody gave to the customer, as it was then; and the tables it comes from."""
    customer = build.tables.customer
    given: Any = customer.c.customer_type
    if not build.looks_back(shift):
        return given, customer
    change = first_later_change(build, "customer", "customer_type", shift)
    old = value_of(change.c.old, "text", build.dialect)
    then = sa.case((change.c.seq.is_not(None), old), else_=given)
    return then, customer.outerjoin(change, change.c.customer_id == customer.c.id)


def _last_contact(kernel: Kernel, build: Build, shift: Shift) -> sa.Subquery:
    interaction = build.tables.interaction
    no_contact = [word.name for word in kernel.words.interaction_types if not word.contact]
    at = build.moments.at(shift)
    rows: Any = interaction
    conditions = [interaction.c.superseded_by.is_(None)]
    if build.looks_back(shift):
        rows, conditions = _rows_then(build, at), []
    found = sa.select(rows.c.customer_id, sa.func.max(rows.c.occurred_at).label("at")).where(
        *conditions,
        *build.only_one(rows.c.customer_id),
        rows.c.customer_id.is_not(None),
        rows.c.type.not_in(no_contact),
        rows.c.occurred_at <= at,
    )
    return found.group_by(rows.c.customer_id).subquery(build.alias("l"))


def _rows_then(build: Build, at: Any) -> sa.Subquery:
    from crmkit.core.interactions.asof import current_as_of

    interaction = build.tables.interaction
    columns = (interaction.c.customer_id, interaction.c.occurred_at, interaction.c.type)
    return current_as_of(build.tables, at, *columns)


def _nobody(build: Build, type_: Any) -> sa.Select[Any]:
    customer = build.tables.customer
    return sa.select(customer.c.id, sa.cast(sa.null(), type_).label("value")).where(sa.false())
