"""A `crm` that has started already."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.docs.warm import WarmCrm


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmCrm]:
    """The process that forks; its start takes longer than most pages."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    warm = WarmCrm(shared / "samples")
    yield warm
    warm.close()
