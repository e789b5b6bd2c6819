"""CSV: UTF-8, commas, a header line; nothing that a spreadsheet would work out."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any

from crmkit.core.exchange.formulas import guarded

if TYPE_CHECKING:
    from crmkit.core.exporting.cells import Manner
    from crmkit.core.exporting.columns import Column


class CsvWriter:
    """Writes rows as CSV."""

    def __init__(self, stream: IO[bytes], columns: Sequence[Column], manner: Manner) -> None:
        self._text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=False)
        self._writer = csv.writer(self._text, lineterminator="\n")
        tellers = [(at, manner.teller(column)) for at, column in enumerate(columns)]
        self._tellers = [(at, told) for at, told in tellers if told is not None]
        # Nothing else can begin with a sign and be more than a number.
        self._guarded = [at for at, column in enumerate(columns) if column.kind in ("text", "list")]
        self._writer.writerow([guarded(column.header) for column in columns])

    def rows(self, rows: Sequence[list[Any]]) -> None:
        """Write rows; None is an empty cell."""
        for at, told in self._tellers:
            for row in rows:
                value = row[at]
                if value is not None:
                    row[at] = told(value)
        for at in self._guarded:
            for row in rows:
                value = row[at]
                if value and not value[0].isalnum():
                    row[at] = guarded(value)
        self._writer.writerows(rows)

    def end(self) -> None:
        """Hand everything to the stream, which stays open."""
        self._text.flush()
        self._text.detach()

    def give_up(self) -> None:
        """Let go of the stream."""
        with suppress(OSError, ValueError):
            self._text.detach()
