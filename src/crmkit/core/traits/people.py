"""Traits of the customer as a person: age, and since when they are what they are."""

from __future__ import annotations

import calendar
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.core.instants import local_date
from crmkit.core.predicates.errors import PredicateError
from crmkit.core.predicates.tree import Today
from crmkit.core.store.tables import column_name

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.predicates.sql.build import Build
    from crmkit.core.predicates.sql.moments import Shift

_BIRTHDAY = "birthday"


def age(kernel: Kernel, build: Build, shift: Shift) -> sa.Select[Any]:
    """Whole years since the date in the field `birthday`, as it is on record now.

    Who was born on 29 February is a year older on the 28th in other years.
    """
    field = kernel.loaded.words.fields.get(_BIRTHDAY)
    if field is None or field.type != "date":
        raise PredicateError(
            "age needs to know the birthday, and there is no such date field",
            hint='Declare it in crm.toml: [fields.birthday] with type = "date", then run: crm db upgrade',
            word="age",
        )
    table = build.tables.customer_field
    born = table.c[column_name(field)]
    year = build.moments.bind(("year", shift), lambda at: _today(build, at, shift).year, sa.BigInteger())
    until = build.moments.bind(("until", shift), lambda at: _until(_today(build, at, shift)), sa.Text())
    later = sa.case((sa.func.substr(born, 6, 5) > until, 1), else_=0)
    years = year - sa.cast(sa.func.substr(born, 1, 4), sa.BigInteger) - later
    return sa.select(table.c.customer_id, years.label("value")).where(
        born.is_not(None), born <= build.moments.day(Today(), shift)
    )


def lifecycle_since(kernel: Kernel, build: Build, shift: Shift) -> sa.Select[Any]:  # noqa: ARG001
    """When the lifecycle stage last changed; when the customer came, if it never did."""
    change, customer = build.tables.change, build.tables.customer
    at = build.moments.at(shift)
    last = (
        sa.select(change.c.customer_id, sa.func.max(change.c.at).label("at"))
        .where(
            change.c.entity == "customer",
            change.c.field == "lifecycle",
            change.c.action == "changed",
            change.c.at <= at,
            change.c.customer_id.is_not(None),
            *build.only_one(change.c.customer_id),
        )
        .group_by(change.c.customer_id)
        .subquery(build.alias("l"))
    )
    since = sa.func.coalesce(last.c.at, customer.c.created_at)
    source = customer.outerjoin(last, last.c.customer_id == customer.c.id)
    found = sa.select(customer.c.id, since.label("value")).select_from(source)
    return found.where(customer.c.created_at <= at).correlate(None)


def _today(build: Build, as_of: int, shift: Shift) -> date:
    return local_date(build.moments.shifted(as_of, shift), build.moments.tz)


def _until(today: date) -> str:
    """The last `MM-DD` whose anniversary has come by `today`."""
    is_last = (today.month, today.day) == (2, 28) and not calendar.isleap(today.year)
    return "02-29" if is_last else f"{today:%m-%d}"
