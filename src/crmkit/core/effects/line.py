"""A row of the ledger on its way to the world outside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, frozen

from crmkit.core.customers.sets import rows_among
from crmkit.core.model.acting import ActionItem, Parcel
from crmkit.core.store.suppression import fingerprint, suppression_key
from crmkit.core.strategy.origins import rule_of

if TYPE_CHECKING:
    from crmkit.core.model.acting import Rate
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
    # When it was claimed, or its lease was renewed.
    leased_at: int = 0
    # As it was prepared: for the action, the address by the gates, the rates, and when plugins were asked.
    prepared: ActionItem | None = None
    address: str | None = None
    rates: Sequence[Rate] = ()
    reviewed_at: int = 0
    # As it was last found: whose it is, and whether it is to come to nothing if it comes back.
    owner: int | None = None
    is_cancelled: bool = False

    @property
    def key(self) -> tuple[int, int]:
        """What tells this turn of the row from any other."""
        return self.id, self.token

    @property
    def given_address(self) -> str | None:
        """Where a letter goes to whose reader has no address: the conversation that it answers."""
        if '"thread"' not in self.params:
            return None
        letter = json.loads(self.params).get("letter")
        return letter.get("thread") or None if isinstance(letter, dict) else None

    def item(self, action: Action, mark: str) -> ActionItem:
        """The line as its action takes it; `mark` tells this database from others.
        Raises `TypeError` or `ValueError` for parameters that the action does not understand."""
        assert self.customer_id is not None
        return ActionItem(
            effect=self.id,
            customer_id=self.customer_id,
            params=action.params(**json.loads(self.params)),
            rule=rule_of(self.origin),
            source=f"plan:{self.plan_id}" if self.plan_id is not None else self.origin,
            result=self.result,
            key=key_of(self.id, mark),
            occasion=self.occasion,
        )


def columns(tables: Tables) -> list[sa.Column[Any]]:
    """The columns that `line_of` reads."""
    return [tables.effect.c[name] for name in _READ]


def line_of(row: Any) -> Line:
    """The line of a row of `columns`."""
    return Line(*row)


def still_ours(tx: Transaction, lines: Sequence[Line], *states: str) -> list[Line]:
    """Those of the lines that are in one of these states and in the same hands as ever, locked until the unit
    ends; each knows then whose it is by now, and whether it was cancelled on its way."""
    marks = ", ".join("?" * len(states))
    select = f"SELECT id, token, customer_id, due_at FROM effect WHERE state IN ({marks}) AND id"  # noqa: S608
    after = "" if tx.connection.dialect.name == "sqlite" else "ORDER BY id FOR UPDATE"
    rows = rows_among(tx.connection, select, [line.id for line in lines], *states, after=after)
    ours = {row[:2]: row[2:] for row in rows}
    found = []
    for line in lines:
        now = ours.get(line.key)
        if now is not None:
            line.owner, line.is_cancelled = now[0], now[1] is None
            found.append(line)
    return found


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
