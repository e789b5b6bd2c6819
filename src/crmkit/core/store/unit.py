"""The unit of work: one transaction, one actor, one instant, and the log entries that it ends with.

Entries for the two logs are buffered and written together at the end. On PostgreSQL their numbers are taken
under a lock that is held until the commit, so that a log's order is the order of commits and a reader's
position is one integer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from attrs import define, field

from crmkit.core.errors import Conflict
from crmkit.core.model.people import Actor
from crmkit.core.phrase import phrase
from crmkit.core.store.audit import chained
from crmkit.core.store.bulk import Row, driver_rows, insert_rows, reserve

INTERACTION_COLUMNS: Final = (
    "seq", "customer_id", "type", "channel", "direction", "employee_id", "outlet", "occurred_at",
    "recorded_at", "known_at", "amount", "currency", "payload", "payload_version", "source", "source_ref",
    "corrects", "identity_id", "contact_point_id", "actor",
)  # fmt: skip
CHANGE_COLUMNS: Final = (
    "seq", "at", "actor", "action", "entity", "entity_id", "customer_id", "field", "old", "new", "source",
    "origin", "salt", "digest", "hash",
)  # fmt: skip
# Where a buffered change, which begins with its instant and actor, says whose it is.
_CHANGED_CUSTOMER: Final = 5
# One number for both logs: what is appended to either is serialised, so neither can overtake the other.
LOG_LOCK: Final = 0x63726D6B


class Mark(NamedTuple):
    """How much is buffered of either log, how often it was flushed, and what `written` would say."""

    interactions: int
    changes: int
    flushes: int
    written_interactions: int
    written_changes: int


class Slot:
    """The numbers that interactions appended together will have: None until their unit has been flushed."""

    __slots__ = ("seqs",)

    def __init__(self) -> None:
        self.seqs: Sequence[int] | None = None

    @property
    def seq(self) -> int | None:
        """The number of the only, or first, interaction."""
        return self.seqs[0] if self.seqs else None


@define(kw_only=True)
class Transaction:
    """One unit of work. Plugins run their own tables' statements with `execute`.

    `at` is the instant that everything written in it carries; `actor` is on whose behalf it is done. In one
    that `is_trial` everything is thrown away, and nobody reads the log: it need not be written; `tried` are
    the rules that the trial was asked about by name.
    """

    _connection: sa.Connection
    actor: Actor
    at: int
    _random: Callable[[int], bytes]
    is_trial: bool = field(default=False, kw_only=True)
    tried: Collection[str] = field(default=(), kw_only=True)
    _interactions: list[tuple[Slot, Sequence[Row]]] = field(factory=list)
    _changes: list[Row] = field(factory=list)
    _written: list[int] = field(factory=lambda: [0, 0])
    # What was flushed, oldest first: a part of the unit that fails takes its flushes back.
    _flushed: list[tuple[list[tuple[Slot, Sequence[Row]]], list[Row]]] = field(factory=list)

    def execute(
        self,
        statement: sa.Executable,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> sa.CursorResult[Any]:
        """Run a SQLAlchemy Core statement with bound parameters inside the unit of work."""
        return self._connection.execute(statement, parameters)

    @property
    def connection(self) -> sa.Connection:
        """The connection, for the core's own services. Plugins use `execute`."""
        return self._connection

    @property
    def pending(self) -> bool:
        """Whether log entries wait to be flushed, or were flushed and nobody has asked how many."""
        return bool(self._interactions or self._changes or self._written[0] or self._written[1])

    def append_interaction(self, row: Row) -> Slot:
        """Buffer an interaction: values of `INTERACTION_COLUMNS` without `seq`."""
        return self.append_interactions((row,))

    def append_interactions(self, rows: Sequence[Row]) -> Slot:
        """Buffer many interactions at once; one slot receives all their numbers, in the order of `rows`."""
        slot = Slot()
        if rows:
            self._interactions.append((slot, rows))
        return slot

    def append_change(self, row: Row) -> None:
        """Buffer a change: (action, entity, entity_id, customer_id, field, old, new, source, origin uid).

        `old` and `new` are JSON text or None; instant and actor are this unit's.
        """
        self._changes.append((self.at, self.actor.name, *row))

    def acting(self, actor: Actor) -> Transaction:
        """The same unit of work on behalf of `actor`: what it appends is flushed with the rest."""
        return Transaction(
            connection=self._connection,
            actor=actor,
            at=self.at,
            random=self._random,
            interactions=self._interactions,
            changes=self._changes,
            written=self._written,
            flushed=self._flushed,
            is_trial=self.is_trial,
            tried=self.tried,
        )

    def mark(self) -> Mark:
        """Where the buffers stand, for `forget_since`."""
        return Mark(len(self._interactions), len(self._changes), len(self._flushed), *self._written)

    def changes_since(self, mark: Mark) -> Sequence[Row]:
        """The changes buffered after `mark`: (at, actor, action, …) as `append_change` takes them."""
        return self._changes[mark.changes :]

    def forget_since(self, mark: Mark) -> None:
        """Drop what was buffered after `mark`, as a rolled back savepoint demands.

        What was buffered before and flushed after it is rolled back as well: it is buffered again.
        """
        if len(self._flushed) > mark.flushes:
            self._interactions[:], self._changes[:] = self._flushed[mark.flushes]
            self._written[:] = mark.written_interactions, mark.written_changes
            del self._flushed[mark.flushes :]
        del self._interactions[mark.interactions :]
        del self._changes[mark.changes :]

    def flush(self) -> tuple[int, int]:
        """Write the buffered entries and number them; how many interactions and changes were written."""
        interactions, changes = self._interactions[:], self._changes[:]
        self._interactions.clear()
        self._changes.clear()
        if not interactions and not changes:
            return 0, 0
        self._flushed.append((interactions, changes))
        if self._connection.dialect.name == "postgresql":
            self._hold_customers(interactions, changes)
            driver_rows(self._connection, "SELECT pg_advisory_xact_lock(%s)", (LOG_LOCK,))
        recorded = self._write_interactions(interactions) if interactions else 0
        if changes:
            self._write_changes(changes)
        self._written[0] += recorded
        self._written[1] += len(changes)
        return recorded, len(changes)

    def _hold_customers(self, interactions: list[tuple[Slot, Sequence[Row]]], changes: list[Row]) -> None:
        """Let nobody merge or erase whom the entries are about: waiting for that with the logs' lock in hand
        would have the one who merges wait for the lock, and both for ever."""
        ids = {row[0] for _, batch in interactions for row in batch}
        ids.update(row[_CHANGED_CUSTOMER] for row in changes)
        ids.discard(None)
        if ids:
            held = (
                "SELECT count(*) FROM (SELECT 1 FROM customer WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE) h"
            )
            driver_rows(self._connection, held, (sorted(ids),))

    def written(self) -> tuple[int, int]:
        """How many interactions and changes were flushed since this was last asked."""
        interactions, changes = self._written
        self._written[:] = (0, 0)
        return interactions, changes

    def _write_interactions(self, entries: list[tuple[Slot, Sequence[Row]]]) -> int:
        count = sum(len(batch) for _, batch in entries)
        numbers = reserve(self._connection, "interaction", "seq", count)
        rows: list[Row] = []
        for slot, batch in entries:
            slot.seqs = numbers[len(rows) : len(rows) + len(batch)]
            rows.extend([(seq, *row) for seq, row in zip(slot.seqs, batch, strict=True)])
        insert_rows(self._connection, "interaction", INTERACTION_COLUMNS, rows)
        corrects = INTERACTION_COLUMNS.index("corrects")
        for row in rows:
            if row[corrects] is not None:
                self._supersede(row[corrects], row[0])
        return len(rows)

    def _supersede(self, original: int, successor: int) -> None:
        free = "seq = :original AND superseded_by IS NULL"
        statement = sa.text(f"UPDATE interaction SET superseded_by = :successor WHERE {free}")
        done = self._connection.execute(statement, {"successor": successor, "original": original})
        if done.rowcount != 1:
            raise Conflict(
                phrase(
                    "Interaction {original} has been corrected or voided by somebody else in the meantime",
                    original=original,
                ),
                hint="Look at it again: crm interactions list",
            )

    def _write_changes(self, changes: list[Row]) -> None:
        numbers = reserve(self._connection, "change", "seq", len(changes))
        previous = driver_rows(self._connection, "SELECT hash FROM change ORDER BY seq DESC LIMIT 1")
        rows = chained(previous[0][0] if previous else "", changes, numbers, self._random)
        insert_rows(self._connection, "change", CHANGE_COLUMNS, rows)
