"""What every kind of file becomes: a table with headers, whose rows can be read as often as needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from attrs import field, frozen

from crmkit.core.errors import Invalid
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import nphrase, phrase

# More columns than any program writes on purpose; a file that has more is not a table of customers.
MOST_COLUMNS: Final = 4_096


class Row(NamedTuple):
    """One record of the file; `reason` says why it cannot be used, if so."""

    line: int
    cells: list[str]
    reason: str | None


def ragged(found: int, width: int) -> str:
    """Why a row with so many cells is not one of the table."""
    return nphrase(
        "The row has {count} column, the header {width}",
        "The row has {count} columns, the header {width}",
        found,
        width=width,
    )


Rows = Callable[[], AbstractContextManager[Iterator[Row]]]


@frozen
class Survey:
    """`digest` identifies the content and how it is read; `lines` is about how many lines there are, the
    header's included; `damaged` says that NUL or undecodable bytes occur."""

    digest: str
    lines: int
    damaged: bool


@frozen(kw_only=True)
class Wanted:
    """What somebody said about the file; what is None is found out."""

    format: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    # Keys whose objects stay one cell, as JSON, in formats that have objects.
    whole: frozenset[str] = frozenset()
    # Rows that lack cells at their end have empty ones there, instead of being refused.
    is_padded: bool = False


@frozen(kw_only=True)
class Table:
    """A file as a table. `taken_for` says what it was taken for, `notes` what of it is not in the table.

    Memory does not grow with the number of rows.
    """

    path: Path
    format: str
    headers: tuple[str, ...]
    survey: Survey
    taken_for: str
    delimiter: str = ","
    notes: tuple[str, ...] = ()
    open_rows: Rows = field(repr=False, eq=False)

    def rows(self) -> AbstractContextManager[Iterator[Row]]:
        """The rows after the header, one at a time: `with table.rows() as rows`."""
        return self.open_rows()


class Format(Protocol):
    """A kind of file that can be read as a table."""

    @property
    def name(self) -> str:
        """What a person calls it: `csv`."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """How the names of such files end."""

    def recognises(self, start: bytes) -> bool:
        """Whether a file that begins like this is surely of this kind."""

    def open(self, path: Path, wanted: Wanted) -> Table:
        """The file as a table. Raises `Invalid`, saying what is wrong with it and what to do."""


def named(headers: list[str]) -> tuple[str, ...]:
    """Headers that can be told apart: an empty one is `column 3`, the second `email` is `email 2`."""
    taken = {header.strip() for header in headers}
    seen: set[str] = set()
    result = []
    for number, written in enumerate(headers, 1):
        header = " ".join(written.split()) or _free(f"column {number}", taken, 1)
        if header in seen:
            header = _free(header, taken, 2)
        seen.add(header)
        taken.add(header)
        result.append(header)
    return tuple(result)


def refuse_width(path: Path, width: int, what: str = "") -> None:
    """Raise `Invalid` for more columns than a table has."""
    if width > MOST_COLUMNS:
        raise Invalid(
            phrase(
                "{path} has more than {most_columns:,} columns{what}",
                path=quoted(path.name),
                most_columns=MOST_COLUMNS,
                what=what,
            ),
            hint="Leave out what is not about customers.",
        )


def _free(header: str, taken: set[str], number: int) -> str:
    if number == 1 and header not in taken:
        return header
    number = max(number, 2)
    while f"{header} {number}" in taken:
        number += 1
    return f"{header} {number}"
