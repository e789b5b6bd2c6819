"""What a reader of a copy is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from attrs import define

# (statement, parameters) for a kind of engine: sqlite, postgresql or duckdb.
Make = Callable[[str], tuple[Any, dict[str, Any]]]


@define(slots=False)
class BulkQuestion:
    """A statement over many customers.

    `execute` runs statements of one's own which only read, on the state that the answer must be of: by them
    a reader finds out whether its copy is fresh.
    """

    execute: Callable[..., Any]
    _make: Make
    # Whether the statement was made for DuckDB, and may call its functions.
    _own: bool = False

    @cached_property
    def _made(self) -> tuple[Any, dict[str, Any]]:
        return self._make("duckdb")

    @cached_property
    def _compiled(self) -> tuple[str, list[Any], Any]:
        from crmkit.core.bulk.touching import compiled

        return compiled(*self._made)

    @property
    def reads(self) -> Mapping[str, frozenset[str]]:
        """The columns that the statement touches, by table. Raises `CrmError` where DuckDB has no words."""
        return {table: frozenset(names) for table, names in self._compiled[2].columns.items()}

    @property
    def foreign(self) -> tuple[str, ...]:
        """Functions and operators of which it is not sure that every engine takes them alike."""
        return () if self._own else tuple(dict.fromkeys(self._compiled[2].foreign))

    @property
    def names(self) -> list[str]:
        """What the columns of the answer are called."""
        return list(self._made[0].selected_columns.keys())

    @property
    def duckdb(self) -> tuple[str, list[Any]]:
        """The statement for DuckDB, and its parameters in order."""
        return self._compiled[0], self._compiled[1]
