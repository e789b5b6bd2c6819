"""The same business as in the tests of metrics."""

from tests.core.metrics.conftest import crm_toml, database

__all__ = ["crm_toml", "database"]
