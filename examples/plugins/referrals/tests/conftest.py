"""The business in which the plugin is tested."""

from __future__ import annotations

import pytest


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["referrals"]
