"""Names for rows that have none of their own: what is in them, and the how-manieth of its kind it is."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from operator import itemgetter
from typing import Final

from crmkit.core.exchange.sources import Row

_BITS_PER_ROW: Final = 16


class Occurrences:
    """Gives equal rows of a file the names `HASH-1`, `HASH-2`, … in their order, and the same ones next time.

    Memory: two bytes a row, and an entry for each row that may have an equal. A first pass over the file
    marks one bit a row; only rows whose bit another row marked before are counted.
    """

    def __init__(self, columns: list[int]) -> None:
        # With one column, or none where all is said for the whole file, itemgetter gives no tuple.
        self._cells = itemgetter(*columns) if len(columns) > 1 else lambda row: [row[at] for at in columns]
        self._suspects: dict[bytes, int] = {}

    def prepare(self, rows: Iterable[Row], lines: int) -> None:
        """Look at all rows once; `lines` is about how many there are."""
        size = max(64, lines * _BITS_PER_ROW)
        seen = bytearray(size // 8 + 1)
        suspects = self._suspects
        for row in rows:
            if row.reason is not None:
                continue
            digest = self._digest(row.cells)
            place, bit = divmod(int.from_bytes(digest[:8]) % size, 8)
            if seen[place] >> bit & 1:
                suspects[digest] = 0
            seen[place] |= 1 << bit

    def name(self, cells: list[str]) -> str:
        """The name of the next row of the file."""
        digest = self._digest(cells)
        number = 1
        if digest in self._suspects:
            number = self._suspects[digest] = self._suspects[digest] + 1
        return f"{digest.hex()}-{number}"

    def _digest(self, cells: list[str]) -> bytes:
        content = "\x1f".join(self._cells(cells))
        return blake2b(content.encode("utf-8", "surrogateescape"), digest_size=12).digest()
