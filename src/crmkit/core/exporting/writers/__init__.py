"""Writers of exports, one for each format: each takes batches of rows and keeps none of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from crmkit.core.exporting.cells import Manner
    from crmkit.core.exporting.columns import Column


class Writer(Protocol):
    """Writes rows into a binary stream; a row has a value of each column's kind, or None."""

    def rows(self, rows: Sequence[list[Any]]) -> None:
        """Write rows; their cells may be changed."""

    def end(self) -> None:
        """Write what the format ends with. The stream stays open."""

    def give_up(self) -> None:
        """Let go of the stream, which stays open: what was written is of no use."""


def writer_for(
    format: str,  # noqa: A002 - what a format is called
    stream: IO[bytes],
    columns: Sequence[Column],
    manner: Manner,
    version: str | None = None,
) -> Writer:
    """The writer of a format; `version` is of the format, where it has several. Raises `ExtraMissing`."""
    match format:
        case "ndjson":
            from crmkit.core.exporting.writers.ndjson import NdjsonWriter

            return NdjsonWriter(stream, columns, manner)
        case "json":
            from crmkit.core.exporting.writers.ndjson import JsonWriter

            return JsonWriter(stream, columns, manner)
        case "xlsx":
            from crmkit.core.exporting.writers.xlsx import XlsxWriter

            return XlsxWriter(stream, columns, manner)
        case "parquet":
            from crmkit.core.exporting.writers.parquet import ParquetWriter

            return ParquetWriter(stream, columns, manner)
        case "vcard":
            from crmkit.core.exporting.writers.vcards import VcardWriter

            return VcardWriter(stream, columns, manner, version or "4.0")
    from crmkit.core.exporting.writers.csv_file import CsvWriter

    return CsvWriter(stream, columns, manner)
