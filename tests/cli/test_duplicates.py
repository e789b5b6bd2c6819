"""`crm customers duplicates`, as a data steward uses it."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Shell

pytest.importorskip("rapidfuzz")


def test_a_steward_works_through_the_list(shop: Shell) -> None:
    """Warned when adding, scanned, compared, dismissed, merged: each says what was done and the way back."""
    add = ("customers", "add", "--name")
    shop.run(*add, "Anna Nowak", "--phone", "+48 512 100 200", "--city", "Kraków")
    added = shop.run(*add, "Anna Nowak", "--phone", "+48 512 100 200")
    assert "Looks like Anna Nowak (1): same phone, same name" in added.stderr
    assert shop.json(*add, "Ana Nowak", "--phone", "+48 512 100 200")["looks_like"][0]["id"] == 1
    shop.run(*add, "Jan \u202eLis", "--city", "Łódź")
    report = shop.json("customers", "duplicates", "scan")
    assert (report["customers"], report["open"]) == (4, 3)
    listed = shop.run("customers", "duplicates")
    assert "same phone" in listed.stdout
    told = shop.run("customers", "duplicates", "show", "1", "3")
    assert "similar given name" in told.stdout
    assert shop.json("customers", "duplicates", "show", "1", "2")["suggested"] is True
    dismissed = shop.run("customers", "duplicates", "dismiss", "1", "3")
    assert "crm customers duplicates reopen 1 3" in dismissed.stderr

    def pairs(*narrowed: str) -> list[list[int]]:
        listed = shop.json("customers", "duplicates", "list", *narrowed)
        return [[each["id"] for each in row["customers"]] for row in listed]

    assert pairs() == [[1, 2], [2, 3]]
    assert pairs("--dismissed") == [[1, 3]]
    assert pairs("--customer", "1") == [[1, 2]]
    assert pairs("--min-score", "24") == [[1, 2]]
    first = shop.run("customers", "duplicates", "list", "--limit", "1")
    assert pairs("--after", first.stderr.split()[-1]) == [[2, 3]]
    plan = shop.json("customers", "duplicates", "merge", "--dry-run")
    assert plan["groups"] == [{"survivor": 1, "losers": [2], "why": "most on record", "score": 24.0}]
    merged = shop.json("customers", "duplicates", "merge", "--yes")
    assert (merged["merge"], merged["undo"]) == ("merge:1", "crm undo merge:1")
    assert shop.json("customers", "duplicates") == []
    assert "No pair of 24 points" in shop.run("customers", "duplicates", "merge", "--yes").stderr


def test_pages_and_mistakes(shop: Shell) -> None:
    """An empty list says what to do; wrong references, cursors and rules are explained."""
    assert "crm customers duplicates scan" in shop.run("customers", "duplicates").stderr
    assert shop.error("customers", "duplicates", "show", "1", "2", status=3)["code"] == "not_found"
    assert shop.error("customers", "duplicates", "--after", "x", status=5)["code"] == "invalid"
    assert shop.error("customers", "duplicates", "merge", "--min-score", "3", status=5)["code"] == "invalid"
    config = shop.folder / "crm.toml"
    config.write_text(config.read_text() + "\n[matching.duplicates.rules.emial]\nsame = 3\n")
    error = shop.error("customers", "duplicates", "scan", status=5)
    assert 'Did you mean "email"' in error["hint"]


def test_no_warning_where_it_is_not_wanted(shop: Shell) -> None:
    """`warn = false` in crm.toml: nobody is told, and JSON says so by an empty list."""
    config = shop.folder / "crm.toml"
    config.write_text(config.read_text() + "\n[matching.duplicates]\nwarn = false\n")
    shop.run("customers", "add", "--name", "Anna Nowak")
    again = shop.run("customers", "add", "--name", "Anna Nowak", "--json")
    assert json.loads(again.stdout)["looks_like"] == []
