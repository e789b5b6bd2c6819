"""A small business whose numbers can be worked out by hand, on each kind of database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.errors import SchemaError
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.model.interaction import InteractionDraft
from crmkit.core.opening import upgrade_database

CONFIG = """
[crs]
name = "Rye & Co."
currency = "PLN"
timezone = "Europe/Warsaw"
database = "DATABASE"

[identities]
shop = "Customer number of the web shop"

[fields.favourite_bread]
type = "choice"
choices = ["rye", "wheat"]

[fields.birthday]
type = "date"

[purposes.offers]
type = "marketing"

[segments]
fans = "count(purchase) >= 2"

[roles.keeper]
permissions = ["customers.read"]
sees = "own"

[customer_types.wholesale]
who = "is_organization"
level = "high-touch"
cadence = "30 days"

[customer_types.private]
who = "not is_organization"
level = "self-service"
"""
WARSAW = ZoneInfo("Europe/Warsaw")


def at(text: str) -> int:
    """An instant from local time in Warsaw: `2026-05-01 10:00`."""
    return round(datetime.fromisoformat(text).replace(tzinfo=WARSAW).timestamp() * 1_000_000)


def open_crm(database: str, folder: Path, now: str = "2026-06-15 12:00") -> Crm:
    """The business on `database`, whose tables are made when they are not there."""
    path = folder / "crm.toml"
    path.write_text(CONFIG.replace("DATABASE", database), encoding="utf-8")
    clock, random = FakeClock(at(now)), Random(1)
    try:
        return Crm.open(path, clock=clock, random=random)
    except SchemaError:
        upgrade_database(path)
        return Crm.open(path, clock=clock, random=random)


@pytest.fixture
def crm_toml() -> str:
    """What the business declares."""
    return CONFIG.partition("DATABASE")[2].removeprefix('"')


@pytest.fixture
def database(declared_database: str) -> str:
    """With its tables, so that no test waits for them."""
    return declared_database


@pytest.fixture
def crm(database: str, tmp_path: Path) -> Iterator[Crm]:
    """An empty business on 15 June 2026, noon."""
    with open_crm(database, tmp_path) as crm:
        yield crm


@pytest.fixture
def sold(crm: Crm) -> Callable[..., int]:
    """Record `sold(who, when, "12.50")`, known when it happened; its number."""

    def record(who: int, when: str, amount: str | None = None, type_: str = "purchase", **more: Any) -> int:
        minor = None if amount is None else round(float(amount) * 100)
        draft = InteractionDraft(customer=who, type=type_, at=at(when), amount=minor, history=True, **more)
        recorded: Any = crm.interactions.record(draft)
        return int(recorded.seq)

    return record


@pytest.fixture
def people(crm: Crm) -> list[int]:
    """Four customers by id; the last one is an organisation."""
    names = ("Anna", "Bo", "Celina")
    private = [crm.customers.save(CustomerDraft(name=name)).id for name in names]
    return [*private, crm.customers.save(CustomerDraft(name="Inn", is_organization=True)).id]


def day(text: str) -> date:
    """A date."""
    return date.fromisoformat(text)
