"""On a real shop's purchases, segments find whom independent SQL finds."""

from __future__ import annotations

import csv
import gzip
import sqlite3
from collections.abc import Iterator
from datetime import tzinfo
from importlib.resources import files
from pathlib import Path

import pytest

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.instants import parse_instant
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.model.interaction import InteractionDraft
from crmkit.testing import open_crm
from tests.soaking import soaking

CUSTOMERS = soaking(6_000, 23_570)
# The predicate, and the same question in SQL over the rows of the log: bought(customer, day, cds, cents).
# Every purchase is at noon, and now is noon of 1 July 1998.
SEGMENTS = {
    "once": ("count(purchase) = 1", "GROUP BY customer HAVING count(*) = 1"),
    "regulars": (
        "count(purchase, last 90 days) >= 3",
        "WHERE day > '1998-04-02' GROUP BY customer HAVING count(*) >= 3",
    ),
    "big": ("sum(purchase) > 1000", "GROUP BY customer HAVING sum(cents) > 100000"),
    "lapsed": (
        "exists(purchase) and not exists(purchase, since 1998-01-01)",
        "GROUP BY customer HAVING max(day) < '1998-01-01'",
    ),
    "early": ("first(purchase) < 1997-01-15", "GROUP BY customer HAVING min(day) < '1997-01-15'"),
    "basket": (
        "avg(purchase) between 30 and 40",
        "GROUP BY customer HAVING avg(cents) BETWEEN 3000 AND 4000",
    ),
    "one-large": (
        "max(purchase) >= 200 and count(purchase) <= 3",
        "GROUP BY customer HAVING max(cents) >= 20000 AND count(*) <= 3",
    ),
    "stacks": (
        "count(purchase where amount > 50, since 1997-06-01) >= 2 or sum(purchase) > 2000",
        (
            "GROUP BY customer HAVING count(*) FILTER (WHERE cents > 5000 AND day >= '1997-06-01') >= 2"
            " OR sum(cents) > 200000"
        ),
    ),
    "slipping": (
        "was_in(regulars, 60 days ago) and days_since(purchase) > 60",
        (
            "GROUP BY customer HAVING max(day) < '1998-05-02'"
            " AND count(*) FILTER (WHERE day > '1998-02-01' AND day <= '1998-05-02') >= 3"
        ),
    ),
    "spring": (
        "count(purchase, from 1998-03-01 to 1998-06-01) > count(purchase, from 1997-03-01 to 1997-06-01)",
        (
            "GROUP BY customer HAVING count(*) FILTER (WHERE day >= '1998-03-01' AND day < '1998-06-01')"
            " > count(*) FILTER (WHERE day >= '1997-03-01' AND day < '1997-06-01')"
        ),
    ),
}
TOML = "\n".join(
    [
        'currency = "USD"',
        "[segments]",
        *(f'{name} = "{condition}"' for name, (condition, _) in SEGMENTS.items()),
    ]
)


def log() -> Iterator[tuple[int, str, int, int]]:
    """(customer, day, cds, cents) of every purchase of the first customers."""
    packed = files("crmkit.data") / "cdnow" / "cdnow_master.csv.gz"
    with packed.open("rb") as raw, gzip.open(raw, "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            if int(row["customer_id"]) > CUSTOMERS:
                continue
            dollars, _, cents = row["dollar_value"].partition(".")
            yield (
                int(row["customer_id"]),
                row["date"],
                int(row["number_of_cds"]),
                int(dollars) * 100 + int(cents.ljust(2, "0")),
            )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crm]:
    """The shop with its customers, whose ids are the log's numbers, on 1 July 1998."""
    clock = FakeClock(parse_instant("1998-07-01T12:00", zone(), 0))
    with open_crm(tmp_path_factory.mktemp("shop"), TOML, clock=clock) as crm:
        rows = list(log())
        crm.customers.save_all(
            CustomerDraft(name=f"Customer {n}") for n in range(1, max(r[0] for r in rows) + 1)
        )
        days = {day: parse_instant(f"{day}T12:00", zone(), 0) for _, day, _, _ in rows}
        crm.interactions.record_all(
            InteractionDraft(customer=who, type="purchase", at=days[day], amount=cents, history=True)
            for who, day, _, cents in rows
        )
        yield crm


def zone() -> tzinfo:
    """The shop's time zone."""
    from crmkit.core.instants import zone as named

    return named("UTC")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """The log in a table of its own, for questions in plain SQL."""
    path: Path = tmp_path_factory.mktemp("plain") / "log.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bought (customer INTEGER, day TEXT, cds INTEGER, cents INTEGER)")
    connection.executemany("INSERT INTO bought VALUES (?, ?, ?, ?)", log())
    yield connection
    connection.close()


@pytest.mark.parametrize("name", SEGMENTS)
def test_a_segment_finds_whom_plain_sql_finds(shop: Crm, plain: sqlite3.Connection, name: str) -> None:
    """Every customer of the segment, and nobody else, among thousands."""
    rows = plain.execute(f"SELECT customer FROM bought {SEGMENTS[name][1]} ORDER BY customer")
    wanted = [row[0] for row in rows]
    assert wanted
    assert list(shop.segments.members(name)) == wanted
    assert shop.segments.count(name) == len(wanted)


def test_ten_segments_in_one_pass(shop: Crm) -> None:
    """All of them counted together are each counted alone."""
    assert shop.segments.counts() == {name: shop.segments.count(name) for name in SEGMENTS}


@pytest.mark.parametrize("name", SEGMENTS)
def test_members_and_others_are_explained(shop: Crm, name: str) -> None:
    """Of a member the explanation says yes, of another no; of a single customer the answer is that of all."""
    members = shop.segments.members(name)
    others = sorted({*range(1, 200)} - {*members})
    for customer, inside in ((members[0], True), (members[-1], True), (others[0], False)):
        assert shop.segments.explain(name, customer).is_member is inside
        assert shop.segments.contains(name, customer) is inside


def test_a_segment_as_of_last_winter_is_that_of_the_log_cut_there(
    shop: Crm, plain: sqlite3.Connection
) -> None:
    """As of a past day the answer is what the log up to that day gives."""
    at = parse_instant("1998-01-01T12:00", zone(), 0)
    cut = "WHERE day <= '1998-01-01' GROUP BY customer HAVING sum(cents) > 100000"
    wanted = [row[0] for row in plain.execute(f"SELECT customer FROM bought {cut} ORDER BY customer")]
    assert wanted
    assert list(shop.segments.members("big", as_of=at)) == wanted
