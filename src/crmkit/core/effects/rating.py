"""Rates: how quickly messages may leave, over all workers.

Each rate is a bucket of tokens, kept as one instant: when it would be full again (the generic cell rate
algorithm, ITU-T I.371, in its form as a virtual schedule).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from attrs import define, field

from crmkit.core.customers.sets import rows_among
from crmkit.core.effects.line import Line, Outcome
from crmkit.core.model.strategy import PENDING
from crmkit.core.store.bulk import driver_many, driver_rows

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.model.acting import Rate

_SECOND: Final = 1_000_000
_KEEP: Final = {
    "sqlite": 'INSERT INTO send_rate (channel, key, "at") VALUES (?, ?, ?) '
    'ON CONFLICT (channel, key) DO UPDATE SET "at" = excluded."at"',
    "postgresql": 'INSERT INTO send_rate (channel, key, "at") VALUES (%s, %s, %s) '
    'ON CONFLICT (channel, key) DO UPDATE SET "at" = excluded."at"',
}
_FORGET: Final = {
    "sqlite": 'DELETE FROM send_rate WHERE channel = ? AND "at" < ?',
    "postgresql": 'DELETE FROM send_rate WHERE channel = %s AND "at" < %s',
}


@define
class Rates:
    """The buckets of one channel, over one pass.

    Whoever finds no token is told when the next one comes; the pass remembers what it promised, so that what
    waits comes back one by one. Nothing is taken for what was promised: it may never be sent.
    """

    channel: str
    _promised: dict[str, int] = field(factory=dict)
    _is_tidy: bool = False

    def draw(self, connection: sa.Connection, lines: Sequence[Line], now: int) -> None:
        """Take tokens for these lines in their order; who gets none has an outcome then: when to come again.

        The caller holds the lock under which lines are opened.
        """
        keys = sorted({rate.key for line in lines for rate in line.rates})
        if not keys:
            return
        select = 'SELECT key, "at" FROM send_rate WHERE channel = ? AND key'
        kept = {row[0]: row[1] for row in rows_among(connection, select, keys, self.channel)}
        full = dict(kept)
        for rate in {rate.key: rate for line in lines for rate in line.rates if rate.key in kept}.values():
            full[rate.key] = _bounded(rate, kept[rate.key], now)
        for line in lines:
            late = [(rate, at) for rate in line.rates if (at := _next(rate, full.get(rate.key, now))) > now]
            if late:
                line.outcome = self._put_off(late, now)
                continue
            for rate in line.rates:
                full[rate.key] = max(full.get(rate.key, now), now) + _gap(rate)
        changed = [(self.channel, key, at) for key, at in full.items() if kept.get(key) != at]
        if changed:
            driver_many(connection, _KEEP[connection.dialect.name], changed)
        if not self._is_tidy:
            driver_rows(connection, _FORGET[connection.dialect.name], (self.channel, now))
            self._is_tidy = True

    def _put_off(self, late: Sequence[tuple[Rate, int]], now: int) -> Outcome:
        due_at = now
        for rate, at in late:
            promised = max(at, self._promised.get(rate.key, 0))
            self._promised[rate.key] = promised + _gap(rate)
            due_at = max(due_at, promised)
        rate = late[-1][0]
        reason = f"waits for its turn: {_told(rate)} for {rate.key}"
        return Outcome(state=PENDING, reason=reason, due_at=due_at, afresh=True)


def _next(rate: Rate, full_at: int) -> int:
    """When the next token comes, or came."""
    return full_at - (rate.burst - 1) * _gap(rate)


def _bounded(rate: Rate, full_at: int, now: int) -> int:
    """When the bucket is full: an empty one after `burst` gaps. What is later is of a clock set back."""
    return min(full_at, now + rate.burst * _gap(rate))


def _gap(rate: Rate) -> int:
    return max(1, round(_SECOND / rate.per_second))


def _told(rate: Rate) -> str:
    for seconds, each in ((1, "a second"), (60, "a minute"), (3600, "an hour")):
        if rate.per_second * seconds >= 1:
            return f"{rate.per_second * seconds:,.4g} {each}"
    return f"{rate.per_second * 86_400:,.4g} a day"
