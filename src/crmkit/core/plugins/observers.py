"""Observers: each has a position in its log and gets what comes after it, exactly once.

The position advances by compare-and-set in the same transaction as what the observer writes, inside a
savepoint of its own: one that fails loses its own writes and nothing else. The batch is kept and tried again
with growing pauses; at the limit the observer is quarantined, and when it is brought back it gets what it
missed. What fails because the database is busy, full or gone does not count.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, field, frozen

from crmkit.core.errors import CrmError, NotFound
from crmkit.core.language import N_
from crmkit.core.logs import changes_after, interactions_after, log_end, written_after
from crmkit.core.phrase import phrase
from crmkit.core.plugins.failure import outage_of, placed
from crmkit.core.plugins.hook_names import OBSERVER_HOOKS
from crmkit.core.store.bulk import driver_rows, savepoint

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

BATCH: Final = 2_000
FAILURE_LIMIT: Final = 8
_FIRST_PAUSE: Final = 1_000_000
_LONGEST_PAUSE: Final = 3_600_000_000
_OUTAGE_PAUSE: Final = 10_000_000
# In the driver's own words: these run with every single record.
_STATES: Final = (
    "SELECT plugin, hook, id, position, failures, retry_at, quarantined_at FROM observer ORDER BY id"
)
_ADVANCE: Final = (
    "UPDATE observer SET position = {0}, failures = 0, retry_at = NULL, error = NULL "
    "WHERE id = {0} AND position = {0} RETURNING id"
)
_MOVE: Final = {"sqlite": _ADVANCE.format("?"), "postgresql": _ADVANCE.format("%s")}
_FAILED: Final = N_(
    'Plugin "{plugin}" {version} failed in {hook}: {error}. What is on record is safe; it will be tried '
    "again."
)
_QUARANTINED: Final = N_(
    'Plugin "{plugin}" {version} failed in {hook}: {error}. It failed {count} times and is quarantined; '
    "what is on record is safe. When it is mended: crm plugins resume {plugin}"
)
_PUT_OFF: Final = N_(
    'What plugin "{plugin}" does in {hook} is put off: {error}. What is on record is safe; it will be tried '
    "again."
)
log = logging.getLogger("crmkit.observers")


@frozen
class Observer:
    """One plugin's implementation of an observing hook, ready to be called with keyword arguments."""

    plugin: str
    version: str
    hook: str
    call: Callable[[dict[str, Any]], Any]

    @property
    def log(self) -> str:
        """The log it follows: `interaction` or `change`."""
        return OBSERVER_HOOKS[self.hook]


@frozen
class _State:
    """An observer's row: how far it is, and how it fares."""

    id: int
    position: int
    failures: int
    retry_at: int | None
    quarantined_at: int | None


@define
class _Reading:
    """What was read of the logs in one pass: observers at the same position share it."""

    kernel: Kernel
    connection: sa.Connection
    batches: dict[tuple[str, int], tuple[Any, ...]] = field(factory=dict)

    def after(self, log_name: str, position: int) -> tuple[Any, ...]:
        key = (log_name, position)
        if key not in self.batches:
            self.batches[key] = tuple(self._read(log_name, position))
        return self.batches[key]

    def _read(self, log_name: str, position: int) -> list[Any]:
        if log_name == "interaction":
            return interactions_after(self.connection, self.kernel.words, position, BATCH)
        return list(changes_after(self.connection, position, BATCH))


@define
class Observers:
    """The observers of one opened `Crm`."""

    kernel: Kernel

    @cached_property
    def all(self) -> tuple[Observer, ...]:
        """Every observer of the loaded plugins, in their order."""
        return tuple(
            Observer(plugin, version, hook, call)
            for hook in OBSERVER_HOOKS
            for plugin, version, call in self.kernel.hooks.observers(hook)
        )

    def deliver(self, tx: Transaction, logs: frozenset[str], entries: int) -> None:
        """Give observers of `logs` what they lack, as part of a unit of work that flushed `entries` entries.

        An observer that lags far behind gets a bounded share; `crm worker` does the rest.
        """
        observers = [observer for observer in self.all if observer.log in logs]
        for _ in range(1 + entries // BATCH):
            if not observers or not self._pass(tx, observers):
                return

    def catch_up(self) -> bool:
        """One bounded pass over all observers in a transaction of its own; whether anything was delivered."""
        if not self.all:
            return False
        with self.kernel.unit(self.kernel.house, deliver=False) as tx:
            return self._pass(tx, list(self.all))

    def _pass(self, tx: Transaction, observers: list[Observer]) -> bool:
        states = self._states(tx)
        reading = _Reading(self.kernel, tx.connection)
        delivered = [self._serve(tx, observer, states, reading) for observer in observers]
        return any(delivered)

    def _states(self, tx: Transaction) -> dict[tuple[str, str], _State]:
        """How it stands with each observer. On PostgreSQL their rows are locked, so that a second deliverer
        waits and then finds them done.
        """
        statement = _STATES if self.kernel.store.is_sqlite else f"{_STATES} FOR UPDATE"
        return {row[:2]: _State(*row[2:]) for row in driver_rows(tx.connection, statement)}

    def _serve(
        self, tx: Transaction, observer: Observer, states: dict[tuple[str, str], _State], reading: _Reading
    ) -> bool:
        state = states.get((observer.plugin, observer.hook))
        if state is None or state.quarantined_at is not None or (state.retry_at or 0) > tx.at:
            return False
        batch = reading.after(observer.log, state.position)
        if not batch:
            return False
        mark = tx.mark()
        try:
            with savepoint(tx.connection):
                return self._hand_over(tx, observer, state, batch)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, sys.exit too
            tx.forget_since(mark)
            if (outage := outage_of(error)) is not None:
                self._put_off(tx, observer, state, outage)
            else:
                self._note_failure(tx, observer, state, error)
            return False

    def _hand_over(self, tx: Transaction, observer: Observer, state: _State, batch: tuple[Any, ...]) -> bool:
        moved = driver_rows(
            tx.connection,
            _MOVE[self.kernel.store.dialect],
            (batch[-1].seq, state.id, state.position),
        )
        if not moved:
            return False
        with self.kernel.acting_in(tx, self.kernel.house) as (crm, own_tx):
            if observer.log == "change":
                observer.call({"changes": batch, "crm": crm, "tx": own_tx})
            # What is left of erased people's interactions is nobody's, and says nothing any more.
            elif theirs := tuple(each for each in batch if each.customer_id is not None):
                observer.call({"interactions": theirs, "crm": crm, "tx": own_tx})
        return True

    def _put_off(self, tx: Transaction, observer: Observer, state: _State, outage: CrmError) -> None:
        """Have it tried again soon, however often: that the database is busy or full is nobody's failure."""
        hook = f"crmkit_{observer.hook}"
        said = phrase(_PUT_OFF, plugin=observer.plugin, hook=hook, error=outage.message)
        log.warning("%s", said)
        table = self.kernel.tables.observer
        tx.execute(
            sa.update(table)
            .where(table.c.id == state.id)
            .values(retry_at=tx.at + _OUTAGE_PAUSE, error=outage.message)
        )

    def _note_failure(self, tx: Transaction, observer: Observer, state: _State, error: BaseException) -> None:
        failures = state.failures + 1
        quarantined = failures >= FAILURE_LIMIT
        pause = min(_FIRST_PAUSE * 2 ** (failures - 1), _LONGEST_PAUSE)
        self._warn(observer, failures, quarantined, error)
        observer_table = self.kernel.tables.observer
        tx.execute(
            sa.update(observer_table)
            .where(observer_table.c.id == state.id)
            .values(
                failures=failures,
                retry_at=tx.at + pause,
                quarantined_at=tx.at if quarantined else None,
                error=placed(f"{type(error).__name__}: {error}", error),
            )
        )

    def _warn(self, observer: Observer, failures: int, quarantined: bool, error: BaseException) -> None:
        failed = phrase(
            _QUARANTINED if quarantined else _FAILED,
            plugin=observer.plugin,
            version=observer.version,
            hook=f"crmkit_{observer.hook}",
            error=placed(repr(error), error),
            count=failures,
        )
        log.log(
            logging.ERROR if quarantined else logging.WARNING,
            "%s",
            failed,
            exc_info=None if quarantined else error,
        )

    def enrol(self, tx: Transaction) -> None:
        """Give observers seen for the first time a position: the present end of their log."""
        known = self._states(tx)
        for observer in self.all:
            if (observer.plugin, observer.hook) not in known:
                tx.execute(
                    sa.insert(self.kernel.tables.observer).values(
                        plugin=observer.plugin,
                        hook=observer.hook,
                        position=log_end(tx.connection, observer.log),
                        failures=0,
                    )
                )

    def resume(self, tx: Transaction, plugin: str) -> int:
        """Lift the quarantine of a plugin's observers; how many were lifted."""
        table = self.kernel.tables.observer
        done = tx.execute(
            sa.update(table)
            .where(
                table.c.plugin == plugin, sa.or_(table.c.quarantined_at.is_not(None), table.c.failures > 0)
            )
            .values(quarantined_at=None, failures=0, retry_at=None, error=None)
        )
        return int(done.rowcount)

    def replay(self, tx: Transaction, plugin: str) -> None:
        """Put a plugin's observers back to the beginning of their logs."""
        table = self.kernel.tables.observer
        done = tx.execute(
            sa.update(table)
            .where(table.c.plugin == plugin)
            .values(position=0, quarantined_at=None, failures=0, retry_at=None, error=None)
        )
        if not done.rowcount:
            raise NotFound(
                phrase('Plugin "{plugin}" observes nothing here', plugin=plugin), hint="Run: crm plugins list"
            )

    def left(self) -> int:
        """How many entries the one furthest behind lacks, of those that are neither in quarantine nor to be
        tried again later."""
        now, here = self.kernel.clock.now(), {(each.plugin, each.hook) for each in self.all}
        with self.kernel.reading() as connection:
            ends = {name: log_end(connection, name) for name in ("interaction", "change")}
            table = self.kernel.tables.observer
            ready = sa.and_(table.c.quarantined_at.is_(None), sa.func.coalesce(table.c.retry_at, 0) <= now)
            rows = connection.execute(sa.select(table).where(ready)).all()
        lacks = (
            ends[OBSERVER_HOOKS[row.hook]] - row.position for row in rows if (row.plugin, row.hook) in here
        )
        return max(lacks, default=0)

    def lag(self) -> Iterator[tuple[str, str, int, str | None, bool]]:
        """(plugin, hook, entries it has not seen, last error, quarantined) of every observer on record."""
        with self.kernel.reading() as connection:
            ends = {name: log_end(connection, name) for name in ("interaction", "change")}
            table = self.kernel.tables.observer
            rows = connection.execute(sa.select(table).order_by(table.c.plugin, table.c.hook)).all()
        for row in rows:
            behind = ends[OBSERVER_HOOKS.get(row.hook, "change")] - row.position
            yield row.plugin, row.hook, behind, row.error, row.quarantined_at is not None

    def unseen_since(self) -> int | None:
        """When the oldest entry was written that an observer of a loaded plugin has yet to see, those in
        quarantine aside; None where they have seen all."""
        table, here = self.kernel.tables.observer, {(each.plugin, each.hook) for each in self.all}
        ready = sa.select(table).where(table.c.quarantined_at.is_(None))
        with self.kernel.reading() as connection:
            rows = [row for row in connection.execute(ready) if (row.plugin, row.hook) in here]
            positions = {(OBSERVER_HOOKS[row.hook], row.position) for row in rows}
            written = [written_after(connection, *each) for each in positions]
        return min((at for at in written if at is not None), default=None)
