"""A shop that writes to its customers, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit import Crm
from tests.core.strategy.gates.reaching import PLUGINS, PURPOSES, write_plugin

Open = Callable[..., Crm]


@pytest.fixture
def shop(bakery: Open, tmp_path: Path) -> Open:
    """Open the shop with this in its crm.toml; its rules can `write = "…"`. It is 4 May 2026, 10:00."""
    write_plugin(tmp_path)

    def open_(toml: str = "") -> Crm:
        return bakery(PURPOSES + toml, plugins=PLUGINS)

    return open_
