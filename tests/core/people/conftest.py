"""The same business as in the tests of customers."""

from tests.core.customers.conftest import clock, crm, opened, templates

__all__ = ["clock", "crm", "opened", "templates"]
