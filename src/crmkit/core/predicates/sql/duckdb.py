"""SQLAlchemy's compiler for DuckDB: PostgreSQL's, but for what differs."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql.base import PGCompiler, PGDialect


class DuckCompiler(PGCompiler):
    """Whole division of whole numbers is `//`: a single slash gives a double there."""

    def visit_floordiv_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        """`a // b`."""
        del operator
        return f"({self.process(binary.left, **kw)} // {self.process(binary.right, **kw)})"


class DuckDialect(PGDialect):
    """Compiles statements for DuckDB's own Python driver; it makes no connections."""

    name = "duckdb"
    statement_compiler = DuckCompiler
    supports_statement_cache = True

    def __init__(self, **options: Any) -> None:
        super().__init__(paramstyle="numeric_dollar", **options)  # type: ignore[no-untyped-call]
