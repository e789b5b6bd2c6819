"""Files of every kind, and what is read of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmkit.core.exchange.sources import Row, Table, open_source


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file; text is UTF-8."""

    def write(content: str | bytes, name: str = "people.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def read(written: Callable[..., Path]) -> Callable[..., tuple[Table, list[Row]]]:
    """Writes a file and reads it as a table: the table, and its rows."""

    def read(content: str | bytes, name: str = "people.csv", **wanted: Any) -> tuple[Table, list[Row]]:
        table = open_source(written(content, name), **wanted)
        with table.rows() as rows:
            found = list(rows)
        with table.rows() as again:
            assert list(again) == found  # as often as needed
        return table, found

    return read
