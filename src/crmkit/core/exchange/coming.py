"""Whom the rows of a file refer to further down: ties to them are made when everybody is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from crmkit.core.exchange.lists import parted
from crmkit.core.exchange.mapping import FileMapping
from crmkit.core.exchange.tie_words import SaidTie, read_tie

if TYPE_CHECKING:
    from crmkit.core.exchange.sources import Table


class Coming:
    """The references in a file's columns of relationships that are keys of other rows of the same file.

    Memory grows with how many different customers are referred to, not with the rows.
    """

    def __init__(self, table: Table, mapping: FileMapping) -> None:
        self._constants = mapping.constants
        self._ties = mapping.named("relationship")
        self._keys = [
            *((i, "") for i in mapping.columns("uid")),
            *((i, f"{scheme}:") for i, scheme in mapping.named("identity")),
            *((i, "") for i in mapping.columns("email")),
        ]
        wanted = {tie.other.casefold() for cells in self._rows(table) for tie in self.ties(cells)}
        found = (key.casefold() for cells in self._rows(table) for key in self.keys(cells)) if wanted else ()
        self._there = frozenset(key for key in found if key in wanted)

    def __contains__(self, reference: str) -> bool:
        return reference.casefold() in self._there

    def ties(self, cells: Sequence[str]) -> list[SaidTie]:
        """The relationships that a row tells of."""
        return [read_tie(kind, text) for i, kind in self._ties if cells[i] for text in parted(cells[i])]

    def keys(self, cells: Sequence[str]) -> Iterator[str]:
        """By what other rows can refer to this one."""
        for i, prefix in self._keys:
            for text in parted(cells[i]) if not prefix and "@" in cells[i] else (cells[i].strip(),):
                if text:
                    yield prefix + text

    def whole(self, cells: list[str]) -> list[str]:
        """A row of the file with the values that hold for every row behind it."""
        return cells + self._constants if self._constants else cells

    def _rows(self, table: Table) -> Iterator[list[str]]:
        if not self._ties:
            return
        with table.rows() as rows:
            for row in rows:
                if row.reason is None:
                    yield self.whole(row.cells)
