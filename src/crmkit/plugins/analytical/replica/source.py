"""What a refresh reads from the database, all on one consistent state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

import sqlalchemy as sa

from crmkit.plugins.analytical.replica.columns import all_columns, arrow_schema
from crmkit.plugins.analytical.replica.manifest import Position

if TYPE_CHECKING:
    from crmkit import Crm

# As many rows are sooner read by the connection at hand than by a process of their own.
FEW: Final = 50_000
_ROWS: Final = 10_000
_AT_ONCE: Final = 500


class Source(Protocol):
    """Statements in, Arrow record batches out."""

    def batches(self, select: Any) -> Iterator[Any]:
        """The answer to a statement."""
        ...


class _Rows:
    """Few rows, by the connection at hand."""

    def __init__(self, execute: Callable[..., Any]) -> None:
        self._execute = execute

    def batches(self, select: Any) -> Iterator[Any]:
        import pyarrow as pa

        kinds = [
            (name, pa.int64() if isinstance(column.type, sa.Integer) else pa.string())
            for name, column in select.selected_columns.items()
        ]
        for rows in self._execute(select).partitions(_ROWS):
            columns = zip(*rows, strict=True)
            arrays = [pa.array(values, kind) for values, (_, kind) in zip(columns, kinds, strict=True)]
            yield pa.record_batch(arrays, schema=pa.schema(kinds))


@contextmanager
def rows_source(crm: Crm) -> Iterator[Source]:
    """A source for few rows."""
    with crm.reading() as execute:
        yield _Rows(execute)


def table_of(batches: Iterable[Any]) -> Any:
    """Batches of interactions as one table."""
    import pyarrow as pa

    return pa.Table.from_batches(list(batches), schema=arrow_schema())


class Log:
    """The logs as a source shows them."""

    def __init__(self, crm: Crm, source: Source) -> None:
        self._crm = crm
        self._source = source

    def rows(self, select: Any) -> list[dict[str, Any]]:
        """The rows of a small answer."""
        return [row for batch in self._source.batches(select) for row in batch.to_pylist()]

    def numbers(self, select: Any) -> Any:
        """The one column of an answer, as an Arrow array."""
        import pyarrow as pa

        return pa.chunked_array([batch.column(0) for batch in self._source.batches(select)], pa.int64())

    def end(self) -> Position:
        """How far both logs go."""
        tables = self._crm.tables
        interaction, change = tables.interaction.c, tables.change.c
        told = self.rows(
            sa.select(interaction.seq, interaction.known_at).order_by(interaction.seq.desc()).limit(1)
        )
        said = self.rows(sa.select(change.seq, change.hash).order_by(change.seq.desc()).limit(1))
        return Position(
            interaction=told[0]["seq"] if told else 0,
            known_at=told[0]["known_at"] if told else 0,
            change=said[0]["seq"] if said else 0,
            hash=said[0]["hash"] if said else "",
        )

    def continues(self, position: Position) -> bool:
        """Whether these are the logs of that position, grown or not: not those of another database, nor of a
        backup that was put back."""
        tables = self._crm.tables
        interaction, change = tables.interaction.c, tables.change.c
        told = self.rows(sa.select(interaction.known_at).where(interaction.seq == position.interaction))
        said = self.rows(sa.select(change.hash).where(change.seq == position.change))
        return [row["known_at"] for row in told] == (
            [position.known_at] if position.interaction else []
        ) and [row["hash"] for row in said] == ([position.hash] if position.change else [])

    def interactions(self, *conditions: Any) -> Iterator[Any]:
        """Batches of interactions in the order of the log."""
        seq = self._crm.tables.interaction.c.seq
        return self._source.batches(sa.select(*all_columns(self._crm)).where(*conditions).order_by(seq))

    def among(self, column: str, values: Sequence[int], last: int) -> Iterator[Any]:
        """Batches of the interactions up to `last` of which a column has one of these values."""
        interaction = self._crm.tables.interaction.c
        for start in range(0, len(values), _AT_ONCE):
            some = interaction[column].in_(list(values[start : start + _AT_ONCE]))
            yield from self.interactions(some, interaction.seq <= last)

    def customers(self, after: int = 0) -> Iterator[Any]:
        """Batches of the customers' numbers beyond `after`, in ascending order."""
        customer = self._crm.tables.customer.c
        return self._source.batches(sa.select(customer.id).where(customer.id > after).order_by(customer.id))

    def nobodys(self, last: int) -> Any:
        """The numbers of the interactions up to `last` that belong to nobody, as an Arrow array."""
        interaction = self._crm.tables.interaction.c
        return self.numbers(
            sa.select(interaction.seq).where(interaction.customer_id.is_(None), interaction.seq <= last)
        )
