"""The file of refused rows: the original columns, the line they were on, and why, in the language spoken."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from attrs import define

from crmkit.core.errors import StoreError
from crmkit.core.exchange.sources import Row
from crmkit.core.files.refusals import refusal_of
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import as_phrase, phrase, shown

LINE: Final = "import_line"
REASON: Final = "import_reason"


@define
class RejectsFile:
    """Refused rows, appended; `size` is how many bytes of it belong to committed batches.

    An interrupted import goes on behind `size`: what a killed run wrote after its last commit is cut off.
    """

    path: Path
    headers: Sequence[str]
    delimiter: str
    size: int = 0

    def append(self, rows: Iterable[Row]) -> int:
        """Write the rows to the disk; the file's size afterwards."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator="\n")
        width = len(self.headers)
        # A file of mended rows has these columns already; what they said is past.
        kept = [i for i, header in enumerate(self.headers) if header not in (LINE, REASON)]
        if not self.size:
            writer.writerow([*(self.headers[i] for i in kept), LINE, REASON])
        for row in rows:
            cells = row.cells + [""] * (width - len(row.cells))
            more = [cell for cell in row.cells[width:] if cell.strip()]
            writer.writerow([*(cells[i] for i in kept), row.line, shown(_reason(row, more))])
        self.size += self._write(text.getvalue().encode("utf-8", "surrogateescape"))
        return self.size

    def _write(self, content: bytes) -> int:
        try:
            with self.path.open("r+b" if self.size else "wb") as file:
                file.seek(self.size)
                file.truncate()
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(
                phrase(
                    "The refused rows cannot be written to {path}: {reason}",
                    path=quoted(self.path),
                    reason=refusal_of(error),
                ),
                hint="Make the folder writable and run the same command again: it goes on where it stopped.",
            ) from None
        return len(content)


def _reason(row: Row, more: Sequence[str]) -> str:
    """Why the row was refused, for whoever mends it; `more` are the cells for which there is no column."""
    if not more:
        return row.reason or ""
    return phrase(
        "{reason}. Beyond the last column: {cells}",
        reason=as_phrase(row.reason or ""),
        cells=" | ".join(more),
    )


def rejects_path(source: Path, run: int) -> Path:
    """`customers.rejects.csv` beside `customers.csv`, with the run's number where that is taken.

    The file that is there may hold somebody's corrections.
    """
    plain = source.with_suffix("") if source.suffix == ".gz" else source
    path = plain.with_name(f"{plain.stem}.rejects.csv")
    return path.with_name(f"{plain.stem}.rejects-{run}.csv") if path.exists() else path
