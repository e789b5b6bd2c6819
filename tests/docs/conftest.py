"""A `crm` that has started already."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.docs.warm import WarmCrm


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmCrm]:
    """The process that forks; its start takes longer than most pages."""
    warm = WarmCrm()
    yield warm
    warm.close()
