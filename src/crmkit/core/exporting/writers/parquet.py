"""Parquet: typed columns, a row group for each batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

from crmkit.core.errors import ExtraMissing

if TYPE_CHECKING:
    from crmkit.core.exporting.cells import Manner
    from crmkit.core.exporting.columns import Column

_DIGITS = 38


class ParquetWriter:
    """Writes batches of rows as row groups. Amounts are decimals; the currency is in the metadata."""

    def __init__(self, stream: IO[bytes], columns: Sequence[Column], manner: Manner) -> None:
        try:
            import pyarrow as pa
            from pyarrow import parquet
        except ImportError:
            raise ExtraMissing(
                "Parquet files need pyarrow, which is not installed",
                hint="Install it: pip install 'crmkit[parquet]'",
            ) from None
        self._arrow: Any = pa
        fields = [_field(pa, column, manner) for column in columns]
        self._schema: Any = pa.schema(fields)
        self._makers = [_maker(column, manner) for column in columns]
        self._file: Any = parquet.ParquetWriter(stream, self._schema, compression="zstd")

    def rows(self, rows: Sequence[list[Any]]) -> None:
        """Write rows as one row group."""
        arrays = []
        for at, (type_, make) in enumerate(zip(self._schema.types, self._makers, strict=True)):
            values = [row[at] for row in rows]
            if make is not None:
                values = [None if value is None else make(value) for value in values]
            arrays.append(self._arrow.array(values, type=type_))
        if rows:
            batch = self._arrow.record_batch(arrays, schema=self._schema)
            self._file.write_batch(batch, row_group_size=len(rows))

    def end(self) -> None:
        """Write the footer."""
        self._file.close()

    def give_up(self) -> None:
        """Close the file within the stream."""
        with suppress(OSError, ValueError):
            self._file.close()


def _field(arrow: Any, column: Column, manner: Manner) -> Any:
    metadata = {"currency": manner.currency} if column.kind == "money" else None
    return arrow.field(column.header, _type(arrow, column, manner), metadata=metadata)


def _type(arrow: Any, column: Column, manner: Manner) -> Any:
    scale = column.scale
    number = (
        arrow.decimal128(_DIGITS, scale) if scale else arrow.float64() if scale is None else arrow.int64()
    )
    types = {
        "bool": arrow.bool_(),
        "number": number,
        "money": arrow.decimal128(_DIGITS, manner.digits),
        "date": arrow.date32(),
        "instant": arrow.timestamp("us", tz="UTC"),
        "list": arrow.list_(arrow.string()),
    }
    return types.get(column.kind, arrow.string())


def _maker(column: Column, manner: Manner) -> Callable[[Any], Any] | None:
    digits = manner.digits
    match column.kind:
        case "bool":
            return bool
        case "number" if column.scale is None:
            return float
        case "json":
            return manner.teller(column)
        case "money":
            return lambda minor: Decimal(minor).scaleb(-digits)
    return None
