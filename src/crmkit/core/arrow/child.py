"""The process that reads: a database's address and statements come in as lines of JSON, Arrow goes out.

A process of its own, because the driver brings a second SQLite library, and two of them in one process undo
each other's locks on the file. It imports nothing of crmkit, so that it is there soon.
"""

from __future__ import annotations

import json
import sys
from typing import Any

_SAMPLES = {"int64": "0", "double": "0.0", "string": "''", "bool": "0"}
_BATCH_ROWS = "65536"
DONE = b"done"


def main() -> None:
    """Answer statement after statement, all on the state of the first, until there are no more."""
    address = json.loads(sys.stdin.readline())
    connection = _connected(address)
    try:
        for line in sys.stdin:
            _answer(connection, json.loads(line), address["dialect"])
    finally:
        connection.rollback()
        connection.close()


def _connected(address: dict[str, Any]) -> Any:
    if address["dialect"] == "sqlite":
        from adbc_driver_sqlite import dbapi as sqlite

        return sqlite.connect(address["uri"])
    from adbc_driver_postgresql import dbapi as postgresql

    connection = postgresql.connect(address["uri"])
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    return connection


def _answer(connection: Any, question: dict[str, Any], dialect: str) -> None:
    import pyarrow as pa

    schema = pa.schema([(name, pa.type_for_alias(type_)) for name, type_ in question["columns"]])
    with connection.cursor() as cursor, pa.ipc.new_stream(sys.stdout.buffer, schema) as out:
        first = 0
        text = question["sql"]
        if dialect == "sqlite":
            # The driver takes its types from the first rows: a first row that says them is left out again.
            sample = ", ".join(_SAMPLES[type_] for _, type_ in question["columns"])
            text, first = f"SELECT {sample} UNION ALL SELECT * FROM ({text})", 1  # noqa: S608 - constants
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": _BATCH_ROWS})
        cursor.execute(text, question["parameters"] or None)
        for batch in cursor.fetch_record_batch():
            for each in _cast(pa, batch.slice(first), schema):
                out.write_batch(each)
            first = 0
    # A stream that breaks off looks like one that ends: only this says that all of it was there.
    sys.stdout.buffer.write(DONE)
    sys.stdout.buffer.flush()


def _cast(pa: Any, batch: Any, schema: Any) -> Any:
    columns = [
        column if column.type == field.type else column.cast(field.type)
        for column, field in zip(batch.columns, schema, strict=True)
    ]
    return [pa.record_batch(columns, schema=schema)] if batch.num_rows else []


if __name__ == "__main__":
    try:
        main()
    except Exception as error:  # noqa: BLE001 - whatever the driver raises, its first line says what
        sys.exit((str(error) or type(error).__name__).splitlines()[0])
