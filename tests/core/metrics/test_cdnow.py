"""Metrics of a real shop's eighteen months, against SQL written without them."""

from __future__ import annotations

import csv
import gzip
import sqlite3
from collections.abc import Callable, Iterator
from fractions import Fraction
from importlib.resources import files
from typing import Any

import pytest

from crmkit import Crm
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.model.interaction import InteractionDraft
from tests.core.metrics.conftest import at, open_crm

CUSTOMERS = 1_500
Ask = Callable[..., Any]


def purchases() -> Iterator[tuple[int, str, int]]:
    """(customer, day, cents) of the first customers."""
    source = files("crmkit.data") / "cdnow" / "cdnow_master.csv.gz"
    with source.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            if int(row["customer_id"]) <= CUSTOMERS:
                yield int(row["customer_id"]), row["date"], round(float(row["dollar_value"]) * 100)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crm]:
    """The shop with its purchases as history, at noon of their days."""
    folder = tmp_path_factory.mktemp("cdnow")
    with open_crm(str(folder / "crm.db"), folder, "1998-07-01 12:00") as crm:
        crm.customers.save_all([CustomerDraft(name=f"C{n + 1}") for n in range(CUSTOMERS)])
        drafts = [
            InteractionDraft(customer=who, type="purchase", at=at(f"{day} 12:00"), amount=cents, history=True)
            for who, day, cents in purchases()
        ]
        crm.interactions.record_all(drafts)
        yield crm


@pytest.fixture(scope="module")
def plain() -> Iterator[Callable[[str], Any]]:
    """Ask a bare table `bought(who, day, cents)`."""
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE bought (who INTEGER, day TEXT, cents INTEGER)")
        connection.executemany("INSERT INTO bought VALUES (?, ?, ?)", purchases())
        yield lambda query: connection.execute(query).fetchall()
    connection.close()


FEBRUARY = "day >= '1997-02-01' AND day < '1997-03-01'"
Q2 = "day >= '1997-04-01' AND day < '1997-07-01'"
Q1 = "day >= '1997-01-01' AND day < '1997-04-01'"


def test_counts_and_money_are_those_of_plain_sql(shop: Crm, plain: Callable[[str], Any]) -> None:
    """Revenue, order value, buyers and newcomers of a month."""
    ask = shop.metrics.value
    ((cents, orders, buyers),) = plain(
        f"SELECT sum(cents), count(*), count(DISTINCT who) FROM bought WHERE {FEBRUARY}"
    )
    assert ask("revenue", "1997-02").value == cents
    assert ask("average_order_value", "1997-02").numerator == cents
    assert ask("average_order_value", "1997-02").denominator == orders
    assert ask("active", "1997-02").value == buyers
    ((newcomers,),) = plain(
        "SELECT count(*) FROM (SELECT who, min(day) AS day FROM bought GROUP BY who) WHERE " + FEBRUARY
    )
    assert ask("new", "1997-02").value == newcomers
    by_month = dict(plain("SELECT substr(day, 1, 7), sum(cents) FROM bought GROUP BY 1"))
    found = ask("revenue", "all time", by="month")
    assert {each.group: each.value for each in found.groups} == by_month


def test_loyalty_is_that_of_plain_sql(shop: Crm, plain: Callable[[str], Any]) -> None:
    """Repeat rate, retention and churn of a quarter, and who lapsed by its end."""
    ask = shop.metrics.value
    counts = plain(f"SELECT count(*) FROM bought WHERE {Q2} GROUP BY who")
    repeat = ask("repeat_rate", "1997-Q2").value
    assert repeat == Fraction(sum(times > 1 for (times,) in counts), len(counts))
    ((members, kept),) = plain(
        f"SELECT count(*), sum(who IN (SELECT who FROM bought WHERE {Q2})) "
        f"FROM (SELECT DISTINCT who FROM bought WHERE {Q1})"
    )
    assert ask("retention", "1997-Q2").value == Fraction(kept, members)
    assert ask("churn", "1997-Q2").value == 1 - Fraction(kept, members)
    ((quiet,),) = plain(
        "SELECT count(*) FROM (SELECT who FROM bought GROUP BY who HAVING max(day) < '1997-12-31')"
    )
    assert ask("lapsed(6 months)", "1998-06").value == quiet


def test_members_of_a_segment_are_followed(shop: Crm, plain: Callable[[str], Any]) -> None:
    """Retention of the fans at the start of a quarter, over ninety days."""
    found = shop.metrics.value("retention(90 days)", "1997-Q3", segment="fans")
    ((members, kept),) = plain(
        "SELECT count(*), sum(who IN "
        "(SELECT who FROM bought WHERE day >= '1997-07-01' AND day < '1997-09-29')) "
        "FROM (SELECT who FROM bought WHERE day < '1997-07-01' GROUP BY who HAVING count(*) >= 2)"
    )
    assert (found.numerator, found.denominator) == (kept, members)
