"""In which line of a file each key is, however many there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final
from weakref import finalize

from crmkit.core.store.engine import can_set_aside

# The rows are kept in a file without a name, of which so much is in memory at a time; where no folder takes
# such files, all of it is.
_TABLE: Final = """
PRAGMA cache_size = -16384;
PRAGMA journal_mode = OFF;
CREATE TABLE line (key BLOB PRIMARY KEY, line INTEGER) WITHOUT ROWID;
BEGIN;
"""


class Lines:
    """The lines of one file by the keys in them: a few dozen megabytes for a million of them."""

    def __init__(self) -> None:
        place = "" if can_set_aside() else ":memory:"
        self._kept = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
        self._kept.executescript(_TABLE)
        finalize(self, self._kept.close)

    def first(self, key: Iterable[str], line: int) -> int:
        """The line in which `key`, of several parts, was first; this one if it is new."""
        # As bytes: files hold halves of characters, which are no text to SQLite.
        parts = [part.encode("utf-8", "surrogatepass") for part in key]
        found = b"".join(b"%d:%s" % (len(part), part) for part in parts)
        if self._kept.execute(
            "INSERT INTO line VALUES (?, ?) ON CONFLICT DO NOTHING", (found, line)
        ).rowcount:
            return line
        return int(self._kept.execute("SELECT line FROM line WHERE key = ?", (found,)).fetchone()[0])
