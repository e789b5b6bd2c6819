"""Merging customers and taking it back, as a person uses it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.conftest import Shell

TOML = """
[roles.seller]
permissions = ["customers.read", "customers.write"]
"""


@pytest.fixture
def bakery(started: Callable[..., Shell]) -> Shell:
    """Anna twice, once as she writes herself and once as the till has her."""
    shell = started(toml=TOML)
    shell.run("customers", "add", "--name", "Anna Nowak", "--email", "anna@example.org", "--tag", "vip")
    shell.run("customers", "add", "--name", "A. Nowak", "--phone", "+48600100200", "--tag", "vip")
    shell.run("customers", "relate", "1", "knows", "2")
    return shell


def test_a_merge_shows_both_sides_and_asks(bakery: Shell) -> None:
    """A rehearsal writes nothing; without a yes nothing happens; the receipt says how to take it back."""
    merge = ("customers", "merge", "1", "2")
    looked = bakery.run(*merge, "--dry-run").stderr
    assert "Would move: 1 contact point" in looked
    assert "Would drop: 1 tag that the survivor has too" in looked
    assert "Would drop: 1 relationship between them" in looked
    assert "Nothing was written." in looked
    assert "Merge A. Nowak (2) into Anna Nowak (1)? This needs a yes" in bakery.run(*merge, status=2).stderr
    done = bakery.run(*merge, "--yes").stderr
    assert "✓ Merged #2 into Anna Nowak (#1): merge:1" in done
    assert "To take it back: crm undo merge:1" in done
    assert bakery.json("show", "2")["customer"]["id"] == 1


def test_merges_are_listed_and_undone(bakery: Shell) -> None:
    """`merges` names them without a word about anybody; `crm undo` tells the two apart again."""
    receipt = bakery.json("customers", "merge", "1", "2", "--yes")
    assert (receipt["merge"], receipt["pairs"]) == ("merge:1", [{"survivor": 1, "loser": 2}])
    assert [run["what"] for run in bakery.json("customers", "merges")] == ["2 merged into 1"]
    assert "make customer 2 a customer of their own again" in bakery.run("undo", "--dry-run").stderr
    bakery.run("undo", "merge:1", "--yes")
    assert bakery.json("show", "2")["customer"]["name"] == "A. Nowak"
    assert bakery.json("customers", "merges")[0]["undone_at"]


def test_refusals_say_why(bakery: Shell) -> None:
    """Oneself, somebody unknown, and an employee who may not: each with its own exit status."""
    assert "with themselves" in bakery.error("customers", "merge", "1", "1", "--yes", status=5)["message"]
    bakery.error("customers", "merge", "1", "99", "--yes", status=3)
    bakery.run("people", "employees", "add", "Basia", "--role", "seller")
    bakery.error("--as", "Basia", "customers", "merge", "1", "2", "--yes", status=4)
