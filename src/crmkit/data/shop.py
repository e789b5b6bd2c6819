"""The demo's shop: the purchases of CDNOW, which are real, by people who are invented."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple

from attrs import define, field

from crmkit.data.people import Person, invented

CUSTOMERS: Final = 23_570
CUSTOMER_COLUMNS: Final = (
    "shop", "name", "given_name", "family_name", "email", "phone", "city", "country", "locale", "birthday",
    "newsletter_topics", "preference:music",
)  # fmt: skip
PURCHASE_COLUMNS: Final = ("shop", "at", "quantity", "amount", "currency")


class Bought(NamedTuple):
    """One purchase of the log, as it stands there."""

    number: int
    day: str
    quantity: str
    dollars: str


@define
class Shop:
    """The first `size` customers of the log and what they bought; `purchases` counts by customer."""

    size: int = CUSTOMERS
    purchases: dict[int, int] = field(factory=dict)
    first_day: dict[int, str] = field(factory=dict)
    persons: list[Person] = field(factory=list)

    def invent(self) -> None:
        """Make the customers, and count what they bought."""
        for bought in self._log():
            self.purchases[bought.number] = self.purchases.get(bought.number, 0) + 1
            self.first_day.setdefault(bought.number, bought.day)
        self.persons = list(invented(self.size))

    def write_customers(self, path: Path) -> None:
        """Write the customers as a shop system would export them."""
        rows = (
            (
                one.number, one.name, one.given_name, one.family_name, one.email, one.phone, one.city,
                one.country, one.locale, one.birthday, one.topics, one.music,
            )
            for one in self.persons
        )  # fmt: skip
        _write(path, CUSTOMER_COLUMNS, rows)

    def write_purchases(self, path: Path) -> None:
        """Write the purchases; the log knows their day only, so all are at noon."""
        _write(
            path,
            PURCHASE_COLUMNS,
            ((one.number, f"{one.day} 12:00", one.quantity, one.dollars, "USD") for one in self._log()),
        )

    def _log(self) -> Iterator[Bought]:
        source = files("crmkit.data") / "cdnow" / "cdnow_master.csv.gz"
        with source.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8", newline="") as text:
            for row in csv.DictReader(text):
                number = int(row["customer_id"])
                if number <= self.size:
                    yield Bought(number, row["date"], row["number_of_cds"], row["dollar_value"])


def _write(path: Path, columns: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
