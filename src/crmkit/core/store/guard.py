"""What a migration must not lose.

SQLite changes most things about a table by building it anew, and what the builder does not know is gone
without a word: AUTOINCREMENT (then numbers are used twice), the highest number given out, triggers,
collations, checks. The guard looks before and after each step. On both engines it also keeps the logs as they
are, and plugins off tables that are not theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

import sqlalchemy as sa
from attrs import field, frozen

from crmkit.core.phrase import phrase

LOGS: Final = ("interaction", "change")
_WORDS: Final = ("AUTOINCREMENT", "COLLATE", "CHECK")
_SEARCH: Final = "customer_search"
# One statement each: an upgrade looks twice in every step, and reflection asks for table after table.
_COLUMNS: Final = {
    True: """
        SELECT tables.name, columns.name, columns.type, columns."notnull" = 0
        FROM sqlite_master AS tables, pragma_table_xinfo(tables.name) AS columns
        WHERE tables.type = 'table' ORDER BY tables.name, columns.cid
    """,
    False: """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = current_schema()
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relkind IN ('r', 'p', 'f') ORDER BY c.relname, a.attnum
    """,
}
Columns = tuple[tuple[str, str, bool], ...]


@frozen
class Rebuildable:
    """What SQLite keeps of a table beside its columns."""

    page: int
    words: Mapping[str, int]
    extras: frozenset[str]
    last_number: int | None


@frozen
class Shape:
    """The schema at one moment: every table's columns (name, type, nullable), and what SQLite may lose."""

    columns: Mapping[str, Columns]
    rebuildable: Mapping[str, Rebuildable] = field(factory=dict)


def shape(connection: sa.Connection) -> Shape:
    """The schema as it is now."""
    is_sqlite = connection.dialect.name == "sqlite"
    columns: dict[str, list[tuple[str, str, bool]]] = {}
    for table, name, type_, nullable in connection.exec_driver_sql(_COLUMNS[is_sqlite]):
        if not table.startswith((_SEARCH, "sqlite_")):
            columns.setdefault(table, []).append((name, type_, bool(nullable)))
    every = {table: tuple(found) for table, found in columns.items()}
    return Shape(every, _rebuildable(connection)) if is_sqlite else Shape(every)


def _rebuildable(connection: sa.Connection) -> dict[str, Rebuildable]:
    rows = connection.exec_driver_sql("SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master").all()
    numbers: dict[str, int] = {}
    if any(name == "sqlite_sequence" for _, name, *_ in rows):
        numbers = dict(connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence").all())
    extras: dict[str, set[str]] = {}
    for kind, name, table, _, sql in rows:
        if kind in ("trigger", "index") and sql:
            extras.setdefault(table, set()).add(f"{kind} {name}")
    found = {}
    for kind, name, _, page, sql in rows:
        if kind == "table" and not name.startswith((_SEARCH, "sqlite_")):
            written = sql.upper()
            words = {word: written.count(word) for word in _WORDS}
            found[name] = Rebuildable(page, words, frozenset(extras.get(name, ())), numbers.get(name))
    return found


def rebuilt(before: Shape, after: Shape) -> bool:
    """Whether a table that was there is gone, or another one under its name."""
    old, new = before.rebuildable, after.rebuildable
    return any(name not in new or new[name].page != table.page for name, table in old.items())


def losses(before: Shape, after: Shape, *, prefix: str | None) -> Iterator[str]:
    """Everything that a step lost or should have left alone, as `table: what`; `prefix` is the plugin's."""
    for name in LOGS:
        if name in before.columns:
            yield from _log_losses(name, before, after)
    for name, table in before.rebuildable.items():
        successor = after.rebuildable.get(name)
        if successor is not None and successor.page != table.page:
            yield from (f"{name}: {what}" for what in _table_losses(table, successor))
    if prefix is not None:
        yield from _trespasses(before.columns, after.columns, prefix)


def _log_losses(name: str, before: Shape, after: Shape) -> Iterator[str]:
    if name not in after.columns:
        yield phrase("{name}: dropped", name=name)
        return
    missing = [column[0] for column in before.columns[name] if column not in after.columns[name]]
    if missing:
        yield phrase(
            "{name}: column {missing} changed; a log is only ever altered by ADD COLUMN",
            name=name,
            missing=", ".join(missing),
        )
    pages = [shape.rebuildable[name].page for shape in (before, after) if name in shape.rebuildable]
    if len(set(pages)) > 1:
        yield phrase("{name}: rebuilt; a log is only ever altered by ADD COLUMN", name=name)


def _table_losses(old: Rebuildable, new: Rebuildable) -> Iterator[str]:
    yield from (word for word in _WORDS if new.words[word] < old.words[word])
    yield from sorted(old.extras - new.extras)
    if old.last_number is not None and (new.last_number is None or new.last_number < old.last_number):
        yield phrase(
            "highest number given out ({before}, now {after})",
            before=old.last_number,
            after=new.last_number,
        )


def _trespasses(before: Mapping[str, Columns], after: Mapping[str, Columns], prefix: str) -> Iterator[str]:
    for name in sorted(set(before) | set(after)):
        if not name.startswith(prefix) and before.get(name) != after.get(name):
            yield phrase(
                "{name}: not this plugin's table; its tables begin with {prefix}", name=name, prefix=prefix
            )


def without(found: Iterable[str], intended: Collection[str]) -> list[str]:
    """The losses that the step did not announce."""
    return [loss for loss in found if loss not in intended]
