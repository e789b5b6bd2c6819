"""The rows of a file of any kind, each with the line it begins on; damaged ones with what is wrong."""

from __future__ import annotations

from pathlib import Path

from crmkit.core.exchange.sources import Row, Table, open_source

__all__ = ["Row", "Table", "read_table"]


def read_table(
    path: Path,
    *,
    damaged: bool = False,  # noqa: ARG001 - the table knows it by itself
    format: str | None = None,  # noqa: A002 - what it is called everywhere
    encoding: str | None = None,
    sheet: str | None = None,
) -> Table:
    """The file at `path` as a table: CSV, NDJSON, vCard or XLSX. Raises as `open_source`."""
    return open_source(path, format, encoding, sheet)
