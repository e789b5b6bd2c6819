"""Conditions inside `where`: about one interaction or record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from crmkit.core.predicates.sql.build import Build
from crmkit.core.predicates.sql.logic import Logic, Sql, Test
from crmkit.core.predicates.sql.moments import Shift
from crmkit.core.predicates.sql.payload import matching_rows, payload_key
from crmkit.core.predicates.tree import Key, Several, Source
from crmkit.core.store.tables import column_name

_COLUMNS = {"at": "occurred_at", "employee": "employee_id"}


class Rows(Logic):
    """The rows of one source: a table, or a sub-select with the same columns."""

    def __init__(self, build: Build, source: Source, rows: Any, factor: Any = None) -> None:
        super().__init__(build)
        self.source = source
        self.rows = rows
        self._factor = factor

    def word(self, node: Key, shift: Shift) -> Sql:  # noqa: ARG002 - a row has no past of its own
        """The SQL of a key."""
        if self.source.kind == "record":
            return self._record_key(node)
        if node.place == "payload":
            name = node.name.removeprefix("payload.")
            return payload_key(self.rows.c.payload, name, node.type, self.build.dialect)
        if node.name == "amount":
            return self.amount()
        return self.rows.c[_COLUMNS.get(node.name, node.name)]  # type: ignore[no-any-return]

    def amount(self) -> Sql:
        """The amount in minor units of the business's currency."""
        amount: Sql = self.rows.c.amount
        if self._factor is None:
            return amount
        exchange = self.build.exchange
        assert exchange is not None
        currency = self.rows.c.currency
        own = sa.or_(currency.is_(None), currency == exchange.currency)
        return sa.case((own, sa.cast(amount, sa.Double())), else_=sa.cast(amount, sa.Double()) * self._factor)

    def _record_key(self, node: Key) -> Sql:
        record = self.build.context.records[self.source.name]
        if node.name == "at" and "at" not in record.fields:
            return self.rows.c[record.at_column]  # type: ignore[no-any-return]
        return self.rows.c[column_name(record.fields[node.name])]  # type: ignore[no-any-return]

    def has(self, node: Several, test: Callable[[Sql], Test] | None) -> Test:
        """The condition that an element of the payload's list meets `test`."""
        list_name, _, key = node.name.partition(".")
        type_name = self.source.name
        chosen = matching_rows(
            self.build.tables.interaction,
            lambda rows: sa.and_(rows.c.type == type_name, *self.build.only_one(rows.c.customer_id)),
            list_name,
            key or None,
            node.type,
            test or (lambda sql: sql.is_not(None)),
            self.build.dialect,
        )
        return self.rows.c.seq.in_(chosen)  # type: ignore[no-any-return]

    def truth(self, node: Any, shift: Shift) -> Test:
        """The condition that a boolean key is true."""
        return self.word(node, shift) == sa.literal(1, sa.BigInteger)

    def special(self, node: Any, shift: Shift, *, wanted: bool) -> Test:  # noqa: ARG002 - never called
        """Nothing else stands inside where; the resolver has seen to it."""
        raise AssertionError(node)


def rows_with_rates(build: Build, source: Source, table: Any, *, needs_amounts: bool) -> tuple[Rows, Any]:
    """The rows as `where` sees them, and the FROM; with rates where amounts need them."""
    exchange = build.exchange
    if exchange is None or not exchange.foreign or not needs_amounts:
        return Rows(build, source, table), table
    exchange.check()
    rate = exchange.rates.alias()
    when = sa.and_(
        rate.c.currency == table.c.currency,
        table.c.occurred_at >= rate.c.from_at,
        table.c.occurred_at < rate.c.until_at,
    )
    return Rows(build, source, table, rate.c.factor), table.outerjoin(rate, when)
