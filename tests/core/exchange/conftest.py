"""A shop on each kind of database, and CSV files to import into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crmkit.core.crm import Crm
from crmkit.testing.opening import open_crm

TOML = """
currency = "USD"
timezone = "Europe/Warsaw"
locale = "pl_PL"

[identities]
shop = "Customer number in the web shop"
hubspot = "HubSpot"
hubspot_company = "Company in HubSpot"
odoo = "Odoo"
espocrm = "EspoCRM"
mailchimp = "Mailchimp"

[records.order]
title = "number"
states = ["ordered", "baked"]

[records.order.moves]
ordered = ["baked"]

[records.order.fields]
number = { type = "text", unique = true }
flavour = "text"

[channels]
email = "E-mail"

[purposes.newsletter]
type = "marketing"

[roles.importer]
permissions = ["customers.read", "customers.write", "customers.import"]

[fields.size]
label = "Shoe size"
type = "number"
decimals = 1

[fields.topics]
type = "multi-choice"
choices = ["sale", "stories"]

[fields.first_visit]
type = "date"
"""


@pytest.fixture
def crm(tmp_path: Path, ready_database: str) -> Iterator[Crm]:
    """The opened shop, whose `crm.toml` lies in `tmp_path`."""
    with open_crm(tmp_path, TOML, database=ready_database) as crm:
        yield crm


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file; text is UTF-8."""

    def write(content: str | bytes, name: str = "people.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
