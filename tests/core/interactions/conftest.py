"""A business with a few customers, on each kind of database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit.core import opening
from crmkit.core.clock import FakeClock
from crmkit.core.errors import SchemaError
from crmkit.core.interactions.service import Interactions
from crmkit.core.kernel import HOUSE, Kernel
from crmkit.core.model.people import Actor
from crmkit.core.opening import upgrade_database
from crmkit.core.store.bulk import reserve

CONFIG = """
[crs]
name = "Rye & Co."
currency = "PLN"
timezone = "Europe/Warsaw"
locale = "pl"
plugins = [PLUGINS]
database = "DATABASE"

[identities]
shop = "Customer number of the web shop"

[interactions.tasting]
doc = "Tasted something"
"""
DAY = 86_400_000_000
DECIDER = '''
"""A till's rules, for tests."""
from attrs import evolve

from crmkit.plugin import Refusal, Rejected, Replace, hookimpl


@hookimpl
def crmkit_before_interactions_recorded(drafts):
    for index, draft in enumerate(drafts):
        if draft.outlet == "closed":
            yield Refusal(index, "the till is closed")
        if draft.outlet == "old name":
            yield Replace(index, evolve(draft, outlet="new name"))
        if draft.outlet == "alarm":
            raise Rejected("The alarm is on", hint="Wait.")
'''


def open_kernel(database: str, folder: Path, *, clock: Any = None, plugin: str = "") -> Kernel:
    """The kernel of a business on `database`, whose tables are made when they are not there."""
    text = CONFIG.replace("DATABASE", database).replace("PLUGINS", f'"{plugin}"' if plugin else "")
    path = folder / "crm.toml"
    path.write_text(text, encoding="utf-8")
    settings: dict[str, Any] = {"strict": True, "clock": clock or FakeClock(), "random": Random(1)}
    try:
        return opening.open_kernel(path, **settings)
    except SchemaError:
        upgrade_database(path)
        return opening.open_kernel(path, **settings)


def add_customers(kernel: Kernel, count: int) -> list[int]:
    """Customers `shop:1` onwards, each with an e-mail address of their own."""
    tables = kernel.tables
    with kernel.store.writing() as connection:
        numbers = reserve(connection, "customer", "id", count)
        blank = dict.fromkeys(("name", "given_name", "family_name", "fold", "source"), "")
        fixed = {**blank, "is_organization": 0, "lifecycle": "customer", "version": 1, "created_at": 0}
        uids = kernel.uids.batch(count)
        people = [{"id": n, "uid": uid, **fixed} for n, uid in zip(numbers, uids, strict=True)]
        connection.execute(sa.insert(tables.customer), people)
        identities = [{"customer_id": n, "scheme": "shop", "value": str(n)} for n in numbers]
        connection.execute(sa.insert(tables.identity), identities)
        fixed = {"kind": "email", "label": "", "is_primary": 1}
        addresses = [(n, f"c{n}@example.org") for n in numbers]
        points = [{"customer_id": n, "value": a, "normalised": a, **fixed} for n, a in addresses]
        connection.execute(sa.insert(tables.contact_point), points)
    return list(numbers)


@pytest.fixture
def crm_toml() -> str:
    """What the business declares."""
    return CONFIG.partition("DATABASE")[2].removeprefix('"')


@pytest.fixture
def database(declared_database: str) -> str:
    """With its tables, so that no test waits for them."""
    return declared_database


@pytest.fixture
def kernel(database: str, tmp_path: Path) -> Iterator[Kernel]:
    """A business with three customers."""
    kernel = open_kernel(database, tmp_path)
    add_customers(kernel, 3)
    yield kernel
    kernel.store.close()


@pytest.fixture
def interactions(kernel: Kernel) -> Interactions:
    """The interactions of that business, for crmkit itself."""
    return Interactions(kernel, HOUSE)


@pytest.fixture
def acting(kernel: Kernel) -> Callable[[Actor], Interactions]:
    """The interactions of that business, for somebody else."""
    return lambda actor: Interactions(kernel, actor)


def add_decider(folder: Path) -> str:
    """Put a local plugin beside `crm.toml` that refuses, replaces and rejects by outlet; its name."""
    (folder / "plugins").mkdir()
    (folder / "plugins" / "till.py").write_text(DECIDER, encoding="utf-8")
    manifest = 'name = "till"\ntitle = "Till"\ndoc = "A till\'s rules"\n'
    (folder / "plugins" / "till.toml").write_text(manifest, encoding="utf-8")
    return "till"
