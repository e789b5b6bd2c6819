"""A CSV file of which every line has to be right: what it says, and which of its lines cannot be used."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from crmkit.core.errors import Invalid, NotFound
from crmkit.core.files.faults import csv_fault
from crmkit.core.files.refusals import refusal_of
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import joined, phrase

_SHOWN: Final = 5


def rows_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the number of its line, parted by commas or semicolons.

    Raises `NotFound` for a missing file, and `Invalid` for one that cannot be read, is not UTF-8 or damaged.
    """
    text = _text_of(path)
    head = text.partition("\n")[0]
    rows = csv.reader(text.splitlines(), delimiter=";" if head.count(";") > head.count(",") else ",")
    try:
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield rows.line_num, cells
    except csv.Error as error:
        raise Invalid(
            phrase(
                "{path} is damaged in line {line_num}: {error}",
                path=quoted(path.name),
                line_num=rows.line_num,
                error=csv_fault(error),
            ),
            hint="Perhaps a quote is never closed there.",
        ) from None


def listed_problems(problems: Sequence[str]) -> str:
    """The first few lines that cannot be used, and how many more there are."""
    lines = joined("\n", problems[:_SHOWN])
    more = len(problems) - _SHOWN
    return phrase("{lines}\n… and {more:,} more", lines=lines, more=more) if more > 0 else lines


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise NotFound(
            phrase("There is no file {path}", path=quoted(str(path))), hint="Check the path."
        ) from None
    except OSError as error:
        raise Invalid(
            phrase("{path} cannot be read: {reason}", path=quoted(str(path)), reason=refusal_of(error))
        ) from None
    except UnicodeDecodeError:
        raise Invalid(
            phrase("{path} is not text in UTF-8", path=quoted(path.name)), hint="Save it as CSV in UTF-8."
        ) from None
