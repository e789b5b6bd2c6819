"""What a statement reads: known for certain once it is compiled."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from attrs import define, field
from sqlalchemy.exc import UnsupportedCompilationError

from crmkit.core.errors import Invalid
from crmkit.core.phrase import phrase
from crmkit.core.predicates.sql.duckdb import DuckCompiler, DuckDialect

# What every engine understands alike; the others are what one engine alone calls them.
_FUNCTIONS: Final = frozenset(
    {
        "abs", "avg", "coalesce", "count", "cume_dist", "dense_rank", "first_value", "greatest", "lag",
        "last_value", "lead", "least", "length", "lower", "max", "min", "ntile", "nullif", "percent_rank",
        "rank", "row_number", "substr", "sum",
    }
)  # fmt: skip


@define
class Touched:
    """Columns by table, and what in the statement belongs to one engine alone."""

    columns: dict[str, set[str]] = field(factory=dict)
    foreign: list[str] = field(factory=list)


class _Noting(DuckCompiler):
    """Compiles, and notes what it comes across."""

    @property
    def touched(self) -> Touched:
        """What was noted."""
        return self.dialect.touched  # type: ignore[attr-defined,no-any-return]

    def visit_column(self, column: Any, *args: Any, **kw: Any) -> str:
        """A column, of whatever the table is called here."""
        table = _table(getattr(column, "table", None))
        if table is not None:
            self.touched.columns.setdefault(table.name, set()).add(column.name)
        return super().visit_column(column, *args, **kw)

    def visit_table(self, table: Any, *args: Any, **kw: Any) -> Any:
        """A table."""
        self.touched.columns.setdefault(table.name, set())
        return super().visit_table(table, *args, **kw)  # type: ignore[no-untyped-call]

    def visit_function(self, func: Any, *args: Any, **kw: Any) -> str:
        """A function."""
        if func.name.lower() not in _FUNCTIONS:
            self.touched.foreign.append(f"{func.name}()")
        return super().visit_function(func, *args, **kw)

    def visit_custom_op_binary(self, element: Any, operator: Any, **kw: Any) -> Any:
        """An operator that only one engine may have."""
        self.touched.foreign.append(phrase("the operator {operator}", operator=operator.opstring))
        return super().visit_custom_op_binary(element, operator, **kw)  # type: ignore[no-untyped-call]

    def visit_textclause(self, textclause: Any, *args: Any, **kw: Any) -> Any:
        """SQL as text: what it reads is not known."""
        self.touched.foreign.append(phrase("SQL of its own"))
        return super().visit_textclause(textclause, *args, **kw)  # type: ignore[no-untyped-call]


class _NotingDialect(DuckDialect):
    """Of one statement."""

    statement_compiler = _Noting

    def __init__(self) -> None:
        super().__init__()
        self.touched = Touched()


def _table(selectable: Any) -> sa.Table | None:
    while isinstance(selectable, sa.Alias):
        selectable = selectable.element
    return selectable if isinstance(selectable, sa.Table) else None


def compiled(select: Any, values: dict[str, Any]) -> tuple[str, list[Any], Touched]:
    """A statement for DuckDB, its parameters in order, and what it touches. Raises `Invalid` for what DuckDB
    has no words for, such as a construct of SQL that a plugin made for other engines."""
    dialect = _NotingDialect()
    try:
        expanded = select.compile(dialect=dialect).construct_expanded_state(values)
    except UnsupportedCompilationError as error:
        raise Invalid(phrase("DuckDB has no words for a part of the statement")) from error
    return expanded.statement, list(expanded.positional_parameters), dialect.touched
