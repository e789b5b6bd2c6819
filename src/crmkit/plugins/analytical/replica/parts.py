"""Writing, changing and folding parts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import define

from crmkit.plugins.analytical.replica.columns import TEXTS
from crmkit.plugins.analytical.replica.folder import Folder, digest_of
from crmkit.plugins.analytical.replica.manifest import Part

# A part has at most so many rows: whoever changes one of them writes no more anew.
PART_ROWS: Final = 1_000_000
_GROUP_ROWS: Final = 122_880


@define
class Parts:
    """The parts of one generation that is being made."""

    folder: Folder
    generation: int
    _number: int = 0

    def written(self, batches: Iterable[Any], limit: int = PART_ROWS) -> Iterator[Part]:
        """Parts of at most about `limit` rows, each on the disk before it is given.

        Batches are in the order of their first column, which is a number.
        """
        rest = iter(batches)
        for batch in rest:
            yield self._one(batch, rest, limit)

    def _one(self, batch: Any, rest: Iterator[Any], limit: int) -> Part:
        from pyarrow import parquet

        texts = [name for name in TEXTS if name in batch.schema.names]
        self._number += 1
        path = self.folder.path / f"{self.generation:06d}-{self._number:03d}.parquet"
        first = last = batch.column(0)[0].as_py()
        rows = 0
        with path.open("xb") as file:
            # Numbers hardly repeat: looking for repetitions among them would cost more than it saves.
            with parquet.ParquetWriter(
                file, batch.schema, use_dictionary=texts or False, compression="snappy"
            ) as out:
                for each in _grouped(batch, rest, limit):
                    out.write_table(each, row_group_size=_GROUP_ROWS)
                    rows, last = rows + each.num_rows, each.column(0)[-1].as_py()
            file.flush()
            os.fsync(file.fileno())
        found = path.stat()
        return Part(
            file=path.name,
            first=first,
            last=last,
            rows=rows,
            bytes=found.st_size,
            changed_at=found.st_mtime_ns,
            digest=digest_of(path),
        )

    def of_table(self, table: Any) -> list[Part]:
        """A table of interactions as parts."""
        return list(self.written(table.to_batches()))

    def read(self, part: Part, columns: Sequence[str] | None = None) -> Any:
        """The rows of a part."""
        from pyarrow import parquet

        # Not mapped into memory: the file may be removed, or cut short by somebody, while it is read.
        return parquet.ParquetFile(self.folder.file(part)).read(columns=columns)


def _grouped(batch: Any, rest: Iterator[Any], limit: int) -> Iterator[Any]:
    """Tables of about a row group each, until there are `limit` rows."""
    import pyarrow as pa

    held, count, left = [batch], batch.num_rows, limit
    while count < left and (more := next(rest, None)) is not None:
        held.append(more)
        count += more.num_rows
        if count >= _GROUP_ROWS:
            yield pa.Table.from_batches(held)
            held, left, count = [], left - count, 0
    if held:
        yield pa.Table.from_batches(held)


def replaced(table: Any, fresh: Any) -> Any | None:
    """`table` with the rows of `fresh` in place of those of the same numbers; None where nothing differs."""
    import pyarrow as pa
    import pyarrow.compute as pc

    fresh = _once(fresh)
    mask = pc.is_in(table.column("seq"), value_set=fresh.column("seq").combine_chunks())
    old = table.filter(mask)
    new = fresh.filter(pc.is_in(fresh.column("seq"), value_set=table.column("seq").combine_chunks()))
    if old.sort_by("seq").combine_chunks().equals(new.sort_by("seq").combine_chunks()):
        return None
    return pa.concat_tables([table.filter(pc.invert(mask)), new]).sort_by("seq")


def _once(table: Any) -> Any:
    """The table with each number once."""
    import pyarrow.compute as pc

    numbers = table.column("seq").combine_chunks()
    return table.take(pc.index_in(pc.unique(numbers), value_set=numbers))
