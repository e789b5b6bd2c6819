"""What a metric is asked, and the rows from which it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import evolve, field, frozen

from crmkit.core.errors import Invalid
from crmkit.core.instants import FIRST_INSTANT, day_bounds, local_date
from crmkit.core.metrics import labels
from crmkit.core.metrics.facts import facts
from crmkit.core.metrics.past import attribute_at, field_at
from crmkit.core.metrics.period import days_after
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.rates.local_days import iso_day, local_day

if TYPE_CHECKING:
    from datetime import tzinfo

    from crmkit.core.metrics.grouping import Grouping
    from crmkit.core.metrics.period import Period
    from crmkit.core.predicates.duration import Duration
    from crmkit.core.rates.converting import Conversion
    from crmkit.core.store.tables import Tables
    from crmkit.core.words.registry import Words

_EARLIEST: Final = date(1970, 1, 1)
_WHOLE: Final = 100


@frozen(kw_only=True, eq=False)
class MetricQuestion:
    """What `Metric.compute` is asked, with what it needs for an answer. Instants are microseconds UTC.

    The period is `start <= instant < end`; nothing beyond `as_of` is in it. `past` says that `as_of` lies in
    the past: then only what was known by it counts. `at` is the moment at which segments and groups are
    looked at, `at_past` whether that lies in the past. `arguments` are the metric's parameters by name.
    `scope` are SELECTs of ids: only customers in each of them count. `worth` makes of rows with `amount`,
    `currency` and `occurred_at` (FROM, amount in minor units of the business's currency).
    """

    tables: Tables
    words: Words
    dialect: str
    tz: tzinfo
    currency: str
    period: Period
    start: int
    end: int
    as_of: int
    past: bool
    at: int
    at_past: bool
    arguments: Mapping[str, Any]
    group: Grouping | None
    scope: tuple[sa.Select[Any], ...]
    conversion: Conversion
    select_trait: Callable[[str, Mapping[str, Any], int], Any]
    select_members: Callable[[str, int], sa.Select[Any]]
    worth: Callable[[Any], tuple[Any, sa.ColumnElement[int]]]
    chosen: sa.Select[Any] | None = None
    converted: list[sa.Subquery] = field(factory=list)

    def rows(
        self, *types: str, start: int | None = None, end: int | None = None, money: bool = False
    ) -> sa.Subquery:
        """The interactions of `types` (all but voids, if none) in the period, or from `start` to `end`.

        Columns: seq, customer_id, type, channel, direction, outlet, employee_id, source, occurred_at; with
        `money` also `amount`, converted to the business's currency in minor units.
        """
        found = facts(
            self.tables,
            types,
            start=self.start if start is None else start,
            end=min(self.end if end is None else end, self.as_of + 1),
            known_by=self.as_of if self.past else None,
            scope=self.scope,
            money=money,
        )
        if not money:
            return found.subquery("contact")
        rows = found.subquery("paid")
        source, amount = self.conversion.join(rows)
        unrated = sa.case((sa.and_(amount.is_(None), rows.c.amount.is_not(None)), 1), else_=0)
        columns = [column for column in rows.c if column.key != "amount"]
        worth = sa.select(*columns, amount.label("amount"), unrated.label("unrated")).select_from(source)
        self.converted.append(worth.subquery("contact"))
        return self.converted[-1]

    def customers(self) -> sa.Subquery:
        """`customer_id` of the customers on record at `at`: not archived, and created or heard of by then."""
        customer = self.tables.customer
        query = sa.select(customer.c.id.label("customer_id"))
        query = query.where(*(customer.c.id.in_(each) for each in self.scope))
        if not self.at_past:
            return query.where(customer.c.archived_at.is_(None)).subquery("known")
        heard = self.rows(start=FIRST_INSTANT, end=self.at + 1)
        archived = attribute_at(self, "archived_at")
        query = query.outerjoin_from(customer, archived, archived.c.customer_id == customer.c.id)
        by_then = sa.or_(customer.c.created_at <= self.at, customer.c.id.in_(sa.select(heard.c.customer_id)))
        return query.where(by_then, archived.c.value.is_(None)).subquery("known")

    def members(self) -> sa.Select[Any] | None:
        """`customer_id` of the members, at `at`, of the segment or condition asked for; None without one."""
        if self.chosen is None:
            return None
        inner = self.chosen.subquery("chosen")
        wanted = sa.select(inner.c[0].label("customer_id"))
        return wanted.where(*(inner.c[0].in_(each) for each in self.scope if each is not self.chosen))

    def after(self, length: Duration) -> int:
        """The instant that lies `length` after the start of the period, at the same time of day."""
        start = local_date(self.start, self.tz)
        return day_bounds(days_after(start, length), self.tz)[0]

    def local_day(self, instant: Any) -> sa.ColumnElement[str]:
        """The local day, as ISO text, of instants in the period."""
        return iso_day(self.day_number(instant), self.dialect)

    def day_number(self, instant: Any) -> sa.ColumnElement[int]:
        """The local day of instants in the period, as its number from 1970-01-01."""
        first = self.period.start or _EARLIEST
        last = min(self.period.last, local_date(self.as_of, self.tz))
        return local_day(instant, first, max(first, last), self.tz)

    def grouped(self, rows: Any) -> Any:
        """`rows` (with a `customer_id`) and, where groups are asked for, the column `grp`."""
        return rows if self.group is None else self.group.attach(self, rows)

    def count(self, rows: Any, **measures: Callable[[Any], Any]) -> sa.Select[Any]:
        """SELECT of the measures over `rows`, for each group where groups are asked for.

        Each measure is a function from the columns to an aggregate: `numerator=lambda c: sa.func.count()`.
        """
        return _aggregated(self.grouped(rows), (), measures)

    def per_customer(self, rows: Any, **measures: Callable[[Any], Any]) -> sa.Subquery:
        """(customer_id, measures) with one row per customer, and group where groups are asked for."""
        return _aggregated(self.grouped(rows), ("customer_id",), measures).subquery("each")

    def total(self, each: Any, **measures: Callable[[Any], Any]) -> sa.Select[Any]:
        """As `count`, over what `per_customer` gave."""
        return _aggregated(each, (), measures)

    def percentile(self, rows: Any, value: str, which: str, *, per: int = 1) -> sa.Select[Any]:
        """SELECT of the smallest `value` (a column of whole numbers) that half of the rows (`median`), or so
        many of a hundred (`p90`), do not exceed, by nearest rank, over `per`: minutes per 60 are hours. For
        each group where groups are asked for; of no rows there is none. Raises `Invalid` for another `which`.
        """
        percent = _percent(which)
        grouped = self.grouped(rows)
        by = [grouped.c.grp] if "grp" in grouped.c else []
        ranked = sa.select(
            *by,
            grouped.c[value].label("value"),
            sa.func.row_number().over(partition_by=by or None, order_by=grouped.c[value]).label("rank"),
            sa.func.count().over(partition_by=by or None).label("size"),
        ).subquery("ranked")
        groups, found = [ranked.c.grp for _ in by], sa.func.min(ranked.c.value)
        wanted, whole = (sa.literal(each, sa.BigInteger) for each in (percent, _WHOLE))
        return (
            sa.select(
                *groups,
                found.label("numerator"),
                sa.case((found.is_(None), 0), else_=per).label("denominator"),
            )
            .where(ranked.c.rank * whole >= wanted * ranked.c.size)
            .group_by(*groups)
        )

    def trait(self, name: str, **arguments: Any) -> sa.Subquery:
        """(customer_id, value) of a trait at `at`. Errors: `PredicateError` where it has no past."""
        found: sa.Subquery = self.select_trait(name, arguments, self.at)
        return found

    def value(self, name: str, at: int) -> sa.Subquery:
        """(customer_id, value) of a trait, a declared field or `lifecycle`, as it was at the instant `at`.

        Errors: `NotFound`; `Invalid` for a field with several values; `PredicateError` where it has no past.
        """
        field = self.words.fields.get(name)
        if field is not None and field.type == "multi-choice":
            raise Invalid(
                phrase("A customer can have several values of {name} at once", name=quoted(name)),
                hint=phrase("Ask about one of them: --where \"{name} contains '…'\"", name=name),
            )
        then = evolve(self, at=at, at_past=at < self.at or self.at_past)
        if name == "lifecycle":
            return attribute_at(then, "lifecycle", "text")
        if field is not None:
            return field_at(then, field)
        found: sa.Subquery = self.select_trait(name, {}, at)
        return found

    def label(self, name: str, value: Any) -> str:
        """What a value of `value(name)`, or the text of one, is called."""
        field = self.words.fields.get(name)
        if field is not None:
            return labels.of_field(field, value, self.currency, self.tz)
        trait = self.words.traits.get(name)
        return labels.yes_or_no(value) if trait is not None and trait.type == "bool" else str(value)

    def holds(self, condition: str, at: int) -> sa.Select[Any]:
        """`customer_id` of those for whom a condition of the predicate language held at the instant `at`."""
        inner = self.select_members(condition, at).subquery("held")
        return sa.select(inner.c[0].label("customer_id"))


def _percent(which: str) -> int:
    number = "50" if which == "median" else which[1:] if which.startswith("p") else ""
    if number.isascii() and number.isdigit() and 0 < int(number) < _WHOLE:
        return int(number)
    raise Invalid(
        phrase("{which} is no percentile", which=quoted(which)), hint="Write median, or p90 for the 90th."
    )


def _aggregated(
    rows: Any, keys: tuple[str, ...], measures: Mapping[str, Callable[[Any], Any]]
) -> sa.Select[Any]:
    by = [rows.c[name] for name in ("grp", *keys) if name in rows.c]
    columns = [measure(rows.c).label(name) for name, measure in measures.items()]
    if "unrated" in rows.c:
        columns.append(sa.func.sum(rows.c.unrated).label("unrated"))
    return sa.select(*by, *columns).select_from(rows).group_by(*by)
