"""A business that sells things."""

from __future__ import annotations

import pytest


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["operational"]
