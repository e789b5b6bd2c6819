"""A mass edit at work: batch by batch, each in a unit of work of its own, all under one reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import define, field, frozen

from crmkit.core.customers.customers import readable
from crmkit.core.customers.sets import without_collector
from crmkit.core.editing import runs
from crmkit.core.editing.batch import edit_batch
from crmkit.core.editing.chosen import Condition, ids_of
from crmkit.core.editing.values import LISTED, Changes, EditReport, Skipped
from crmkit.core.editing.wording import recalled
from crmkit.core.errors import CrmError, TryAgain
from crmkit.core.logs import change_of
from crmkit.core.people.current import allowed
from crmkit.core.phrase import as_phrase, nphrase, phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.interaction import Change
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Mark, Transaction

WRITE: Final = "customers.write"
BATCH: Final = 10_000
_SHOWN: Final = 3
Progress = Callable[[int, int], None]


@frozen
class Others:
    """What an edit changed besides customers: how many records, and rows of each table of plugins."""

    records: int = 0
    rows: Mapping[str, int] = field(factory=dict)

    def __bool__(self) -> bool:
        return bool(self.records or self.rows)


# What else an edit does, in its last unit: (unit, actor, source).
Also = Callable[["Transaction", "Actor", str], Others]


class Rolledback(Exception):
    """Ends a unit of a rehearsal so that nothing of it stays."""


@define
class _Tally:
    matched: int = 0
    changed: int = 0
    refused: int = 0
    others: Others = field(factory=Others)
    skipped: list[Skipped] = field(factory=list)
    samples: list[Change] = field(factory=list)


@define(kw_only=True)
class Mass:
    """One mass edit: `changes` to everybody who meets `condition`, and what `also` does besides.

    `what` is kept for good and says it without any value.
    """

    crm: Crm
    condition: Condition
    changes: Changes
    what: str
    also: Also | None = None
    progress: Progress | None = None
    batch_size: int = BATCH
    _tally: _Tally = field(factory=_Tally, init=False)
    _number: int | None = field(default=None, init=False)

    def preview(self) -> EditReport:
        """What it would do now: all of it is tried, with every decider, and nothing stays."""
        with self._unit() as (tx, actor):
            ids = ids_of(self.crm.kernel, tx.connection, actor, self.condition)
        with without_collector():
            for start in _starts(ids, self.batch_size):
                with suppress(Rolledback), self._unit() as (tx, actor):
                    mark = tx.mark()
                    self._batch(tx, actor, ids[start : start + self.batch_size], "edit", start, len(ids))
                    self._sample(tx, mark)
                    raise Rolledback
                self._tell(start, len(ids))
        return self._report(None)

    def apply(self) -> EditReport:
        """Do it. What one batch has written stays when a later one fails; the error then says so."""
        ids: list[int] = []
        start = 0
        with without_collector():
            while start == 0 or start < len(ids):
                with self._told_how_far(start), self._unit() as (tx, actor):
                    ids = ids or self._begin(tx, actor)
                    chunk = ids[start : start + self.batch_size]
                    if start:
                        chunk = ids_of(self.crm.kernel, tx.connection, actor, self.condition, chunk)
                    changed = self._tally.changed
                    self._batch(tx, actor, chunk, runs.ref_of(self._number or 0), start, len(ids))
                    self._settle(tx, self._tally.changed - changed, start, len(ids))
                self._tell(start, len(ids))
                start += self.batch_size
        something = self._tally.changed or self._tally.others
        return self._report(self._number if something else None)

    def _begin(self, tx: Transaction, actor: Actor) -> list[int]:
        if self._number is None:
            self._number = runs.begin(self.crm.tables, tx, self.what)
        return ids_of(self.crm.kernel, tx.connection, actor, self.condition)

    def _batch(
        self, tx: Transaction, actor: Actor, ids: Sequence[int], source: str, start: int, total: int
    ) -> None:
        tally = self._tally
        done = edit_batch(self.crm.kernel, actor, tx, ids, self.changes, source)
        tally.matched += len(ids)
        tally.changed += len(done.changed)
        tally.refused += len(done.skipped)
        tally.skipped += done.skipped[: LISTED - len(tally.skipped)]
        if self.also is not None and start + self.batch_size >= total:
            tally.others = self.also(tx, actor, source)

    def _settle(self, tx: Transaction, changed: int, start: int, total: int) -> None:
        last = start + self.batch_size >= total
        number = self._number or 0
        if last and not self._tally.changed and not self._tally.others:
            runs.forget(self.crm.tables, tx, number)
        else:
            runs.advance(self.crm.tables, tx, number, changed, last=last)

    def _sample(self, tx: Transaction, mark: Mark) -> None:
        """What changes about the first few customers."""
        if self._tally.samples:
            return
        shown: dict[int, list[Change]] = {}
        for entry in tx.changes_since(mark):
            if len(shown) == _SHOWN and entry[5] not in shown:
                break
            change = change_of((0, *entry[:10]))
            shown.setdefault(entry[5], []).append(readable(change, self.crm.kernel))
        self._tally.samples = [change for changes in shown.values() for change in changes]

    def _report(self, number: int | None) -> EditReport:
        tally = self._tally
        return EditReport(
            ref=None if number is None else runs.ref_of(number),
            what=recalled(self.what),
            matched=tally.matched,
            changed=tally.changed,
            unchanged=tally.matched - tally.changed - tally.refused,
            refused=tally.refused,
            records=tally.others.records,
            rows=tally.others.rows,
            skipped=tuple(tally.skipped),
            samples=tuple(tally.samples),
        )

    def _tell(self, start: int, total: int) -> None:
        if self.progress is not None:
            self.progress(min(start + self.batch_size, total), total)

    @contextmanager
    def _told_how_far(self, start: int) -> Iterator[None]:
        """A failure after the first batch says what had been done by then."""
        try:
            yield
        except CrmError as error:
            if start:
                ref = runs.ref_of(self._number or 0)
                error.message = nphrase(
                    "{problem} ({ref} had changed {count} customer by then)",
                    "{problem} ({ref} had changed {count} customers by then)",
                    self._tally.changed,
                    problem=as_phrase(error.message),
                    ref=ref,
                )
                error.hint = phrase(
                    "Go on by giving the same command again, or take it back: crm undo {ref}", ref=ref
                )
            raise

    @contextmanager
    def _unit(self) -> Iterator[tuple[Transaction, Actor]]:
        with unit_of(self.crm) as pair:
            yield pair


@contextmanager
def unit_of(crm: Crm) -> Iterator[tuple[Transaction, Actor]]:
    """A unit of work and the actor as they are now. Raises `NotAllowed` and `TryAgain`."""
    kernel = crm.kernel
    try:
        with kernel.unit(crm.actor) as tx:
            yield tx, allowed(kernel, tx.connection, crm.actor, WRITE)
    except sa.exc.IntegrityError as error:
        raise TryAgain(
            "Somebody else saved the same value at the same moment; nothing of this batch was written",
            hint="Repeat it: the customers are then found as they left them.",
        ) from error


def _starts(ids: Sequence[int], size: int) -> range:
    """Where each batch begins; one, also where there is nobody."""
    return range(0, max(len(ids), 1), size)
