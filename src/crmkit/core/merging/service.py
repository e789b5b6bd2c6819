"""`crm.merging`: make one customer of several who are the same, and take that back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.customers.references import resolve
from crmkit.core.customers.sets import rows_among, without_collector
from crmkit.core.errors import Invalid, TryAgain
from crmkit.core.merging.applying import Outcome, begin
from crmkit.core.merging.pairs import flattened
from crmkit.core.merging.preview import preview
from crmkit.core.merging.root import root_rows
from crmkit.core.merging.runs import run_numbered, runs, take_back
from crmkit.core.merging.values import (
    MergePreview,
    MergeReceipt,
    MergeRun,
    Pair,
    UnmergeReceipt,
)
from crmkit.core.people.current import allowed
from crmkit.core.people.visibility import seen_among
from crmkit.core.phrase import phrase
from crmkit.core.store.contracts import load_contracts

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.merging.separating import Separating
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Transaction

MERGE: Final = "customers.merge"
# What is decided about is held in memory: some 20 KB for each pair.
MOST: Final = 20_000
_TRIES: Final = 5
Ref = int | str


class Merging:
    """Merges, for one actor, who needs the permission `customers.merge`.

    Everything that any table holds about the losers becomes the survivor's, as the tables' ownership
    contracts say, also of plugins that are disabled or gone. Ids and uids of the losers lead to the survivor
    from then on.
    """

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    def merge(self, survivor: Ref, *losers: Ref, source: str = "") -> MergeReceipt:
        """Merge `losers` into `survivor`. Take it back with `crm.undo.undo(receipt.ref)` or `unmerge`.

        Raises `NotFound`, `Ambiguous`, `Invalid` for a customer and themselves, `NotAllowed`, and `TryAgain`
        when somebody else wrote about them at the same moment.
        """
        if not losers:
            raise Invalid("Whom to merge?", hint="Name the survivor and at least one other customer.")
        return self.merge_all([(survivor, loser) for loser in losers], source=source)

    def merge_all(self, pairs: Iterable[tuple[Ref, Ref]], *, source: str = "") -> MergeReceipt:
        """Merge many `(survivor, loser)` pairs at once: all of them, or none.

        The outcome is that of merging them one after the other; chains and shared survivors are allowed, and
        everybody ends up in the last survivor. At most 20,000 pairs at a time. Raises as `merge` does, and
        `Conflict` for a customer who is to go into two others.
        """
        wanted = list(pairs)
        if len(wanted) > MOST:
            raise Invalid(
                phrase(
                    "At most {most:,} pairs are merged at once, not {count:,}", most=MOST, count=len(wanted)
                )
            )
        for _ in range(_TRIES - 1 if self._kernel.current is None else 0):
            try:
                return self._merged(wanted, source)
            except TryAgain:
                continue
        return self._merged(wanted, source)

    def _merged(self, wanted: Sequence[tuple[Ref, Ref]], source: str) -> MergeReceipt:
        with self._writing() as (tx, actor), without_collector():
            flat = self._flat(tx.connection, actor, wanted)
            contracts = load_contracts(tx.connection)
            rows = root_rows(tx.connection, contracts.root, flat, lock=True)
            if len(rows) != len({id_ for pair in flat for id_ in (pair.loser, pair.survivor)}):
                raise TryAgain(
                    "One of them was merged or erased by somebody else in the meantime; nothing was written",
                    hint="Look at them again, then repeat it.",
                )
            if tx.pending:
                # What this unit of work has recorded about a loser must be on record to move.
                tx.flush()
            applying = begin(self._kernel, tx, flat, source, rows, contracts)
            outcome = applying.apply()
        return _receipt(applying.number, flat, outcome)

    def preview(self, survivor: Ref, *losers: Ref) -> MergePreview:
        """What merging `losers` into `survivor` would do: nothing is written. Raises as `merge` does."""
        if not losers:
            raise Invalid("Whom to merge?", hint="Name the survivor and at least one other customer.")
        with self._kernel.reading() as connection:
            actor = allowed(self._kernel, connection, self._actor, MERGE)
            flat = self._flat(connection, actor, [(survivor, loser) for loser in losers])
            return preview(self._kernel, connection, flat, self._kernel.clock.now())

    def unmerge(self, number: int) -> UnmergeReceipt:
        """Take merge `number` back; what was changed since stays as it is, and the receipt lists it.

        Later merges of the same people are taken back first and done again afterwards. Raises `NotFound`,
        `Conflict` when it was undone before or its people were erased, `NotAllowed`.
        """
        for _ in range(_TRIES - 1 if self._kernel.current is None else 0):
            try:
                return self._unmerged(number)
            except TryAgain:
                continue
        return self._unmerged(number)

    def preview_unmerge(self, number: int) -> UnmergeReceipt:
        """What `unmerge` would do now. Raises as it does.

        It is done and rolled back, so that what is shown is what would happen.
        """
        found: list[UnmergeReceipt] = []
        try:
            with self._kernel.unit(self._actor) as tx:
                allowed(self._kernel, tx.connection, self._actor, MERGE)
                found.append(_taken_back(number, *take_back(self._kernel, tx, number)))
                raise _OnlyLooking
        except _OnlyLooking:
            return found[0]

    def _unmerged(self, number: int) -> UnmergeReceipt:
        with self._writing() as (tx, _), without_collector():
            separating, again = take_back(self._kernel, tx, number)
        return _taken_back(number, separating, again)

    def get(self, number: int) -> MergeRun:
        """The merge with this number. Raises `NotFound`."""
        with self._kernel.reading() as connection:
            allowed(self._kernel, connection, self._actor, "customers.read")
            return run_numbered(connection, number)

    def _flat(self, connection: sa.Connection, actor: Actor, wanted: Sequence[tuple[Ref, Ref]]) -> list[Pair]:
        refs = dict.fromkeys(ref for pair in wanted for ref in pair)
        ids = self._resolved(connection, actor, list(refs))
        if not wanted:
            raise Invalid("There is nobody to merge")
        return flattened((ids[survivor], ids[loser]) for survivor, loser in wanted)

    def _resolved(self, connection: sa.Connection, actor: Actor, refs: list[Ref]) -> dict[Ref, int]:
        """Ids all at once, other references one by one."""
        numbers = [ref for ref in refs if isinstance(ref, int)]
        there = [row[0] for row in rows_among(connection, "SELECT id FROM customer WHERE id", numbers)]
        found: dict[Ref, int] = {id_: id_ for id_ in seen_among(connection, self._kernel, actor, there)}
        for ref in refs:
            if ref not in found:
                found[ref] = resolve(connection, self._kernel, actor, ref)
        return found

    @contextmanager
    def _writing(self) -> Iterator[tuple[Transaction, Actor]]:
        try:
            with self._kernel.unit(self._actor) as tx:
                yield tx, allowed(self._kernel, tx.connection, self._actor, MERGE)
        except sa.exc.IntegrityError as error:
            raise TryAgain(
                "Somebody else wrote about them at the same moment; nothing was written",
                hint="Try again in a moment.",
            ) from error

    def list(
        self, limit: int = 50, *, actor: str | None = None, standing: bool = False
    ) -> Sequence[MergeRun]:
        """The newest merges first; of one actor only, and without those that were undone, if wanted."""
        with self._kernel.reading() as connection:
            allowed(self._kernel, connection, self._actor, "customers.read")
            return runs(connection, limit, actor=actor, standing=standing)


def _receipt(number: int, pairs: Sequence[Pair], outcome: Outcome) -> MergeReceipt:
    return MergeReceipt(
        ref=f"merge:{number}",
        number=number,
        pairs=tuple((pair.survivor, pair.loser) for pair in pairs),
        moved=dict(outcome.moved),
        dropped=dict(outcome.dropped),
        filled=outcome.filled,
        withdrawn=outcome.withdrawn,
    )


class _OnlyLooking(Exception):
    """Ends a unit of work that was only to show what it would do."""


def _taken_back(number: int, separating: Separating, again: Sequence[int]) -> UnmergeReceipt:
    return UnmergeReceipt(
        ref=f"merge:{number}",
        number=number,
        pairs=tuple((pair.survivor, pair.loser) for pair in separating.pairs),
        returned=separating.returned,
        followed=separating.followed,
        redone=tuple(f"merge:{one}" for one in again),
        left=tuple(separating.left),
    )
