"""What was exported comes back from an import as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit import Crm
from crmkit.core.exchange import import_customers
from tests.core.exporting.conftest import set_aside, told


@pytest.mark.parametrize("name", ["all.csv", "all.ndjson", "all.vcf", "all.xlsx"])
def test_an_empty_crm_gets_equal_customers(
    shop: Crm, another: Callable[[], Crm], tmp_path: Path, name: str
) -> None:
    """Exported and imported elsewhere, every customer is the same but for ids and when it was recorded."""
    set_aside(shop)
    report = shop.exporting.customers(tmp_path / name, archived=True, restricted=True)
    other = another()
    imported = import_customers(other, tmp_path / name)
    assert (imported.created, imported.rejected, imported.notes) == (report.rows, 0, ()), imported.examples
    mine, theirs = told(shop), told(other)
    assert mine.keys() == theirs.keys()
    different = {
        (name, key): (mine[name][key], theirs[name][key])
        for name in mine
        for key in mine[name]
        if mine[name][key] != theirs[name][key]
    }
    assert different == {}
    other.exporting.customers(tmp_path / f"again-{name}", archived=True, restricted=True)
    assert (tmp_path / f"again-{name}").stat().st_size > 0
    again = import_customers(other, tmp_path / name)
    assert (again.created, again.updated, again.rejected) == (0, 0, 0), again.examples


@pytest.mark.parametrize("name", ["all.csv", "all.ndjson", "all.vcf", "all.xlsx"])
def test_the_same_crm_learns_nothing(shop: Crm, tmp_path: Path, name: str) -> None:
    """Imported where it came from, an export changes nobody."""
    set_aside(shop)
    shop.exporting.customers(tmp_path / name, archived=True, restricted=True)
    before = told(shop)
    imported = import_customers(shop, tmp_path / name)
    assert (imported.created, imported.updated, imported.rejected) == (0, 0, 0), imported.examples
    assert told(shop) == before
