"""Cohorts: retention and revenue, by when customers began and by what they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from crmkit import Crm, CrmError, InteractionDraft
from crmkit.plugin import ReportQuestion
from crmkit.plugins.analytical.cohorts.charts import heat_map
from crmkit.plugins.analytical.cohorts.cohorts import followed
from crmkit.plugins.analytical.cohorts.model import Cohorts
from crmkit.plugins.analytical.cohorts.section import section
from crmkit.testing import run_crm
from tests.plugins.analytical.conftest import at, cdnow, fill

Add = Callable[..., int]
CUSTOMERS = 700
TOML = """
timezone = "Europe/Warsaw"

[fields.colour]
type = "choice"
choices = ["red", "blue"]

[fields.limit]
type = "money"

[fields.likes]
type = "multi-choice"
choices = ["rye", "cake"]
"""


@pytest.fixture
def crm_toml() -> str:
    """A business with some fields, far from UTC."""
    return TOML


@pytest.fixture(scope="module")
def plain() -> Iterator[Callable[[str], Any]]:
    """Ask a bare table `bought(who, day, cents)`."""
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE bought (who INTEGER, day TEXT, cents INTEGER)")
        connection.executemany("INSERT INTO bought VALUES (?, ?, ?)", cdnow(CUSTOMERS))
        yield lambda query: connection.execute(query).fetchall()
    connection.close()


def triangle(found: Cohorts, name: str) -> dict[tuple[str, int], int]:
    """The cells that are not zero."""
    return {
        (each.name, after): getattr(cell, name)
        for each in found.cohorts
        for after, cell in each.cells.items()
        if getattr(cell, name)
    }


_MONTHS = "(substr({0}, 1, 4) * 12 + substr({0}, 6, 2))"
_PLAIN = f"""
    SELECT substr(began, 1, 7), {_MONTHS.format("day")} - {_MONTHS.format("began")}, %s
    FROM bought JOIN (SELECT who, min(day) AS began FROM bought GROUP BY who) USING (who)
    WHERE day < '1998-06-01' GROUP BY 1, 2"""


def test_cohorts_are_those_of_plain_sql(crm_both: Crm, plain: Callable[[str], Any]) -> None:
    """CDNOW's customers by month: who came back and what they spent, as a bare table says. June 1998 is not
    over on its 30th day at noon, so nothing is said of it, and not zero."""
    fill(crm_both, list(cdnow(CUSTOMERS)))
    asked: dict[str, Any] = {"as_of": at("1998-06-30", 13)}
    found = followed(crm_both, **asked)
    bare = {(month, after): many for month, after, many in plain(_PLAIN % "count(DISTINCT who)")}
    assert triangle(found, "active") == bare
    began = "(SELECT min(day) AS began FROM bought GROUP BY who)"
    assert [(each.name, each.customers) for each in found.cohorts] == plain(
        f"SELECT substr(began, 1, 7), count(*) FROM {began} GROUP BY 1"
    )
    assert found.running == "1998-06"
    for place, each in enumerate(found.cohorts):
        assert list(each.cells) == list(range(17 - place)), "a triangle"
        assert all(cell.customers == each.customers for cell in each.cells.values())
        assert all(cell.share in cell.interval for cell in each.cells.values())
        assert each.cells[0].active == each.customers
    money = followed(crm_both, money=True, **asked)
    bare = {(month, after): cents for month, after, cents in plain(_PLAIN % "sum(cents)") if cents}
    assert triangle(money, "amount") == bare
    (year,) = followed(crm_both, unit="year", as_of=at("1999-01-02")).cohorts
    ((back,),) = plain("SELECT count(DISTINCT who) FROM bought WHERE day > '1998'")
    assert [cell.active for cell in year.cells.values()] == [CUSTOMERS, back]


def test_local_months_refunds_and_currencies(crm_both: Crm, add: Add) -> None:
    """A month begins at midnight of the business's zone; refunds and other currencies are reckoned with."""
    anna, jan = add("Anna"), add("Jan")
    dated = [
        (anna, "purchase", 1000, at("2025-01-31", 22), None),  # 23:00 in Warsaw
        (jan, "purchase", 1000, at("2025-01-31", 23), None),  # midnight
        (anna, "refund", 300, at("2025-02-10"), None),
        (jan, "purchase", 100, at("2025-03-01"), "USD"),
    ]
    for who, kind, amount, when, currency in dated:
        crm_both.interactions.record_all(
            [
                InteractionDraft(
                    customer=who, type=kind, amount=amount, at=when, currency=currency, history=True
                )
            ]
        )
    with pytest.raises(CrmError, match="no rate"):
        followed(crm_both, money=True)
    crm_both.rates.set("USD", "0.5", on=date(2020, 1, 1))
    found = followed(crm_both, money=True, as_of=at("2025-04-02"))
    assert triangle(found, "amount") == {
        ("2025-01", 0): 1000,
        ("2025-01", 1): -300,
        ("2025-02", 0): 1000,
        ("2025-02", 1): 50,
    }


def test_by_a_field_only_those_count_whose_time_is_over(crm_both: Crm, add: Add) -> None:
    """Customers of one colour began at different times: each cell says of how many it speaks."""
    add("A", (92, 100), (61, 100), colour="red")  # October, November
    add("B", (40, 100), colour="red")  # November
    add("C", (3, 100), colour="blue")  # December, the last whole month
    add("D", (3, 100))
    found = followed(crm_both, by="colour")
    cells = {
        (each.name, after): (cell.active, cell.customers)
        for each in found.cohorts
        for after, cell in each.cells.items()
    }
    assert cells == {("red", 0): (2, 2), ("red", 1): (1, 2), ("red", 2): (0, 1), ("blue", 0): (1, 1)}
    assert found.running == "2026-01"
    only = followed(crm_both, where="colour = 'blue'")
    assert [(each.name, each.customers) for each in only.cohorts] == [("2025-12", 1)]


def test_by_the_campaign_that_a_customer_first_answered(
    crm: Crm, add: Add, crm_on: Callable[[str], Crm], tmp_path: Path
) -> None:
    """From whatever type says which campaign it belongs to; where none does, it says what to do."""
    assert followed(crm, first="any").cohorts == []
    anna = add("Anna", (92, 100), (61, 100))
    with pytest.raises(CrmError, match="which campaign"):
        followed(crm, by="campaign")
    toml = tmp_path / "crm.toml"
    toml.write_text(f"{toml.read_text()}\n[interactions.flyer.fields]\ncampaign = {{ type = 'text' }}\n")
    with Crm.open(toml, clock=crm.clock) as own:
        for campaign, day in (("", 1), ("spring", 2), ("autumn", 3)):
            own.interactions.record(anna, "flyer", payload={"campaign": campaign}, at=at(f"2025-10-0{day}"))
        (found,) = followed(own, by="campaign", first="any").cohorts
        assert (found.name, [cell.active for cell in found.cells.values()]) == ("spring", [1, 1, 0])


def test_the_command_and_the_section(crm: Crm, add: Add, tmp_path: Path) -> None:
    """A triangle, its rows for other programs, and the report's section."""
    config = ("--config", crm.config.path)
    report = ReportQuestion(period=crm.metrics.period("this month"), as_of=crm.clock.now())
    assert "crm log REF purchase" in run_crm(*config, "analytics", "cohorts").stderr
    assert section(crm, report) is None
    add("A", (92, 1050), (61, 100)), add("B", (40, 100))
    asked = (*config, "analytics", "cohorts", "--as-of", "31.12.2025")
    lines = run_crm(*asked).stdout.splitlines()
    assert lines[1].split() == ["2025-10", "1", "100.0", "%", "100.0", "%", "0.0", "%"]
    assert lines[2].split() == ["2025-11", "1", "100.0", "%", "0.0", "%"]
    document = run_crm(*asked, "--show", "revenue", "--json").json
    assert document["cohorts"][0]["cells"][0]["revenue"] == "10.50 EUR"
    assert document["not_over"] is None
    run_crm(*asked, "--save", tmp_path / "cells.csv")
    assert len((tmp_path / "cells.csv").read_text().splitlines()) == 6
    found = section(crm, report)
    assert found is not None
    assert [row["after_0"] for row in found.tables[0].rows] == [1.0, 1.0]
    (chart,) = found.charts
    assert {row["share"] for row in chart.rows if row["cohort"] == "2025-11"} == {1.0, 0.0, None}


def test_which_cohorts_the_command_shows(crm: Crm, add: Add) -> None:
    """By what customers did, or what they are, instead of by purchases and months; and only the latest."""
    anna = add("A", (92, 1050), (61, 100), limit="200")  # October and November
    add("B", (40, 100), limit="1000.50")  # November
    came = InteractionDraft(customer=anna, type="visit", at=at("2025-12-05"), history=True)
    crm.interactions.record_all([came])

    def shown(*options: str) -> dict[str, list[int]]:
        words = ("--config", crm.config.path, "analytics", "cohorts", "--as-of", "2025-12-31", "--json")
        cohorts = run_crm(*words, *options).json["cohorts"]
        return {each["cohort"]: [cell["active"] for cell in each["cells"]] for each in cohorts}

    assert shown() == {"2025-10": [1, 1, 0], "2025-11": [1, 0]}
    assert shown("--type", "visit") == {"2025-10": [0, 0, 1], "2025-11": [0, 0]}
    assert shown("--first", "visit") == {"2025-12": [0]}
    assert shown("--by", "frequency") == {"1": [1, 0], "2": [1, 1, 0]}
    assert list(shown("--by", "limit")) == ["200.00 EUR", "1000.50 EUR"], "by size, as it is written"
    assert shown("--cohorts", "1") == {"2025-11": [1, 0]}
    several = run_crm("--config", crm.config.path, "analytics", "cohorts", "--by", "likes").stderr
    assert "--where \"likes contains '…'\"" in several
    hint = run_crm("--config", crm.config.path, "analytics", "cohorts", "--cohorts", "1").stderr
    assert "There are 2 cohorts: --cohorts 2" in hint


@pytest.mark.parametrize("unit", ["week", "month", "quarter", "year"])
@pytest.mark.parametrize("money", [False, True])
def test_what_a_chart_says_fits_its_unit(crm: Crm, add: Add, unit: str, money: bool) -> None:
    """Title, axis and sentence of a heat map name its unit, whole sentences of their own each; while no
    cohort is old enough the sentence says that instead."""
    add("Anna", (4 * 365, 1250), (5, 750))
    found = followed(crm, unit=unit, money=money)
    chart = heat_map(found)
    assert chart.title.endswith(f", by {unit}s since its first")
    assert chart.x.title == f"{unit.capitalize()}s since the first"
    told = "they brought 0.00" if money else "0.0% were active"
    assert chart.says.startswith(f"1 customer (cohorts: 1). In the {unit} after their first, {told}")
    young = evolve(found, cohorts=[evolve(each, cells={0: each.cells[0]}) for each in found.cohorts])
    assert heat_map(young).says == f"1 customer (cohorts: 1). None of the cohorts is a whole {unit} old yet."
