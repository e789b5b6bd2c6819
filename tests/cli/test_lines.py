"""What was bought, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Shell


@pytest.fixture
def shop(tmp_path: Path) -> Shell:
    """A business with one customer."""
    shell = Shell(tmp_path)
    shell.run("init", ".", "--quiet")
    shell.run("customers", "add", "--name", "Anna")
    return shell


def test_a_price_may_have_a_comma(shop: Shell) -> None:
    """So it is written in most of Europe, and what is not counted is not in the revenue."""
    recorded = shop.json("log", "anna", "purchase", "--line", "Rye:1,5:3,20", "--line", "Oven:1:1.234,00")
    assert recorded["interaction"]["amount"] == "1238.80"


def test_lines_make_the_amount(shop: Shell) -> None:
    """A product may hold colons, quantity and price may be left out, and prices add up to the amount."""
    given = ("--line", "Rye: the dark one:2:8.50", "--line", "Roll:1.5:0.33", "--line", "Bag")
    said = shop.json("interactions", "record", "anna", "purchase", *given)["interaction"]
    assert said["amount"] == "17.50"
    lines = said["payload"]["lines"]
    assert [each["product"] for each in lines] == ["Rye: the dark one", "Roll", "Bag"]
    assert [str(each["quantity"]) for each in lines] == ["2", "1.5", "1"]


def test_an_amount_that_is_given_stands(shop: Shell) -> None:
    """A discount on the whole is the amount; without prices there is none."""
    assert (
        shop.json("log", "anna", "purchase", "10", "--line", "Rye:2:8.50")["interaction"]["amount"] == "10.00"
    )
    assert shop.json("log", "anna", "purchase", "--line", "Rye:2")["interaction"]["amount"] is None


def test_a_corrected_purchase_can_be_written_as_it_was(shop: Shell) -> None:
    """The receipt of a correction names the lines that it replaced, as options."""
    shop.run("log", "anna", "purchase", "--line", "Rye bread:2:8.50")
    said = shop.run("interactions", "correct", "1", "--line", "Rye bread:3:8.50").stderr
    assert "--line 'Rye bread:2:8.50'" in said


def test_a_line_without_a_product_is_refused(shop: Shell) -> None:
    """An empty line is a misuse that shows how it is written."""
    error = shop.error("log", "anna", "purchase", "--line", " ", status=2)
    assert "Rye bread" in error["message"] + error["hint"]
