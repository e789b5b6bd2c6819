"""A row of the ledger on its way to the world outside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, frozen

from crmkit.core.model.strategy import ActionItem, Parcel
from crmkit.core.store.suppression import fingerprint, suppression_key

if TYPE_CHECKING:
    from crmkit.core.model.words import Action
    from crmkit.core.store.tables import Tables
    from crmkit.core.store.unit import Transaction

# More than any database numbers.
_DIGITS: Final = 18
_READ: Final = (
    "id", "origin", "step", "occasion", "customer_id", "plan_id", "action", "params", "channel", "purpose",
    "attempts", "token", "created_at", "give_up_at", "result",
)  # fmt: skip


@frozen(kw_only=True)
class Outcome:
    """What has become of a line. `due_at` is when a pending one goes on; `afresh` says that the time after
    which it is given up has not begun."""

    state: str
    reason: str | None = None
    result: str | None = None
    due_at: int | None = None
    afresh: bool = False


@define
class Line:
    """One row, as whoever has its `token` knows it. `outcome` is None for as long as it goes on."""

    id: int
    origin: str
    step: str
    occasion: str
    customer_id: int | None
    plan_id: int | None
    action: str
    params: str
    channel: str | None
    purpose: str | None
    attempts: int
    token: int
    created_at: int
    give_up_at: int | None
    result: str | None = None
    parcel: Parcel | None = None
    outcome: Outcome | None = None
    leased_at: int = 0

    @property
    def key(self) -> tuple[int, int]:
        """What tells this turn of the row from any other."""
        return self.id, self.token

    def item(self, action: Action, mark: str) -> ActionItem:
        """The line as its action takes it; `mark` tells this database from others. Raises `TypeError` or
        `ValueError` for parameters that the action does not understand."""
        assert self.customer_id is not None
        return ActionItem(
            effect=self.id,
            customer_id=self.customer_id,
            params=action.params(**json.loads(self.params)),
            rule=self.origin.removeprefix("rule:"),
            source=f"plan:{self.plan_id}" if self.plan_id is not None else self.origin,
            result=self.result,
            key=key_of(self.id, mark),
        )


def columns(tables: Tables) -> list[sa.Column[Any]]:
    """The columns that `line_of` reads."""
    return [tables.effect.c[name] for name in _READ]


def line_of(row: Any) -> Line:
    """The line of a row of `columns`."""
    return Line(*row)


def still_ours(tx: Transaction, tables: Tables, lines: Sequence[Line], *states: str) -> list[Line]:
    """Those of the lines that are in one of these states and in the same hands as ever, locked until the unit
    ends. A line follows a customer who was merged, and has none once they were erased."""
    table = tables.effect
    chosen = (
        sa.select(table.c.id, table.c.token)
        .where(table.c.id.in_([line.id for line in lines]), table.c.state.in_(states))
        .order_by(table.c.id)
        .with_for_update()
    )
    ours = {(row.id, row.token) for row in tx.execute(chosen)}
    return [line for line in lines if line.key in ours]


def owners(tx: Transaction, tables: Tables, lines: Sequence[Line]) -> dict[int, int | None]:
    """Whose each of these lines is by now: somebody else's once they were merged, nobody's once erased."""
    table = tables.effect
    chosen = sa.select(table.c.id, table.c.customer_id).where(table.c.id.in_([line.id for line in lines]))
    return {row.id: row.customer_id for row in tx.execute(chosen)}


def key_of(number: int, mark: str) -> str:
    """What is the same whenever an effect is tried, and no other's in any database."""
    return f"effect-{number}@{mark}"


def number_of(key: str, mark: str) -> int | None:
    """The number of the effect that has this key in the database with this mark, if it is of one."""
    left, _, right = key.partition("@")
    number = left.removeprefix("effect-")
    if right != mark or not number.isascii() or not number.isdecimal() or len(number) > _DIGITS:
        return None
    return int(number) if key_of(int(number), mark) == key else None


def mark_of(connection: sa.Connection) -> str:
    """What tells this database from every other, in the keys of its effects."""
    return fingerprint(suppression_key(connection) or b"")
