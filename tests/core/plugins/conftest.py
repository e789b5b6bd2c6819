"""A house for plugins."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.plugins.house import House


@pytest.fixture
def database(ready_database: str) -> str:
    """With the core's tables, so that no test waits for them."""
    return ready_database


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """An empty house whose installed packages can be imported."""
    built = House(tmp_path)
    built.site.mkdir()
    monkeypatch.syspath_prepend(str(built.site))
    importlib.invalidate_caches()
    yield built
    for name in [
        each for each in sys.modules if each.endswith("_package") or each.startswith("crmkit_local_")
    ]:
        del sys.modules[name]
