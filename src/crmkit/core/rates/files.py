"""Rates from a CSV file: one line for each currency and day."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import CrmError, Invalid, NotFound
from crmkit.core.instants import parse_date
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import joined, phrase

if TYPE_CHECKING:
    from crmkit.core.rates.rate import ExchangeRate
    from crmkit.core.rates.service import Rates

_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "currency": ("currency", "code", "iso"),
    "on": ("on", "date", "day", "valid_from"),
    "rate": ("rate", "value", "mid"),
}
_SHOWN: Final = 5


def rates_in(path: Path, rates: Rates) -> list[ExchangeRate]:
    """The rates of a file with the columns `currency`, `date` and `rate`, parted by commas or semicolons.

    Raises `NotFound` for a missing file and `Invalid`, which names the first lines that cannot be used.
    """
    found: list[ExchangeRate] = []
    wrong: list[str] = []
    for line, cells in _lines(path):
        try:
            day = parse_date(cells["on"])
            found.append(
                rates.make(cells["currency"].strip().upper(), cells["rate"], on=day, source=path.name)
            )
        except CrmError as error:
            wrong.append(phrase("line {line}: {problem}", line=line, problem=error.message))
    if wrong:
        lines = joined("\n", wrong[:_SHOWN])
        if (more := len(wrong) - _SHOWN) > 0:
            lines = phrase("{lines} … and {more:,} more", lines=lines, more=more)
        raise Invalid(
            phrase(
                "{path} has lines that are no rates; none was kept\n{lines}",
                path=quoted(path.name),
                lines=lines,
            ),
            hint="Each line is a currency, a date such as 2026-05-01, and a rate such as 4.2650.",
            problems=wrong,
        )
    return found


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise NotFound(
            phrase("There is no file {path}", path=quoted(str(path))), hint="Check the path."
        ) from None
    except UnicodeDecodeError:
        raise Invalid(
            phrase("{path} is not text in UTF-8", path=quoted(path.name)), hint="Save it as CSV in UTF-8."
        ) from None
    head = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(), delimiter=";" if head.count(";") > head.count(",") else ",")
    places = _places([cell.strip().lower() for cell in next(reader, [])], path)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield (
                reader.line_num,
                {name: cells[place] if place < len(cells) else "" for name, place in places.items()},
            )


def _places(header: list[str], path: Path) -> dict[str, int]:
    places = {}
    for name, spellings in _HEADERS.items():
        place = next((header.index(each) for each in spellings if each in header), None)
        if place is None:
            raise Invalid(
                phrase(
                    '{path} has no column "{spelling}"',
                    path=quoted(path.name),
                    spelling=spellings[0] if name != "on" else "date",
                ),
                hint="Its first line names the columns: currency,date,rate",
            )
        places[name] = place
    return places
