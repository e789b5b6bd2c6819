"""A shop on each kind of database, and CSV files to import into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crmkit.core.crm import Crm
from crmkit.testing.opening import open_crm

TOML = """
currency = "USD"
timezone = "Europe/Warsaw"
locale = "pl_PL"

[identities]
shop = "Customer number in the web shop"

[fields.size]
label = "Shoe size"
type = "number"
decimals = 1

[fields.topics]
type = "multi-choice"
choices = ["sale", "stories"]
"""


@pytest.fixture
def crm(tmp_path: Path, ready_database: str) -> Iterator[Crm]:
    """The opened shop, whose `crm.toml` lies in `tmp_path`."""
    with open_crm(tmp_path, TOML, database=ready_database) as crm:
        yield crm


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file; text is UTF-8."""

    def write(content: str | bytes, name: str = "people.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
