"""`crm deals`, as a person and as a program read it."""

from __future__ import annotations

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.testing import Answer, run_crm


@pytest.fixture
def crm_toml() -> str:
    """It is new year, and sellers see their team."""
    return """
clock = "2026-01-01 12:00"
[roles.seller]
permissions = ["customers.read", "records.read"]
sees = "team"
"""


@pytest.fixture
def business(crm: Crm) -> Crm:
    """With a customer."""
    crm.customers.save(CustomerDraft(name="Anna Nowak"))
    return crm


def test_a_deal_by_hand(business: Crm) -> None:
    """Each receipt says how to take it back."""

    def deals(*words: object, **more: str) -> Answer:
        return run_crm("--config", business.config.path, "deals", *words, env=more or None)

    assert "crm records deal archive 1" in deals("add", "Anna", "Ovens", "--value", "1200").stderr
    assert "from new to proposal" in deals("move", "1", "proposal").stderr
    assert "crm deals move 1 proposal" in deals("lose", "1", "--reason", "price").stderr
    assert "--set lost_reason=price" in deals("move", "1", "new").stderr
    assert "--set next_step= --set next_on=" in deals("next", "1", "Call", "--on", "2026-01-05").stderr
    (row,) = deals("list", "--json").json
    assert (row["name"], row["stage"], row["value"][:7], row["next_on"]) == (
        "Ovens",
        "new",
        "1200.00",
        "2026-01-05",
    )
    assert "Ovens" in deals("show", "ovens").stdout
    assert deals("show", "1", "--json").json["deal"]["stage"] == "new"
    assert "new already" in deals("move", "1", "new").stderr
    assert deals("move", "1", "qualified", "--version", "1").status != 0
    assert "to won" in deals("win", "1").stderr
    assert "1200.00" in (foretold := deals("forecast")).stdout
    assert "not in it" not in foretold.stderr
    assert "1200.00" not in deals("forecast", "--as-of", "31.12.2025").stdout, "there was no deal yet"
    assert "all" in deals("forecast", "--by", "employee").stdout
    assert "open now" in deals("forecast", "--since", "30.12.2025").stdout
    assert "No deals" in deals("list").stderr


def test_page_after_page(business: Crm) -> None:
    """A list that is not at its end says how it goes on, and does."""
    for name, close in (("Ovens", "2026-02-01"), ("Mixer", "2026-01-10"), ("Shelves", None)):
        business.records.add("deal", 1, {"name": name, "close_on": close})
    listed = ("--config", business.config.path, "deals", "list", "--limit", "1")
    page = run_crm(*listed)
    seen = [page.stdout.splitlines()[-1]]
    while "--after" in page.stderr:
        page = run_crm(*listed, "--after", page.stderr.split()[-1])
        seen.append(page.stdout.splitlines()[-1])
    assert [line.split()[1] for line in seen] == ["Mixer", "Ovens", "Shelves"]


@pytest.mark.parametrize("columns", ["60", "79", "80", "120"])
def test_the_board_fits_the_terminal(business: Crm, columns: str) -> None:
    """Stages side by side from 80 columns on, no line wider; below that as a list."""
    for name in ("Ovens for the new shop in the old town", "Mixer"):
        business.records.add("deal", 1, {"name": name, "value": "123456.78"})
    shown = run_crm("--config", business.config.path, "deals", "board", env={"COLUMNS": columns}).stdout
    lines = shown.splitlines()
    if int(columns) < 80:
        assert lines[0].split()[0] == "Stage"
        assert any(line.startswith("new: ") for line in lines)
    else:
        assert "negotiation 75%" in lines[0]
        assert max(map(len, lines)) <= int(columns)


def test_the_board_for_programs(business: Crm) -> None:
    """Every stage with its sums and largest deals."""
    business.records.add("deal", 1, {"name": "Ovens", "value": "100"})
    new, *rest = run_crm("--config", business.config.path, "deals", "board", "--json").json
    assert (new["stage"], new["deals"], new["largest"][0]["name"]) == ("new", 1, "Ovens")
    assert new["weighted"].startswith("10.00")
    assert [each["deals"] for each in rest] == [0, 0, 0]


def test_roles_by_hand(business: Crm) -> None:
    """Given, listed and taken away."""
    config = ("--config", business.config.path, "deals", "contacts")
    business.customers.save(CustomerDraft(name="Jan Wilk"))
    business.records.add("deal", 1, {"name": "Ovens"})
    assert "crm deals contacts 1 2 --remove" in run_crm(*config, "1", "Jan", "--role", "user").stderr
    assert "Jan Wilk" in run_crm(*config, "1").stdout
    assert run_crm(*config, "1", "Jan").status == 2
    assert "no longer" in run_crm(*config, "1", "Jan", "--remove").stderr


def test_the_board_of_who_sees_a_team(business: Crm) -> None:
    """Whoever sees their team's customers alone has the board of their deals."""
    business.people.add_team("Sales")
    seller = business.people.add("Ewa Lis", role="seller", teams=["Sales"])
    business.customers.update(1, CustomerDraft(owner_id=seller.id))
    business.customers.save(CustomerDraft(name="Ben Wilk"))
    for customer, name in ((1, "Ovens"), (2, "Mixer")):
        business.records.add("deal", customer, {"name": name, "value": "100"})
    new, *_ = run_crm("--config", business.config.path, "--as", "Ewa Lis", "deals", "board", "--json").json
    assert [card["name"] for card in new["largest"]] == ["Ovens"]
