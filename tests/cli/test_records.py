"""`crm records`: a bakery's cake orders, declared in crm.toml alone, at the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable

import pytest

from tests.cli.conftest import Shell

BAKERY = """
[records.cake_order]
label = "Cake order"
doc = "A cake that somebody ordered"
title = "{flavour} for {occasion}"
states = ["ordered", "baking", "ready", "collected", "cancelled"]

[records.cake_order.moves]
ordered = ["baking", "cancelled"]
baking = ["ready", "cancelled"]
ready = ["collected", "baking"]

[records.cake_order.fields]
flavour = { type = "choice", choices = ["chocolate", "cheese"], required = true }
occasion = "text"
wanted = "date"
price = "money"
number = { type = "text", unique = true, label = "Order number" }
baker = { type = "reference", to = "employee" }
"""
ADD = ("records", "cake_order", "add", "anna", "--set", "flavour=cheese")


@pytest.fixture
def bakery(started: Callable[..., Shell]) -> Shell:
    """A bakery with one customer, Anna, and a clerk, Jan."""
    shell = started(toml=BAKERY)
    shell.run("customers", "add", "--name", "Anna Nowak", "--email", "anna@example.org")
    shell.run("people", "employees", "add", "Jan Piekarz")
    return shell


def test_from_order_to_collection(bakery: Shell) -> None:
    """An order is added, baked, collected; each step says what was done and how to take it back."""
    added = bakery.run(*ADD, "--set", "occasion=wedding", "--set", "price=250", "--set", "baker=jan")
    assert "Added cake_order:1 cheese for wedding for Anna Nowak (ordered)" in added.stderr
    assert "crm records cake_order archive 1" in added.stderr
    moved = bakery.run("records", "cake_order", "move", "1", "baking")
    assert "from ordered to baking" in moved.stderr
    assert "take it back" not in moved.stderr
    ready = bakery.run("records", "cake_order", "move", "1", "ready")
    assert "crm records cake_order move 1 baking" in ready.stderr
    bakery.run("records", "cake_order", "move", "wedding", "collected")
    shown = bakery.run("records", "cake_order", "show", "1").stdout
    for said in ("collected (closed)", "Anna Nowak (#1)", "250.00 PLN", "Jan Piekarz", "nothing else"):
        assert said in shown
    assert bakery.run("records", "cake_order", "move", "1", "collected").stderr.count("already") == 1


def test_what_is_refused_says_the_way_out(bakery: Shell) -> None:
    """Wrong moves, values, names and types end with their status and with what is possible instead."""
    bakery.run(*ADD, "--set", "number=A1")
    for words, status, said in (
        (("cake_order", "move", "1", "collected"), 5, "baking, cancelled"),
        (("cake_order", "move", "1", "bakign"), 5, 'Did you mean "baking"'),
        (("cake_order", "update", "1", "--set", "flavour="), 5, "flavour"),
        (("cake_order", "add", "anna", "--set", "flavor=cheese"), 5, 'Did you mean "flavour"'),
        (("cake_order", "add", "anna", "--set", "flavour=cheese", "--set", "number=A1"), 5, "cake_order:1"),
        (("cake_order", "add", "nobody", "--set", "flavour=cheese"), 3, "no customer"),
        (("cake_order", "show", "7"), 3, "crm records cake_order list"),
        (("cak_order", "list"), 3, 'Did you mean "cake_order"'),
        (("list",), 2, "crm records TYPE list"),
        (("cake_order", "lst"), 2, "crm records cake_order list"),
        (("cake_order", "update", "1"), 2, "--set"),
        (("cake_order", "update", "1", "--set", "number=B", "--version", "7"), 5, "you saw version 7"),
    ):
        assert said in bakery.run("records", *words, status=status).stderr, words
    error = bakery.error("records", "cake_order", "move", "1", "ready", status=5)
    assert (error["code"], error["details"]["allowed"]) == ("invalid", ["baking", "cancelled"])


def test_a_change_can_be_put_back(bakery: Shell) -> None:
    """The receipt's own command brings the former values back."""
    import shlex

    bakery.run(*ADD, "--set", "price=99.50")
    done = bakery.run(
        "records",
        "cake_order",
        "update",
        "1",
        "--set",
        "price=120",
        "--set",
        "occasion=tea",
        "--owner",
        "jan",
    ).stderr
    assert "price: 99.50 PLN → 120.00 PLN" in done
    undo = done.rpartition("To take it back: crm ")[2]
    bakery.run(*shlex.split(undo))
    record = bakery.json("records", "cake_order", "show", "1")["record"]
    assert (record["fields"]["price"], record["fields"]["occasion"], record["owner"]) == (
        "99.50 PLN", None, None,
    )  # fmt: skip
    same = bakery.run("records", "cake_order", "update", "1", "--set", "price=99.50")
    assert "Nothing was different" in same.stderr


def test_lists(bakery: Shell) -> None:
    """A list is narrowed and paged; as JSON and CSV it has every field."""
    empty = bakery.run("records", "cake_order", "list")
    assert "crm records cake_order add REF --set flavour=…" in empty.stderr
    for day in ("2026-12-03", "2026-12-01", "2026-12-02"):
        bakery.run(*ADD, "--set", f"wanted={day}")
    bakery.run("records", "cake_order", "move", "2", "cancelled")
    assert [row["id"] for row in bakery.json("records", "cake_order", "list", "--open")] == [3, 1]
    page = bakery.run("records", "cake_order", "list", "--order", "wanted", "--limit", "2")
    assert page.stdout.index("2026-12-01") < page.stdout.index("2026-12-02")
    cursor = page.stderr.split()[-1]
    words = ("records", "cake_order", "list", "--order", "wanted", "--after", cursor)
    assert [row["id"] for row in bakery.json(*words)] == [1]
    (row,) = bakery.json("records", "cake_order", "list", "--state", "cancelled", "--customer", "anna")
    assert (row["customer"], row["wanted"], row["state"]) == ("Anna Nowak", "2026-12-01", "cancelled")
    assert "None is like that" in bakery.run("records", "cake_order", "list", "--state", "ready").stderr
    narrowed = bakery.run("records", "cake_order", "list", "--csv", "--fields", "id,wanted", "--order", "id")
    assert narrowed.stdout.splitlines()[:2] == ["id,wanted", "1,2026-12-03"]


def test_export_then_import_changes_nothing(bakery: Shell) -> None:
    """What was exported is read again as it was, texts like formulas too; without ids it is all new."""
    bakery.run(
        *ADD, "--set", "price=1234.50", "--set", "occasion==1+1", "--set", "baker=jan", "--owner", "jan"
    )
    bakery.run(*ADD, "--set", "wanted=2026-12-01", "--set", "occasion='so'", "--set", "number=A-1")
    bakery.run("records", "cake_order", "move", "2", "baking")
    bakery.run("records", "cake_order", "archive", "2")
    said = bakery.run("records", "cake_order", "export", "-o", "orders.csv").stderr
    assert "2 records" in said
    rows = list(csv.DictReader((bakery.folder / "orders.csv").read_text("utf-8").splitlines()))
    assert [(row["id"], row["state"], row["price"]) for row in rows] == [
        ("1", "ordered", "1234.50 PLN"),
        ("2", "baking", ""),
    ]
    present = json.loads(bakery.run("records", "cake_order", "export", "--present", "--json").stdout)
    assert [row["id"] for row in present] == [1]
    before = bakery.run("records", "cake_order", "export", "--json").stdout
    report = bakery.json("records", "cake_order", "import", "orders.csv")
    assert (report["rows"], report["unchanged"], report["rejected"]) == (2, 2, 0)
    assert bakery.run("records", "cake_order", "export", "--json").stdout == before
    new = bakery.json(
        "records", "cake_order", "import", "orders.csv", "--map", "id=ignore", "--map", "number=ignore"
    )
    assert (new["created"], new["rejected"]) == (2, 0)
    exported = json.loads(bakery.run("records", "cake_order", "export", "--json").stdout)
    assert [row["occasion"] for row in exported] == ["=1+1", "'so'", "=1+1", "'so'"]
    bakery.run("records", "cake_order", "restore", "2")
    assert 2 in [row["id"] for row in bakery.json("records", "cake_order", "list")]


def test_import_says_what_became_of_each_row(bakery: Shell) -> None:
    """Good rows are taken, bad ones come back with their line and reason."""
    (bakery.folder / "in.csv").write_text(
        "email,flavour,memo\nanna@example.org,cheese,x\nanna@example.org,lemon,\nno@example.org,cheese,\n"
    )
    assert "--map memo=ignore" in bakery.run("records", "cake_order", "import", "in.csv", status=5).stderr
    words = ("records", "cake_order", "import", "in.csv", "--map", "memo=ignore")
    assert "Would be imported" in bakery.run(*words, "--dry-run").stderr
    assert bakery.json("records", "cake_order", "list") == []
    said = bakery.run(*words).stderr
    for part in ("1 created, 2 rejected", "line 3: flavour", "line 4: There is no customer", "rejects.csv"):
        assert part in said


def test_records_on_the_customers_page(bakery: Shell) -> None:
    """`crm show` lists what is open, and additions and moves among the last contacts."""
    bakery.run(*ADD, "--set", "occasion=tea")
    bakery.run("log", "anna", "purchase", "12.50")
    bakery.run("records", "cake_order", "move", "1", "baking")
    shown = bakery.run("show", "anna").stdout
    assert "cake_order:1" in shown
    lines = [line for line in shown.splitlines() if "purchase" in line or "cheese for tea:" in line]
    assert ["→ baking" in lines[-3], "purchase" in lines[-2], "added, ordered" in lines[-1]] == [True] * 3
    page = bakery.json("show", "anna")
    assert page["records"][0]["ref"] == "cake_order:1"
    assert [each["field"] for each in page["record_changes"]] == ["state", ""]
    bakery.run("records", "cake_order", "move", "1", "cancelled")
    assert bakery.json("show", "anna")["records"] == []


def test_types_and_words(bakery: Shell) -> None:
    """The types are listed with states and fields, among the words too, and in the help."""
    (word,) = bakery.json("records", "types")
    assert (word["type"], word["open"], word["moves"]["ready"]) == ("cake_order", 0, ["baking", "collected"])
    assert word["final"] == ["collected", "cancelled"]
    assert [each["word"] for each in bakery.json("words", "record_types")] == ["cake_order"]
    assert "cake_order" in bakery.run("records", "--help").stdout
    bakery.run(*ADD, "--set", "occasion=tea")
    assert [each["ref"] for each in bakery.json("records", "find", "tea")] == ["cake_order:1"]


def test_history_names_people(bakery: Shell) -> None:
    """The history tells who did what, and owners by name."""
    bakery.run(*ADD)
    bakery.run("--as", "jan", "records", "cake_order", "update", "1", "--owner", "jan")
    told = bakery.json("records", "cake_order", "history", "1")
    assert (told[0]["actor"], told[0]["field"], told[0]["new"]) == ("Jan Piekarz", "owner", "Jan Piekarz")
    assert "record:cake_order" in {each["entity"] for each in bakery.json("customers", "history", "anna")}


def test_an_upgrade_says_what_it_adds(started: Callable[..., Shell]) -> None:
    """A type that is new in crm.toml is missed by every command, and made by one."""
    shell = started()
    file = shell.folder / "crm.toml"
    file.write_text(file.read_text("utf-8") + BAKERY, "utf-8")
    assert "crm db upgrade" in shell.run("records", "types", status=1).stderr
    assert "cake_order" in shell.run("check", status=6).output
    dry = shell.json("db", "upgrade", "--dry-run")
    assert dry["records"] == ['"cake_order" was added']
    assert 'record type "cake_order" was added' in shell.run("db", "upgrade").stderr
    assert shell.json("records", "types")[0]["type"] == "cake_order"
