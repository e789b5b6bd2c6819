"""A business with the analytical plugin."""

from __future__ import annotations

import pytest


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["analytical"]
