"""Reading from the replica, where it is as the database is."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.plugin import BulkQuestion, CannotRead, nphrase, phrase
from crmkit.plugins.analytical.replica.columns import COLUMNS, arrow_schema, customer_schema
from crmkit.plugins.analytical.replica.folder import Folder, folder_of
from crmkit.plugins.analytical.replica.manifest import Manifest, Part, Unreadable
from crmkit.plugins.analytical.replica.moves import moving

if TYPE_CHECKING:
    from crmkit import Crm

_LOG: Final = "interaction"
_PEOPLE: Final = "customer"
# Small, about nobody, and handed over with the question.
_RATES: Final = "exchange_rate"
_REFRESH: Final = "crm analytics refresh"


class ReplicaReader:
    """The replica of one opened `Crm`. One DuckDB for each state of it, shared by all threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._opened: tuple[Manifest, Any] | None = None

    def read(self, crm: Crm, question: BulkQuestion) -> Sequence[tuple[Any, ...]] | CannotRead:
        """The rows of a statement over the log, or why the database has to answer."""
        folder = folder_of(crm)
        manifest = folder.manifest()
        if isinstance(manifest, Unreadable):
            return CannotRead(f"{manifest.reason} ({_REFRESH})")
        why = _unsuited(question) or _stale(crm, question, manifest) or _broken(folder, manifest)
        if why:
            return CannotRead(why)
        return self._rows(crm, folder, manifest, question)

    def _rows(
        self, crm: Crm, folder: Folder, manifest: Manifest, question: BulkQuestion
    ) -> Sequence[tuple[Any, ...]] | CannotRead:
        import duckdb

        text, parameters = question.duckdb
        try:
            with self._connection(folder, manifest).cursor() as cursor:
                if _RATES in question.reads:
                    cursor.register(_RATES, _rates(crm, question))
                found: list[tuple[Any, ...]] = cursor.execute(text, parameters).fetchall()
                return found
        except duckdb.IOException:
            return CannotRead(phrase("a part of it cannot be read ({command})", command=_REFRESH))
        except (duckdb.InvalidInputException, duckdb.SerializationException) as error:
            return CannotRead(
                phrase(
                    "a part of it is damaged: {error} ({command})",
                    error=_first_line(error),
                    command=f"{_REFRESH} --rebuild",
                )
            )
        except duckdb.Error as error:
            return CannotRead(phrase("DuckDB does not take the statement: {error}", error=_first_line(error)))

    def _connection(self, folder: Folder, manifest: Manifest) -> Any:
        with self._turn:
            if self._opened is None or self._opened[0] != manifest:
                self._opened = manifest, _opened(folder, manifest)
            return self._opened[1]


def _opened(folder: Folder, manifest: Manifest) -> Any:
    import duckdb

    connection = duckdb.connect(
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    )
    _view(connection, folder, _LOG, manifest.parts, arrow_schema())
    _view(connection, folder, _PEOPLE, manifest.customers, customer_schema())
    return connection


def _view(connection: Any, folder: Folder, name: str, parts: Sequence[Part], schema: Any) -> None:
    if not parts:
        connection.register(name, schema.empty_table())
        return
    files = ", ".join("'" + str(folder.file(part)).replace("'", "''") + "'" for part in parts)
    # A view's text takes no parameters; the names are ours, and quoted.
    connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{files}])")  # noqa: S608


def _unsuited(question: BulkQuestion) -> str:
    """What the statement asks for that the replica does not have."""
    held: Mapping[str, Sequence[str] | None] = {_LOG: COLUMNS, _PEOPLE: ("id",), _RATES: None}
    for table, columns in sorted(question.reads.items()):
        if table not in held:
            return phrase("it does not have the table {table}", table=table)
        names = held[table]
        lacking = sorted(columns - set(names)) if names is not None else []
        if lacking:
            return phrase("it does not have the column {column} of {table}", column=lacking[0], table=table)
    if question.foreign:
        return phrase("the statement uses {what}", what=question.foreign[0])
    if find_spec("duckdb") is None:
        return phrase("duckdb is not installed (pip install 'crmkit[analytical]')")
    return ""


def _stale(crm: Crm, question: BulkQuestion, manifest: Manifest) -> str:
    """In what the database is ahead of it."""
    position = manifest.position
    interaction, change = crm.tables.interaction.c, crm.tables.change.c
    execute = question.execute
    end = execute(sa.select(sa.func.coalesce(sa.func.max(interaction.seq), 0))).scalar_one()
    if end > position.interaction:
        count = execute(sa.select(sa.func.count()).where(interaction.seq > position.interaction)).scalar_one()
        return nphrase(
            "{count} interaction came since ({command})",
            "{count} interactions came since ({command})",
            count,
            command=_REFRESH,
        )
    known_at = execute(
        sa.select(interaction.known_at).where(interaction.seq == position.interaction)
    ).scalar()
    said = execute(sa.select(change.hash).where(change.seq == position.change)).scalar()
    if (end, known_at or 0, said or "") != (position.interaction, position.known_at, position.hash):
        return phrase("the database is another than it was made from ({command})", command=_REFRESH)
    if execute(sa.select(change.seq).where(moving(crm, position.change)).limit(1)).first() is not None:
        return phrase("customers were merged, separated or erased since ({command})", command=_REFRESH)
    if _PEOPLE in question.reads and _newcomers(crm, question, manifest.last_customer):
        return phrase("customers came since ({command})", command=_REFRESH)
    return ""


def _newcomers(crm: Crm, question: BulkQuestion, last: int) -> bool:
    customer = crm.tables.customer.c
    return question.execute(sa.select(customer.id).where(customer.id > last).limit(1)).first() is not None


def _broken(folder: Folder, manifest: Manifest) -> str:
    lost = [part for part in manifest.parts if not folder.is_whole(part)]
    if not lost:
        return ""
    return nphrase(
        "{lost} of its {count} part are missing or damaged ({command})",
        "{lost} of its {count} parts are missing or damaged ({command})",
        len(manifest.parts),
        lost=len(lost),
        command=_REFRESH,
    )


def _rates(crm: Crm, question: BulkQuestion) -> Any:
    import pyarrow as pa

    table = crm.tables.exchange_rate
    rows = question.execute(sa.select(table)).mappings().all()
    kinds = [
        (column.name, pa.int64() if isinstance(column.type, sa.Integer) else pa.string())
        for column in table.columns
    ]
    return pa.Table.from_pylist([dict(row) for row in rows], schema=pa.schema(kinds))


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
