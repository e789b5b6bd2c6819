"""The lines of a file as octets, however long somebody made them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO


def bounded_lines(file: IO[bytes], longest: int) -> Iterator[tuple[int, bytes, bool]]:
    """(number, octets without line end, whether it was cut) of each line.

    Of a line over `longest` octets only the beginning is kept, the rest is passed over.
    """
    number = 0
    while octets := file.readline(longest):
        number += 1
        cut = False
        if len(octets) >= longest and not octets.endswith(b"\n"):
            while rest := file.readline(longest):
                cut = True
                if rest.endswith(b"\n"):
                    break
        yield number, octets.rstrip(b"\r\n"), cut
