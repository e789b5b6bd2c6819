"""`crm metrics` and `crm rates` as a person uses them."""

from __future__ import annotations

from collections.abc import Callable

from tests.cli.conftest import Shell


def test_rates_are_set_listed_and_taken_back(shop: Shell) -> None:
    """The receipt says how to take it back, and that is what it does."""
    shop.run("rates", "set", "eur", "4,25", "--on", "2026-01-01")
    receipt = shop.json("rates", "set", "EUR", "4.3", "--on", "2026-01-01")
    assert receipt["undo"] == "crm rates set EUR 4.25 --on 2026-01-01"
    assert shop.json("rates", "list", "EUR") == [
        {"currency": "EUR", "on": "2026-01-01", "rate": "4.3", "base": "PLN", "source": ""}
    ]
    shop.run("rates", "remove", "EUR", "--on", "2026-01-01")
    assert shop.json("rates", "list") == []
    assert shop.error("rates", "set", "PLN", "1", status=5)["code"] == "invalid"


def test_rates_come_from_a_file(shop: Shell) -> None:
    """A rehearsal writes nothing."""
    (shop.folder / "rates.csv").write_text("date,currency,rate\n2026-01-01,EUR,4.25\n", encoding="utf-8")
    assert shop.json("rates", "import", "rates.csv", "--dry-run")["dry_run"] is True
    assert shop.json("rates", "list") == []
    assert shop.json("rates", "import", "rates.csv")["created"] == 1
    assert shop.json("rates", "import", "rates.csv")["unchanged"] == 1


def test_a_metric_is_shown_with_what_it_means(shop: Shell) -> None:
    """The number on stdout, its definition beside it; an empty record says so and is no error."""
    result = shop.run("metrics", "show", "repeat_rate", "--period", "2026-05")
    assert result.stdout.split() == ["Value", "-"]
    assert "Nothing of the kind is on record" in result.stderr
    assert "customers with two purchases or more" in result.stderr
    assert shop.json("metrics", "show", "repeat_rate")["value"] is None
    assert "revenue" in [row["metric"] for row in shop.json("metrics", "list")]
    assert shop.error("metrics", "show", "revenu", status=3)["hint"] == 'Did you mean "revenue"?'


def test_a_foreign_amount_without_a_rate_names_the_command(shop: Shell) -> None:
    """And after that command the number is there."""
    shop.run("customers", "add", "--name", "Anna Nowak")
    shop.run("log", "Anna Nowak", "purchase", "10.00", "--currency", "EUR", "--at", "2026-05-01 10:00")
    shop.run("log", "Anna Nowak", "purchase", "1.00", "--at", "2026-04-01 10:00")
    error = shop.error("metrics", "show", "revenue", "--period", "2026-05", status=5)
    assert error["code"] == "missing_rate"
    assert "crm rates set EUR RATE --on 2026-05-01" in error["hint"]
    shop.run("rates", "set", "EUR", "4.25", "--on", "2026-05-01")
    shown = shop.json("metrics", "show", "revenue", "--period", "2026-05", "--compare", "previous")
    assert (shown["value"], shown["previous"]["value"]) == ("42.50", "1.00")
    result = shop.run("metrics", "show", "revenue", "--period", "2026-05", "--compare", "previous")
    assert "+4,150.0 %" in result.stdout
    known = shop.json("metrics", "show", "revenue", "--period", "2026-04", "--as-of", "2026-04-30")
    assert known["value"] == "0.00", "it was not on record then"
    for period, said in (("2026-04", "from nothing"), ("2025-04", "unchanged")):
        result = shop.run("metrics", "show", "revenue", "--period", period, "--compare", "previous")
        assert said in result.stdout


def test_groups_are_rows_of_a_table(started: Callable[..., Shell]) -> None:
    """Each group, then all; what belongs to none is named so."""
    shop = started(toml='\n[fields.bread]\ntype = "choice"\nchoices = ["rye"]\n')
    shop.run("customers", "add", "--name", "Anna Nowak", "--set", "bread=rye")
    shop.run("customers", "add", "--name", "Bo Lis")
    result = shop.run("metrics", "show", "customers", "--by", "bread")
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["Group", "Value"], ["rye", "1"], ["(none)", "1"], ["All", "2"],
    ]  # fmt: skip
