"""Rates from a CSV file: one line for each currency and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import CrmError, Invalid
from crmkit.core.files.short_csv import listed_problems, rows_of
from crmkit.core.instants import parse_date
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.rates.rate import ExchangeRate
    from crmkit.core.rates.service import Rates

_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "currency": ("currency", "code", "iso"),
    "on": ("on", "date", "day", "valid_from"),
    "rate": ("rate", "value", "mid"),
}


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
        raise Invalid(
            phrase(
                "{path} has lines that are no rates; none was kept\n{lines}",
                path=quoted(path.name),
                lines=listed_problems(wrong),
            ),
            hint="Each line is a currency, a date such as 2026-05-01, and a rate such as 4.2650.",
            problems=wrong,
        )
    return found


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    rows = rows_of(path)
    _, header = next(rows, (0, []))
    places = _places([cell.strip().lower() for cell in header], path)
    for line, cells in rows:
        yield line, {name: cells[place] if place < len(cells) else "" for name, place in places.items()}


def _places(header: list[str], path: Path) -> dict[str, int]:
    places = {}
    for name, spellings in _HEADERS.items():
        place = next((header.index(each) for each in spellings if each in header), None)
        if place is None:
            raise Invalid(
                phrase(
                    '{path} has no column "{column}"',
                    path=quoted(path.name),
                    column=spellings[0] if name != "on" else "date",
                ),
                hint="Its first line names the columns: currency,date,rate",
            )
        places[name] = place
    return places
