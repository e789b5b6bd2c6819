"""One aggregate per source of rows: all that a predicate asks about a customer's purchases, in one pass.

The sub-select reads the rows of one interaction type in the order of the index (type, customer, time,
amount), so that grouping costs nothing, and each window is a FILTER of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa
from attrs import define, field, frozen

from crmkit.core.predicates.sql import numbers
from crmkit.core.predicates.sql.build import Build
from crmkit.core.predicates.sql.logic import Sql, Test
from crmkit.core.predicates.sql.moments import Shift, has_start
from crmkit.core.predicates.sql.rows import Rows, rows_with_rates
from crmkit.core.predicates.tree import Aggregate, Condition, Key, Source, Window, walk

DAY: Final = 86_400_000_000
# What the rows of an interaction must bring along when they do not come from the table itself.
_NEEDED: Final = (
    "seq", "customer_id", "occurred_at", "amount", "currency", "outlet", "channel", "direction",
    "employee_id", "source", "payload",
)  # fmt: skip
_MEASURES: Final = {
    "count": ("count",), "exists": ("count",), "sum": ("sum",), "avg": ("sum", "filled"), "min": ("min",),
    "max": ("max",), "first": ("first",), "last": ("last",), "days_since": ("last",),
}  # fmt: skip


@frozen
class Measure:
    """A number that the database works out for each customer."""

    function: str
    key: Key | None
    where: Condition | None
    window: Window | None


@define(eq=False)
class Block:
    """The sub-select over the rows of one source, as seen `shift` ago.

    `inner` says that only customers it has rows for can match; then `having` may hold conditions about it.
    """

    build: Build
    source: Source
    shift: Shift
    inner: bool = False
    _measures: dict[Measure, str] = field(factory=dict)
    _shown: set[Measure] = field(factory=set)
    _subquery: Any = None

    def want(self, node: Aggregate) -> None:
        """Have the measures of an aggregate worked out."""
        for measure in measures(node):
            self._measures.setdefault(measure, f"m{len(self._measures)}")

    def show(self, node: Aggregate) -> None:
        """Have them in the sub-select's columns, not only for its HAVING."""
        self._shown.update(measures(node))

    def value(self, node: Aggregate, columns: Any) -> Sql:
        """The aggregate's value, given how each measure is written there."""
        found = [columns(each) for each in measures(node)]
        match node.function:
            case "count" | "sum":
                return sa.func.coalesce(found[0], _zero(node))
            case "exists":
                return sa.func.coalesce(found[0], sa.literal(0, sa.BigInteger)) > sa.literal(0, sa.BigInteger)
            case "avg":
                filled = sa.func.nullif(sa.cast(found[1], sa.Double()), sa.literal(0.0, sa.Double()))
                total = sa.cast(found[0], sa.Double()) / filled
                scale = node.key.type.scale if node.key else None
                return total / sa.literal(float(10**scale), sa.Double()) if scale else total
            case "days_since":
                elapsed: Sql = self.build.moments.at(self.shift) - found[0]
                return elapsed // sa.literal(DAY, sa.BigInteger)
        return found[0]  # type: ignore[no-any-return]

    def shown(self, measure: Measure) -> Sql:
        """The column of the sub-select."""
        return self._subquery.c[self._measures[measure]]  # type: ignore[no-any-return]

    def select(self, having: Any) -> Any:
        """The sub-select of (customer_id, measures); `having` gives its conditions for rows of a kind."""
        if self._subquery is None:
            parts = [self._grouped(rows, wheres, having) for rows, wheres in self._branches()]
            statement = parts[0] if len(parts) == 1 else sa.union_all(*parts)
            self._subquery = statement.subquery(self.build.alias("a"))
        return self._subquery

    def _branches(self) -> list[tuple[Any, list[Test]]]:
        """(rows, conditions) of each part: one, or two that share no customer."""
        if self.source.kind == "record":
            table = self.build.context.records[self.source.name].table
            return [(table, [*self.build.only_one(self._columns(table)[0])])]
        interaction = self.build.tables.interaction
        if not self.build.looks_back(self.shift):
            return [(interaction, [interaction.c.superseded_by.is_(None), *self._about(interaction)])]
        return self._past_branches(interaction)

    def _about(self, rows: Any) -> list[Test]:
        return [rows.c.type == self.source.name, *self.build.only_one(rows.c.customer_id)]

    def _past_branches(self, interaction: sa.Table) -> list[tuple[Any, list[Test]]]:
        """Customers of whom nothing was superseded since are read from the index; the few others apart."""
        known_by = self.build.moments.at(self.shift)
        successor, replaced = interaction.alias(), interaction.alias()
        # By number, not by a join: corrections are few, and a planner must not start from all the rest.
        since = sa.select(successor.c.corrects).where(
            successor.c.corrects.is_not(None), successor.c.known_at > known_by
        )
        back = [replaced.c.seq.in_(since), *self._about(replaced), replaced.c.known_at <= known_by]
        affected = sa.select(replaced.c.customer_id).where(*back, replaced.c.customer_id.is_not(None))
        standing = [
            *self._about(interaction),
            interaction.c.superseded_by.is_(None),
            interaction.c.known_at <= known_by,
        ]
        # A copy of the log has no payloads, and a statement for one asks for nothing in them.
        needed = _NEEDED[:-1] if self.build.dialect == "duckdb" else _NEEDED
        theirs = sa.select(*(interaction.c[name] for name in needed)).where(
            *standing, interaction.c.customer_id.in_(affected)
        )
        restored = sa.select(*(replaced.c[name] for name in needed)).where(*back)
        mixed = sa.union_all(theirs, restored).subquery(self.build.alias("b"))
        return [(interaction, [*standing, interaction.c.customer_id.not_in(affected)]), (mixed, [])]

    def _grouped(self, table: Any, wheres: list[Test], having: Any) -> sa.Select[Any]:
        rows, source = rows_with_rates(self.build, self.source, table, needs_amounts=self._needs_amounts())
        customer, at = self._columns(table)
        windows = [each.window for each in self._measures]
        wheres = [*wheres, at < self.build.moments.end(self.shift, windows)]
        if all(has_start(each) for each in windows):
            wheres.append(at >= self.build.moments.start(self.shift, windows))  # type: ignore[arg-type]
        shared = {each.where for each in self._measures}
        if len(shared) == 1 and (only := next(iter(shared))) is not None:
            wheres.append(rows.holds(only, self.shift))
        write = {
            each: self._written(each, rows, at, one_where=len(shared) == 1, one_window=len(set(windows)) == 1)
            for each in self._measures
        }
        shown = [write[each].label(self._measures[each]) for each in self._measures if each in self._shown]
        statement = sa.select(customer.label("customer_id"), *shown).select_from(source)
        # Not beside the customers that it is about: SQLite would look for all who are somebody, by its index.
        if (self.source.kind == "record" or self.inner) and not self.build.only_one(customer):
            wheres.append(customer.is_not(None))
        conditions = having(lambda measure: write[measure])
        statement = statement.where(*wheres).group_by(customer)
        return statement.having(sa.and_(*conditions)) if conditions else statement

    def _columns(self, table: Any) -> tuple[Sql, Sql]:
        if self.source.kind == "record":
            record = self.build.context.records[self.source.name]
            return table.c[record.customer_column], table.c[record.at_column]
        return table.c.customer_id, table.c.occurred_at

    def _needs_amounts(self) -> bool:
        keys = [each.key for each in self._measures] + [
            node for each in self._measures if each.where is not None for node in walk(each.where)
        ]
        return self.source.kind == "interaction" and any(
            isinstance(key, Key) and key.name == "amount" for key in keys
        )

    def _written(self, measure: Measure, rows: Rows, at: Sql, *, one_where: bool, one_window: bool) -> Sql:
        over = rows.word(measure.key, self.shift) if measure.key is not None else at
        write: dict[str, Callable[[], Any]] = {
            "count": sa.func.count,
            "filled": lambda: sa.func.count(over),
            "sum": lambda: sa.func.sum(over),
            "min": lambda: sa.func.min(over),
            "max": lambda: sa.func.max(over),
            "first": lambda: sa.func.min(at),
            "last": lambda: sa.func.max(at),
        }
        aggregate = write[measure.function]()
        conditions = [] if one_window else self._inside(measure.window, at)
        if measure.where is not None and not one_where:
            conditions.append(rows.holds(measure.where, self.shift))
        return aggregate.filter(sa.and_(*conditions)) if conditions else aggregate  # type: ignore[no-any-return]

    def _inside(self, window: Window | None, at: Sql) -> list[Test]:
        conditions: list[Test] = []
        if window is not None and has_start(window):
            conditions.append(at >= self.build.moments.start(self.shift, [window]))
        if window is not None and window.kind in ("until", "from"):
            conditions.append(at < self.build.moments.end(self.shift, [window]))
        return conditions


def measures(node: Aggregate) -> list[Measure]:
    """What has to be worked out for an aggregate."""
    over = node.key if node.function in ("sum", "avg", "min", "max") else None
    return [Measure(each, over, node.where, node.window) for each in _MEASURES[node.function]]


def _zero(node: Aggregate) -> Sql:
    is_real = node.function == "sum" and numbers.bare(node).type.scale is None
    return sa.literal(0.0, sa.Double()) if is_real else sa.literal(0, sa.BigInteger)
