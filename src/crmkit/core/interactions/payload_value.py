"""A value inside of payloads, as SQL: the same construct on every engine."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class payload_value(FunctionElement[str]):  # noqa: N801 - it is used like a function, as SQLAlchemy's own are
    """The text or number that payloads have under `key`, as text; NULL where they have none.

    `interaction` is `tables.interaction` or an alias of it. Numbers are compared after
    `sa.cast(payload_value(…), sa.BigInteger)`.
    """

    type = sa.Text()
    inherit_cache = True

    def __init__(self, interaction: sa.FromClause, key: str) -> None:
        # Written out when the statement runs: GROUP BY would take two parameters for two expressions.
        super().__init__(interaction.c.payload, sa.bindparam("key", key, unique=True, literal_execute=True))


@compiles(payload_value, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    payload, key = (compiler.process(each, **options) for each in element.clauses)
    return f"CAST(json_extract({payload}, '$.\"' || {key} || '\"') AS TEXT)"


@compiles(payload_value, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    payload, key = (compiler.process(each, **options) for each in element.clauses)
    return f"(CAST({payload} AS JSONB) ->> {key})"


@compiles(payload_value, "duckdb")
def _on_duckdb(element: Any, compiler: Any, **options: Any) -> str:
    payload, key = (compiler.process(each, **options) for each in element.clauses)
    return f"json_extract_string({payload}, '$.\"' || {key} || '\"')"
