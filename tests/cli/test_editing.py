"""Mass edits, undo, the audit of the log and the access log, as a person uses them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from crmkit import Crm
from crmkit.core.access import record_access
from tests.cli.conftest import Shell

LEADS = ("customers", "update", "--where", "lifecycle = 'lead'")
TOML = """
[fields.bread]
type = "choice"
choices = ["rye", "wheat"]

[roles.seller]
permissions = ["customers.read", "customers.write"]
"""


@pytest.fixture
def bakery(started: Callable[..., Shell]) -> Shell:
    """A shop with two leads and a prospect."""
    shell = started(toml=TOML)
    for name, stage in (("Anna", "lead"), ("Bea", "lead"), ("Celina", "prospect")):
        shell.run("customers", "add", "--name", name, "--lifecycle", stage)
    return shell


def test_many_are_changed_after_a_yes(bakery: Shell) -> None:
    """A preview with samples comes first; without a yes nothing happens, with it there is a way back."""
    edit = (*LEADS, "--set", "bread=rye", "--tag", "vip")
    looked = bakery.run(*edit, "--dry-run")
    assert "Nothing was written. 2 customers: 2 would change (set bread; added a tag)." in looked.stderr
    assert "Anna (#1)  tag: + vip; bread: + rye" in looked.stderr
    assert "This needs a yes" in bakery.run(*edit, status=2).stderr
    done = bakery.run(*edit, "--yes")
    assert "Changed 2 customers as edit:1" in done.stderr
    assert "To take it back: crm undo edit:1" in done.stderr
    assert bakery.json("show", "1")["customer"]["tags"] == ["vip"]
    again = bakery.json(*edit, "--yes")
    assert (again["edit"], again["undo"], again["unchanged"]) == (None, None, 2)


def test_undo_offers_the_last_action(bakery: Shell) -> None:
    """Alone it names what was done last, shows what would go back, and asks."""
    assert bakery.json("undo") == {"done": "There is nothing of yours to undo.", "undo": None, "ref": None}
    bakery.run(*LEADS, "--set", "bread=rye", "-y")
    bakery.run("customers", "update", "1", "--set", "bread=wheat")
    asked = bakery.run("undo", status=2)
    assert "Your last action: edit:1 of " in asked.stderr
    assert "put 1 value back (customers: 1)" in asked.stderr
    assert "Anna: bread (#1): it was changed since" in asked.stderr
    assert "Nothing was written." in bakery.run("undo", "edit:1", "--dry-run").stderr
    done = bakery.json("undo", "edit:1", "--yes")
    assert (done["put_back"], done["left"][0]["customer_id"]) == (["put 1 value back (customers: 1)"], 1)
    assert bakery.error("undo", "edit:1", "--yes", status=5)["message"] == "edit:1 was undone before"
    (listed,) = bakery.json("undo", "--list")
    assert (listed["ref"], listed["undone_at"] is None) == ("edit:1", False)


def test_tags_and_the_archive_in_bulk(bakery: Shell) -> None:
    """Tagging, untagging, archiving and restoring take a condition in the place of one customer."""
    everybody = ("--where", "true", "-y")
    assert bakery.json("customers", "tag", *everybody, "vip", "new")["changed"] == 3
    assert bakery.json("customers", "untag", *everybody, "vip")["changed"] == 3
    assert bakery.json("customers", "archive", *everybody)["edit"] == "edit:3"
    assert bakery.json("customers", "restore", *everybody)["changed"] == 3
    bakery.run("customers", "update", "1", "--untag", "new", "--archive")
    shown = bakery.json("show", "1")["customer"]
    assert (shown["tags"], shown["archived_at"] is None) == ([], False)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("update", "--tag", "x"), "Who is to change?"),
        (("update", "1", "--where", "true", "--tag", "x"), "Who is to change?"),
        (("update", "1", "--dry-run"), "--dry-run goes with --where."),
        (("update", "--where", "true", "--name", "X"), "--name cannot be given to many"),
        (("archive",), "Who is to change?"),
        (("tag", "1"), "Which tags?"),
    ],
)
def test_what_does_not_go_together_is_said(bakery: Shell, words: tuple[str, ...], told: str) -> None:
    """One customer or many, and only what many can have."""
    assert told in bakery.run("customers", *words, status=2).stderr


def test_an_employee_hands_over(bakery: Shell) -> None:
    """Everything somebody looked after goes to another, and back when it is undone."""
    for name in ("Ola", "Piotr"):
        bakery.run("people", "employees", "add", name, "--role", "seller")
    bakery.run("customers", "update", "--where", "true", "--owner", "Ola", "-y")
    hand_over = ("people", "employees", "handover", "Ola", "Piotr")
    assert "owner: Ola → Piotr" in bakery.run(*hand_over, "--dry-run").stderr
    done = bakery.run(*hand_over, "-y")
    assert "Changed 3 customers as edit:2" in done.stderr
    assert "If Ola has left: crm people employees deactivate 1" in done.stderr
    bakery.run("undo", "-y")
    assert bakery.json("customers", "list", "--where", "owner = 'Ola'", "--fields", "id") == [
        {"id": each} for each in (1, 2, 3)
    ]


def test_the_change_log_is_verified(bakery: Shell) -> None:
    """The audit prints a head to note; an entry altered afterwards is named, and the exit status tells."""
    sound = bakery.run("db", "check", "--audit")
    head = sound.stdout.split()[1]
    assert head.startswith("3:")
    assert f"crm db check --expect {head}" in sound.stderr
    bakery.run("customers", "tag", "1", "vip")
    assert bakery.json("db", "check", "--audit", "--expect", head)["since_expected"] == 1
    with sqlite3.connect(bakery.folder / "crm.db") as connection:
        connection.execute("UPDATE change SET actor = 'eve' WHERE seq = 2")
    connection.close()
    assert "Entry 2 of the change log was altered" in bakery.run("db", "check", "--audit", status=6).stdout
    assert bakery.json_findings("db", "check", "--audit") == ["error"]
    assert bakery.error("db", "check", "--expect", "abc", status=5)["code"] == "invalid"


def test_the_access_log_is_read(bakery: Shell) -> None:
    """Who took out what is listed, newest first and narrowed, for those who may see it."""
    bakery.run("people", "employees", "add", "Ola", "--role", "seller")
    with Crm.open(bakery.folder / "crm.toml") as crm, crm.transaction() as tx:
        record_access(tx, "export", "view best", customers=3, detail={"format": "csv"})
        record_access(tx, "read", "privacy export", customers=1, customer_id=1)
    newest, oldest = bakery.json("access", "list")
    assert (newest["action"], newest["customer"], oldest["detail"]) == (
        "read",
        "Anna (#1)",
        {"format": "csv"},
    )
    assert [each["what"] for each in bakery.json("access", "list", "--action", "export")] == ["view best"]
    assert [
        each["id"] for each in bakery.json("access", "list", "--of", "Anna", "--since", "2020-01-01")
    ] == [2]
    assert [each["id"] for each in bakery.json("access", "--limit", "1", "--before", "2")] == [1]
    assert bakery.json("access", "list", "--by", "Ola") == []
    assert bakery.run("access").stdout.count("crmkit") == 2
    for words in (("access", "list"), ("db", "check", "--audit")):
        assert "audit.read" in bakery.run("--as", "Ola", *words, status=4).stderr
