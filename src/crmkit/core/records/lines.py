"""In which line of a file each number is, however many there are."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final
from weakref import finalize

if TYPE_CHECKING:
    from crmkit.core.records.numbers import Number

# The rows are kept in a file without a name, of which so much is in memory at a time.
_TABLE: Final = """
PRAGMA cache_size = -16384;
PRAGMA journal_mode = OFF;
CREATE TABLE line (source BLOB, value BLOB, line INTEGER, PRIMARY KEY (source, value)) WITHOUT ROWID;
BEGIN;
"""


class Lines:
    """The lines of one file by the numbers in them: a few dozen megabytes for a million of them."""

    def __init__(self) -> None:
        self._kept = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._kept.executescript(_TABLE)
        finalize(self, self._kept.close)

    def first(self, number: Number, line: int) -> int:
        """The line in which `number` was first, this one if it is new."""
        # As bytes: files hold halves of characters that are no text to SQLite.
        key = [part.encode("utf-8", "surrogatepass") for part in number]
        insert = "INSERT INTO line VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        if self._kept.execute(insert, (*key, line)).rowcount:
            return line
        select = "SELECT line FROM line WHERE source = ? AND value = ?"
        return int(self._kept.execute(select, key).fetchone()[0])
