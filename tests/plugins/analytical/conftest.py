"""The businesses of these tests use the analytical plugin; some hold a real shop's eighteen months."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import pytest

from crmkit import Crm, CustomerDraft, InteractionDraft
from crmkit.testing import FakeClock

DAY = 86_400_000_000


def at(day: str, hour: int = 12) -> int:
    """An instant of a day, UTC."""
    return int(datetime.fromisoformat(f"{day}T{hour:02d}:00:00").replace(tzinfo=UTC).timestamp()) * 1_000_000


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["analytical"]


@pytest.fixture
def add(request: pytest.FixtureRequest) -> Callable[..., int]:
    """A function that enters a customer with purchases, (days ago, cents) each; the customer's id."""
    name = "crm_both" if "crm_both" in request.fixturenames else "crm"
    crm: Crm = request.getfixturevalue(name)
    clock: FakeClock = request.getfixturevalue("clock")

    def add(name: str, *bought: tuple[float, int], **fields: Any) -> int:
        who = crm.customers.save(CustomerDraft(name=name, fields=fields)).id
        crm.interactions.record_all(
            [
                InteractionDraft(
                    customer=who,
                    type="purchase",
                    at=clock.now() - int(days * DAY),
                    amount=cents,
                    history=True,
                )
                for days, cents in bought
            ]
        )
        return who

    return add


def cdnow(customers: int) -> Iterator[tuple[int, str, int]]:
    """(customer, day, cents) of the first customers of CDNOW (Fader & Hardie), as they come with crmkit."""
    source = files("crmkit.data") / "cdnow" / "cdnow_master.csv.gz"
    with source.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            if int(row["customer_id"]) > customers:
                return
            yield int(row["customer_id"]), row["date"], round(float(row["dollar_value"]) * 100)


def fill(crm: Crm, bought: Sequence[tuple[int, str, int]]) -> dict[int, int]:
    """Enter CDNOW's customers with their purchases, at noon UTC; their ids by their numbers there."""
    numbers = sorted({row[0] for row in bought})
    ids = crm.customers.save_all([CustomerDraft(name=f"C{number}") for number in numbers]).ids
    by_number = {number: int(id_ or 0) for number, id_ in zip(numbers, ids, strict=True)}
    crm.interactions.record_all(
        [
            InteractionDraft(customer=by_number[who], type="purchase", at=at(day), amount=cents, history=True)
            for who, day, cents in bought
        ]
    )
    return by_number
