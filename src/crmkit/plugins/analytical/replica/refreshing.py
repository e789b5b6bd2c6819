"""Bringing the replica up to date: from where it stands, or from the start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field, frozen

from crmkit import ExtraMissing
from crmkit.plugin import nphrase
from crmkit.plugins.analytical.replica.folder import Folder, folder_of
from crmkit.plugins.analytical.replica.manifest import Manifest, Part, Position, Retired, Unreadable
from crmkit.plugins.analytical.replica.moves import Moves, moves_since, moving
from crmkit.plugins.analytical.replica.parts import PART_ROWS, Parts, replaced
from crmkit.plugins.analytical.replica.source import FEW, Log, rows_source, table_of

if TYPE_CHECKING:
    from crmkit import Crm

# A file that is no part any more is kept so long, for those who began to read it.
GRACE: Final = 10 * 60 * 1_000_000
# More customers than this are not looked for one by one.
_MANY: Final = 20_000
_AGAIN: Final = 3


@frozen(kw_only=True)
class Refreshed:
    """What a refresh did. `why` says why it began from the start, where nobody asked for that."""

    rows: int
    added: int
    written: int
    parts: int
    bytes: int
    position: Position
    rebuilt: bool = False
    why: str = ""
    seconds: float = 0.0


class _FromStart(Exception):
    """The replica cannot be carried on; says why."""


def refresh(crm: Crm, *, rebuild: bool = False) -> Refreshed:
    """Bring the replica up to date; with `rebuild` from the start.

    Raises `TryAgain` while somebody else does, `ExtraMissing`, `StoreError`.
    """
    _require()
    began = perf_counter()
    folder = folder_of(crm)
    with folder.locked():
        done = _refreshed(crm, folder, rebuild=rebuild)
        for _ in range(_AGAIN):
            # Whoever was erased meanwhile is in what was just written.
            if not _moved_since(crm, done.position):
                break
            again = _refreshed(crm, folder, rebuild=False)
            done = evolve(again, added=done.added + again.added, rebuilt=done.rebuilt, why=done.why)
    return evolve(done, seconds=perf_counter() - began)


def _refreshed(crm: Crm, folder: Folder, *, rebuild: bool) -> Refreshed:
    found = folder.manifest()
    old = None if isinstance(found, Unreadable) else found
    folder.sweep(_named(old))
    why = ""
    if isinstance(found, Unreadable) and not found.missing:
        why = found.reason
    if old is not None and not rebuild:
        try:
            return _carried_on(crm, folder, old)
        except _FromStart as reason:
            why = str(reason)
    return _from_start(crm, folder, old, why)


def _carried_on(crm: Crm, folder: Folder, old: Manifest) -> Refreshed:
    with rows_source(crm) as source:
        log = Log(crm, source)
        behind = log.end().interaction - old.position.interaction
        if behind <= FEW:
            return _Carrying(crm, folder, old, log).run()
    if behind > max(old.rows, PART_ROWS):
        raise _FromStart("")  # nearly all of it is new
    with crm.arrow() as many:
        return _Carrying(crm, folder, old, Log(crm, many)).run()


def _from_start(crm: Crm, folder: Folder, old: Manifest | None, why: str) -> Refreshed:
    generation = old.generation + 1 if old else 1
    parts = Parts(folder, generation)
    with crm.arrow() as source:
        log = Log(crm, source)
        end = log.end()
        made = list(parts.written(log.interactions(crm.tables.interaction.c.seq <= end.interaction)))
        people = list(parts.written(log.customers()))
    fresh = Manifest(
        generation=generation,
        refreshed_at=crm.clock.now(),
        position=end,
        parts=tuple(made),
        customers=tuple(people),
        retired=_retired(crm, old, [*made, *people]),
    )
    _publish(folder, fresh)
    return _receipt(fresh, added=fresh.rows, written=fresh.rows, rebuilt=True, why=why)


@define
class _Carrying:
    """A refresh that carries the replica on from where it stands."""

    crm: Crm
    folder: Folder
    old: Manifest
    log: Log
    parts: Parts = field(init=False)
    rewritten: int = 0

    def run(self) -> Refreshed:
        position = self.old.position
        if not self.log.continues(position):
            raise _FromStart("the database is another than before, or an earlier state of it was put back")
        self.parts = Parts(self.folder, self.old.generation + 1)
        end = self.log.end()
        seq = self.crm.tables.interaction.c.seq
        added = table_of(self.log.interactions(seq > position.interaction, seq <= end.interaction))
        moves = moves_since(self.crm, self.log, position.change)
        if len(moves.customers) > _MANY:
            raise _FromStart(
                nphrase(
                    "{count} customer was merged or erased since",
                    "{count} customers were merged or erased since",
                    len(moves.customers),
                )
            )
        kept = list(self._kept(self._fresh(added, moves), moves))
        made = self._folded(kept, added) if added.num_rows else kept
        people = self._people(moves)
        if (tuple(made), people, end) == (self.old.parts, self.old.customers, position):
            return _receipt(self.old, added=0, written=0)
        fresh = evolve(
            self.old,
            generation=self.parts.generation,
            refreshed_at=self.crm.clock.now(),
            position=end,
            parts=tuple(made),
            customers=people,
            retired=_retired(self.crm, self.old, [*made, *people], at_once=moves.to_nobody),
        )
        _publish(self.folder, fresh)
        if moves.to_nobody:
            self.folder.sweep(_named(fresh))
        return _receipt(fresh, added=added.num_rows, written=self.rewritten)

    def _fresh(self, added: Any, moves: Moves) -> Any:
        """The rows on record before that may be others now."""
        import pyarrow.compute as pc

        last = self.old.position.interaction
        corrected = pc.unique(added.column("corrects").drop_null()).to_pylist()
        batches = list(self.log.among("seq", corrected, last))
        batches += self.log.among("customer_id", moves.customers, last)
        return table_of(batches)

    def _kept(self, fresh: Any, moves: Moves) -> Iterator[Part]:
        """The parts that stand, those with other rows written anew, and those that are damaged read again."""
        import pyarrow as pa

        nobodys = self.log.nobodys(self.old.position.interaction) if moves.to_nobody else None
        for part in self.old.parts:
            if not self.folder.is_whole(part):
                yield from self._read_again(part)
                continue
            mine = _within(fresh, part)
            if nobodys is not None:
                mine = pa.concat_tables([mine, self._given_up(part, nobodys)])
            yield from self._changed(part, mine)

    def _changed(self, part: Part, fresh: Any) -> Iterator[Part]:
        if not fresh.num_rows:
            yield part
            return
        try:
            table = replaced(self.parts.read(part), fresh)
        except (OSError, ValueError):  # Arrow's own errors are among these
            yield from self._read_again(part)
            return
        if table is None:
            yield part
            return
        self.rewritten += table.num_rows
        yield from self.parts.of_table(table)

    def _people(self, moves: Moves) -> tuple[Part, ...]:
        """Who there is: newcomers are added, and where somebody has gone all are read again."""
        import pyarrow as pa

        old = self.old.customers
        if moves.customers or not all(map(self.folder.is_whole, old)):
            return tuple(self.parts.written(self.log.customers()))
        batches = list(self.log.customers(after=self.old.last_customer))
        if not batches:
            return old
        kept = [part for part in old if part.rows >= PART_ROWS // 2]
        tables = [self.parts.read(part) for part in old[len(kept) :]]
        added = pa.concat_tables([*tables, pa.Table.from_batches(batches)]).combine_chunks()
        return (*kept, *self.parts.of_table(added))

    def _read_again(self, part: Part) -> Iterator[Part]:
        seq = self.crm.tables.interaction.c.seq
        self.rewritten += part.rows
        yield from self.parts.written(self.log.interactions(seq >= part.first, seq <= part.last))

    def _given_up(self, part: Part, nobodys: Any) -> Any:
        """Those of the part that became nobody's."""
        import pyarrow.compute as pc

        try:
            table = self.parts.read(part, ["seq", "customer_id"])
        except (OSError, ValueError):
            return table_of(())
        owned = pc.and_(
            pc.is_valid(table.column("customer_id")),
            pc.is_in(table.column("seq"), value_set=nobodys.combine_chunks()),
        )
        return table_of(self.log.among("seq", table.filter(owned).column("seq").to_pylist(), part.last))

    def _folded(self, kept: Sequence[Part], added: Any) -> list[Part]:
        """The parts with the new rows: the last ones are folded into one that is as large as they are.

        So every row is written again about as often as the number of rows can be halved, and the parts stay
        few, large ones first.
        """
        import pyarrow as pa

        before = list(kept)
        tables = [added]
        rows = added.num_rows
        while before and before[-1].rows <= 2 * rows and before[-1].rows + rows <= PART_ROWS:
            part = before.pop()
            tables.insert(0, self.parts.read(part))
            rows += part.rows
        self.rewritten += rows
        return [*before, *self.parts.of_table(pa.concat_tables(tables).combine_chunks())]


def _within(fresh: Any, part: Part) -> Any:
    import pyarrow.compute as pc

    seq = fresh.column("seq")
    return fresh.filter(pc.and_(pc.greater_equal(seq, part.first), pc.less_equal(seq, part.last)))


def _named(manifest: Manifest | None) -> list[str]:
    if manifest is None:
        return []
    return [*(part.file for part in manifest.files), *(each.file for each in manifest.retired)]


def _retired(
    crm: Crm, old: Manifest | None, made: Sequence[Part], *, at_once: bool = False
) -> tuple[Retired, ...]:
    """What is kept for those who read it: not for ever, and not at all where somebody was erased."""
    if old is None or at_once:
        return ()
    now = crm.clock.now()
    names = {part.file for part in made}
    waiting = [each for each in old.retired if each.at > now - GRACE]
    return (*waiting, *(Retired(file=part.file, at=now) for part in old.files if part.file not in names))


def _publish(folder: Folder, fresh: Manifest) -> None:
    folder.sync()
    folder.publish(fresh)
    folder.sweep(_named(fresh))


def _moved_since(crm: Crm, position: Position) -> bool:
    import sqlalchemy as sa

    with crm.reading() as execute:
        change = crm.tables.change.c
        return execute(sa.select(change.seq).where(moving(crm, position.change)).limit(1)).first() is not None


def _receipt(
    manifest: Manifest, *, added: int, written: int, rebuilt: bool = False, why: str = ""
) -> Refreshed:
    return Refreshed(
        rows=manifest.rows,
        added=added,
        written=written,
        parts=len(manifest.parts),
        bytes=sum(part.bytes for part in manifest.parts),
        position=manifest.position,
        rebuilt=rebuilt,
        why=why,
    )


def _require() -> None:
    if find_spec("pyarrow") is None:
        raise ExtraMissing(
            "The replica needs pyarrow, which is not installed",
            hint="Install it: pip install 'crmkit[analytical]'",
        )
