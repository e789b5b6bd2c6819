"""A business with fields, identities, a record type and consent."""

from __future__ import annotations

import pytest

from tests.core.merging.worlds import TOML


@pytest.fixture
def crm_toml() -> str:
    """What every business here declares."""
    return TOML
