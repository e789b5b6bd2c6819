"""The predicate language: one small typed language for segments, rules, exports, lists and views.

Text becomes a typed tree (`parse`), the tree one SQL statement (`Statements`, `compile_where`, `condition`)
that runs alike on SQLite, PostgreSQL and, for words of the log, DuckDB; `explain` tells why one matches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmkit.core.predicates.context import Context, RecordType
    from crmkit.core.predicates.duration import Duration
    from crmkit.core.predicates.errors import PredicateError
    from crmkit.core.predicates.formatting import format  # noqa: A004 - a verb of this package
    from crmkit.core.predicates.json_form import from_json, to_json
    from crmkit.core.predicates.predicate import Expression, Predicate, parse, parse_value
    from crmkit.core.predicates.sentences import sentence
    from crmkit.core.predicates.sql.explaining import Clause, explain
    from crmkit.core.predicates.sql.prepared import Prepared, Statements, compile_where, condition

# Loaded on first use: whoever opens a business mostly asks for nothing in this language.
_HOMES = {
    "context": ("Context", "RecordType"),
    "duration": ("Duration",),
    "errors": ("PredicateError",),
    "formatting": ("format",),
    "json_form": ("from_json", "to_json"),
    "predicate": ("Expression", "Predicate", "parse", "parse_value"),
    "sentences": ("sentence",),
    "sql.explaining": ("Clause", "explain"),
    "sql.prepared": ("Prepared", "Statements", "compile_where", "condition"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
__all__ = (
    "Clause", "Context", "Duration", "Expression", "Predicate", "PredicateError", "Prepared", "RecordType",
    "Statements", "compile_where", "condition", "explain", "format", "from_json", "parse", "parse_value",
    "sentence", "to_json",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
