"""`crm rules simulate` and `crm rules backtest`, as a person uses them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from crmkit import Crm
from crmkit.core.instants import parse_instant
from crmkit.plugin import InteractionDraft
from tests.cli.conftest import Shell

TOML = """
[rules.hello]
who = "days_since(purchase) >= 2"
run = "daily at 09:00"
not_again_for = "5 days"
note = "Hello {{ customer.name }}"

[rules.sorry]
on = "complaint"
tag = "unhappy"
"""


@pytest.fixture
def shop(started: Callable[..., Shell]) -> Shell:
    """A shop in which Anna bought something forty and thirty-five days ago, and Bogdan never."""
    shell = started(toml=TOML)
    shell.run("customers", "add", "--name", "Anna Nowak")
    shell.run("customers", "add", "--name", "Bogdan Lis")
    with Crm.open(shell.folder / "crm.toml") as crm:
        at = [parse_instant(f"{_day(days)} 15:00", crm.kernel.tz, 0) for days in (40, 35)]
        drafts = [
            InteractionDraft(customer=1, type="purchase", at=each, amount=1_250, history=True) for each in at
        ]
        crm.interactions.record_all(drafts)
    return shell


def _day(back: int) -> str:
    return str(datetime.now(UTC).date() - timedelta(days=back))


def test_rules_are_played_forward(shop: Shell) -> None:
    """A calendar of months, what each rule does, whom the gates stop, and what cannot be foretold."""
    said = shop.run("rules", "simulate", "--days", "20").stdout
    assert "in all" in said
    assert "for 1 of 2 customers." in said
    assert "    1 not again yet (" in said
    assert "sorry: left out, for it acts upon each complaint, and nobody knows those to come" in said
    assert "Only time goes on" in said
    found = shop.json("rules", "simulate", "--rule", "hello", "--days", "20")
    assert found["acts"] == sum(found["rules"][0]["acts"].values()) > 2
    assert found["rules"][0]["stopped"]["not again yet"]["people"] == 1
    assert found["customers"] == 2


def test_options_that_do_not_go_together(shop: Shell) -> None:
    """So many days, or up to a day; and no rule of another name."""
    assert (
        "cannot go together"
        in shop.run("rules", "simulate", "--days", "3", "--until", "2099-01-01", status=2).stderr
    )
    assert 'Did you mean "hello"?' in shop.run("rules", "simulate", "--rule", "helo", status=3).stderr


def test_a_rule_is_tried_on_the_past(shop: Shell) -> None:
    """How often it would have acted, whom it would have left out, and what happened next: a description."""
    said = shop.run("rules", "backtest", "hello", "--from", _day(41), "--to", _day(33)).stdout
    assert "it would have acted once, for 1 person" in said
    assert "After 1 of its choices, 1 (100.0%) had a purchase within 30 days, worth 12.50 " in said
    assert "This describes; it does not show what the rule would have brought." in said
    past = ("rules", "backtest", "hello", "--from", _day(41), "--to", _day(33))
    found = shop.json(*past)
    assert [act["customer_id"] for act in found["acts"]] == [1]
    assert shop.json(*past, "--step", "7 days")["turns"] < found["turns"]
    assert found["what_happened_next"]["share"] == 1
    assert found["what_happened_next"]["is_causal"] is False


def test_for_whom_it_would_have_acted(shop: Shell) -> None:
    """Named, with when."""
    rows = shop.run("rules", "backtest", "hello", "--from", _day(41), "--who", "--csv").stdout.splitlines()
    assert rows[0].startswith("at,customer_id,customer")
    assert all("Anna Nowak" in row for row in rows[1:])
    assert len(rows) > 2
    assert (
        "There are"
        in shop.run("rules", "backtest", "hello", "--from", _day(41), "--who", "--limit", "1").stderr
    )
