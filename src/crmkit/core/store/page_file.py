"""Reading an SQLite file's bytes beside SQLite, without taking its locks away.

On POSIX systems a process that closes a file loses all locks that it has on it, those of other descriptors
too (https://www.sqlite.org/howtocorrupt.html, 2.2). Another program then takes the database for one that
nobody has open, and removes the log into which this one still writes. So what was opened here stays open
until the file is gone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

_AT_ONCE: Final = 1 << 24


@cache
def _open_files() -> tuple[Lock, dict[tuple[int, int], int]]:
    """Descriptors by what the system knows their files by."""
    return Lock(), {}


def blocks_of(path: Path, multiple: int = 1) -> Iterator[bytes]:
    """The file's bytes from its beginning, in blocks of a multiple of `multiple` bytes, but for the last."""
    descriptor, at = _opened(path), 0
    length = max(1, _AT_ONCE // multiple) * multiple
    while block := os.pread(descriptor, length, at):
        yield block
        at += len(block)


def _opened(path: Path) -> int:
    lock, files = _open_files()
    with lock:
        _close_removed(files)
        found = path.stat()
        key = (found.st_dev, found.st_ino)
        if key not in files:
            files[key] = os.open(path, os.O_RDONLY)
        return files[key]


def _close_removed(files: dict[tuple[int, int], int]) -> None:
    """Nobody comes to a file any more that has no name."""
    for key, descriptor in list(files.items()):
        if os.fstat(descriptor).st_nlink == 0:
            os.close(files.pop(key))
