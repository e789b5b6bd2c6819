"""What is on record already: entries whose `(source, source_ref)` was recorded before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import msgspec
import sqlalchemy as sa

from crmkit.core.store.bulk import Row, driver_rows

Key = tuple[str, str]

# Both look each reference up in the index, whatever the planner knows of a table that has just been filled.
_SQLITE: Final = """
    SELECT source_ref, seq FROM json_each(?) CROSS JOIN interaction
    WHERE source = ? AND source_ref = value AND source_ref IS NOT NULL
"""
_ONE: Final = {
    "sqlite": "SELECT source_ref, seq FROM interaction WHERE source = ? AND source_ref = ?",
    "postgresql": "SELECT source_ref, seq FROM interaction WHERE source = %s AND source_ref = %s",
}
_POSTGRESQL: Final = """
    SELECT given.source_ref, found.seq FROM unnest(%s::text[]) AS given (source_ref)
    CROSS JOIN LATERAL (
        SELECT seq FROM interaction WHERE source = %s AND source_ref = given.source_ref LIMIT 1
    ) AS found
"""


def on_record(connection: sa.Connection, keys: Iterable[Key]) -> dict[Key, int]:
    """The number in the log of each of `keys` that is on record."""
    by_source: dict[str, list[str]] = defaultdict(list)
    for source, reference in keys:
        by_source[source].append(reference)
    found: dict[Key, int] = {}
    for source, references in by_source.items():
        for reference, seq in _look_up(connection, source, references):
            found[source, reference] = seq
    return found


def _look_up(connection: sa.Connection, source: str, references: list[str]) -> list[Row]:
    if len(references) == 1:
        return driver_rows(connection, _ONE[connection.dialect.name], (source, references[0]))
    if connection.dialect.name == "sqlite":
        return driver_rows(connection, _SQLITE, (msgspec.json.encode(references).decode(), source))
    return driver_rows(connection, _POSTGRESQL, (references, source))
