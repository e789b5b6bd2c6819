"""Cohorts: retention, revenue or any type of interaction, by when customers began or what they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.plugins.analytical.calendar import Calendar
from crmkit.plugins.analytical.cohorts.labels import labels
from crmkit.plugins.analytical.cohorts.model import Cohort, CohortCell, Cohorts
from crmkit.plugins.analytical.cohorts.statements import began, cells, cells_of_same, sizes
from crmkit.plugins.analytical.events import events, types_of
from crmkit.plugins.analytical.ordering import by_size
from crmkit.plugins.analytical.reading import answer

if TYPE_CHECKING:
    from datetime import date

    from crmkit import Crm

_MONEY = ("purchase", "refund")


def followed(
    crm: Crm,
    *,
    unit: str = "month",
    first: str = "purchase",
    type: str = "purchase",  # noqa: A002 - the field's own word
    money: bool = False,
    by: str | None = None,
    where: str | None = None,
    as_of: int | date | None = None,
) -> Cohorts:
    """Cohorts of the customers with an interaction of the type `first` (`any`: of any that is a contact).

    Each belongs to the `unit` of time, in the business's zone, of the first of these; or to the cohort of
    what `by` (a field, a trait, `campaign`) says of them as of the instant. Cells count who has had `type`
    so many units later; with `money`, purchases less refunds. A unit that is not over has no cell.
    Raises `NotFound`, `Invalid`, `PredicateError`, `MissingRate`.
    """
    question = crm.metrics.question(where=where, as_of=as_of)
    starting = types_of(crm, first)
    did = _MONEY if money else types_of(crm, type)
    calendar = _calendar(crm, question, unit, (*starting, *did))
    found = _found(crm, question, calendar, (starting, did), by, money=money) if calendar else ([], 0)
    return Cohorts(
        as_of=question.as_of,
        unit=unit,
        by=by or "first",
        types=did,
        money=money,
        currency=question.currency,
        cohorts=found[0],
        periods=found[1],
        running=_running(calendar),
    )


def _calendar(crm: Crm, question: Any, unit: str, types: Sequence[str]) -> Calendar | None:
    """From the first of the interactions to the instant asked about; None where there is none."""
    rows = events(question, tuple(dict.fromkeys(types))).subquery("contact")
    ((earliest,),) = answer(crm, sa.select(sa.func.min(rows.c.occurred_at)))
    return None if earliest is None else Calendar.of(unit, earliest, question.as_of, question.tz)


def _running(calendar: Calendar | None) -> str:
    """The name of the period that is not over; "" where the instant is the last of one."""
    if calendar is None or calendar.complete >= len(calendar.starts):
        return ""
    return calendar.name(calendar.complete)


def _found(
    crm: Crm,
    question: Any,
    calendar: Calendar,
    types: tuple[Sequence[str], Sequence[str]],
    by: str | None,
    *,
    money: bool,
) -> tuple[list[Cohort], int]:
    """The cohorts, and for how many periods at most something can be said."""
    named = None if by is None else labels(crm, question, by)
    starting, did = types
    if starting == did:
        done = answer(crm, cells_of_same(question, did, calendar, named))
        many = [(row, row.active) for row in done if not row.after]
    else:
        started = began(question, starting, calendar, named)
        done = answer(crm, cells(question, started, did, calendar, money=money))
        many = [(row, row.customers) for row in answer(crm, sizes(started))]

    def key(row: Any) -> str:
        return calendar.name(row.start) if by is None else str(row.label)

    def called(name: str) -> str:
        return name if by is None else question.label(by, name)

    sized: dict[str, dict[int, int]] = defaultdict(dict)
    for row, customers in many:
        sized[key(row)][row.start] = customers
    rows: dict[str, list[Any]] = defaultdict(list)
    for row in done:
        rows[key(row)].append(row)
    found = [_cohort(called(name), sized[name], rows[name], calendar) for name in sorted(sized, key=by_size)]
    return found, max((len(each.cells) for each in found), default=0)


def _cohort(name: str, sized: dict[int, int], rows: Sequence[Any], calendar: Calendar) -> Cohort:
    """A cohort with a cell for each period of which at least some of it can tell."""
    told: dict[int, list[int]] = {}
    for after in range(calendar.complete - min(sized)):
        told[after] = [
            sum(many for start, many in sized.items() if start + after < calendar.complete),
            0,
            0,
            0,
        ]
    for row in rows:
        if row.start + row.after < calendar.complete:
            cell = told[row.after]
            cell[1] += row.active
            cell[2] += row.times
            cell[3] += row.amount
    return Cohort(
        name=name,
        customers=sum(sized.values()),
        cells={
            after: CohortCell(customers=many, active=active, times=times, amount=amount)
            for after, (many, active, times, amount) in told.items()
        },
    )
