"""Look-ups by a set of keys in one statement, however many keys there are."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count, islice
from threading import Lock
from typing import Any, Final

import sqlalchemy as sa
from attrs import define, field

from crmkit.core.store.bulk import Row, driver_changed, driver_rows, reserve

_KEYS_AT_ONCE = 10_000
# The generations of the collector that hold what was made lately.
_YOUNG = 1


def rows_among(
    connection: sa.Connection, select: str, keys: Collection[Any], *before: Any, after: str = ""
) -> Iterator[Row]:
    """The rows of `select`, whose text ends in the column that is one of `keys`; `after` follows it.

    `before` are the values of the `?` marks in `select`. One statement serves up to 10,000 keys: SQLite gets
    them as one JSON text, PostgreSQL as one array, so the statement stays the same and is prepared once.
    """
    for statement, parameters in _among(connection, select, keys, before, after):
        yield from driver_rows(connection, statement, parameters)


def change_among(connection: sa.Connection, change: str, keys: Collection[Any], *before: Any) -> int:
    """Run the `UPDATE` or `DELETE` of `change`, whose text ends as in `rows_among`; how many rows it met."""
    return sum(
        driver_changed(connection, statement, parameters)
        for statement, parameters in _among(connection, change, keys, before, "")
    )


def _among(
    connection: sa.Connection, text: str, keys: Collection[Any], before: tuple[Any, ...], after: str
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    remaining = iter(keys)
    while chunk := list(islice(remaining, _KEYS_AT_ONCE)):
        if connection.dialect.name == "sqlite":
            yield f"{text} IN (SELECT value FROM json_each(?)) {after}", (*before, json.dumps(chunk))
        else:
            yield f"{text.replace('?', '%s')} = ANY(%s) {after}", (*before, chunk)


class Numbers:
    """Fresh ids of one table for one batch; asks the database only when the first is taken.

    On SQLite the unit of work holds the write lock, so counting on from the last id is safe.
    """

    def __init__(self, connection: sa.Connection, table: str, expected: int) -> None:
        self._connection = connection
        self._table = table
        self._expected = max(1, expected)
        self._numbers: Iterator[int] = iter(())

    def take(self) -> int:
        """The next id."""
        number = next(self._numbers, None)
        if number is None:
            self._numbers = self._more()
            number = next(self._numbers)
        return number

    def _more(self) -> Iterator[int]:
        if self._connection.dialect.name == "sqlite":
            return count(reserve(self._connection, self._table, "id", 1)[0])
        return iter(reserve(self._connection, self._table, "id", self._expected))


@define
class _Pauses:
    """How many pause the collector, which is one for all threads: the last of them lets it go on."""

    _count: int = 0
    _was_on: bool = False
    _lock: Lock = field(factory=Lock)

    def begin(self) -> None:
        """One more pauses it."""
        with self._lock:
            if not self._count:
                self._was_on = gc.isenabled()
                gc.disable()
            self._count += 1

    def end(self) -> None:
        """One fewer does."""
        with self._lock:
            self._count -= 1
            if self._was_on and not self._count:
                gc.enable()


_PAUSES: Final = _Pauses()


@contextmanager
def without_collector() -> Iterator[Callable[[], object]]:
    """Pause the cyclic garbage collector: its passes cost more than building the objects of a batch.

    Who goes through many batches calls what this yields after each: it collects what is left of that one.
    """
    _PAUSES.begin()
    try:
        yield partial(gc.collect, _YOUNG)
    finally:
        _PAUSES.end()
