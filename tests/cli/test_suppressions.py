"""`crm suppressions` and `crm consent ask` as somebody at the counter types them."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Shell

PURPOSES = """
[channels]
letter = "By pigeon"

[purposes.news]
type = "marketing"
confirm = "confirm"
"""


def findings(shell: Shell) -> list[dict[str, str]]:
    """What `crm check` finds."""
    found: list[dict[str, str]] = json.loads(shell.run("check", "--json", status=6).stdout)["findings"]
    return found


@pytest.fixture
def club(shop: Shell) -> Shell:
    """Anna, who has an address and a number, and a purpose that is to be confirmed."""
    file = shop.folder / "crm.toml"
    file.write_text(file.read_text(encoding="utf-8") + PURPOSES, encoding="utf-8")
    shop.run("customers", "add", "--name", "Anna", "--email", "anna@example.org", "--phone", "+48512345678")
    return shop


def test_a_list_is_kept(club: Shell) -> None:
    """Add, list, look up, lift: each receipt says what it means and how to take it back."""
    added = club.run("suppressions", "add", "Anna@example.org", "--reason", "bounce", "--note", "550 no")
    assert "Nothing goes to anna@example.org any more: bounce" in added.stderr
    assert 'crm suppressions lift anna@example.org --reason bounce --because "…"' in added.stderr
    club.run("suppressions", "add", "+48 512 345 678", "--purpose", "news", "--reason", "objection")
    rows = club.json("suppressions", "list")
    assert {(each["kind"], each["reason"], each["keeps"], each["customer"]) for each in rows} == {
        ("email", "bounce", "everything", 1), ("phone", "objection", "news", 1),
    }  # fmt: skip
    assert "not written to: bounced on" in club.run("show", "1").stdout
    assert {each["reason"] for each in club.json("show", "1")["suppressions"]} == {"bounce", "objection"}
    club.run("suppressions", "lift", "anna@example.org", "--because", "It works again")
    (row,) = club.json("suppressions", "show", "anna@example.org")
    assert (row["because"], row["lifted_by"]) == ("It works again", "crmkit")
    assert len(club.json("suppressions", "list")) == 1
    assert len(club.json("suppressions", "list", "--all")) == 2


def test_another_systems_list_is_read(club: Shell) -> None:
    """With its words for reasons; a line that is none stops all of it, and a dry run writes nothing."""
    file = club.folder / "list.csv"
    file.write_text(
        "Email;Status;Created\nanna@example.org;Unsubscribed;2026-01-05\nx@example.org;Hard bounce;\n"
        "y@example.org;Spam report;\nz@example.org;;\n",
        encoding="utf-8",
    )
    assert club.json("suppressions", "import", "list.csv", "--dry-run")["reasons"] == {
        "objection": 2, "bounce": 1, "complaint": 1,
    }  # fmt: skip
    assert club.json("suppressions", "list") == []
    assert club.json("suppressions", "import", "list.csv")["new"] == 4
    assert club.json("suppressions", "import", "list.csv")["new"] == 0
    file.write_text("anna@example.org\nnot an address\n", encoding="utf-8")
    assert "line 2" in club.error("suppressions", "import", "list.csv", status=5)["message"]
    file.write_text("b@example.org\nc@example.org\n", encoding="utf-8")
    assert club.json("suppressions", "import", "list.csv", "--reason", "bounce")["reasons"] == {"bounce": 2}


def test_what_is_exported_can_be_read_back(club: Shell) -> None:
    """Only what stands against customers' addresses: of others there is no address to write."""
    club.run("suppressions", "add", "anna@example.org", "--reason", "complaint")
    club.run("suppressions", "add", "stranger@example.org", "--reason", "bounce")
    told = club.json("suppressions", "export", "out.csv")
    assert (told["entries"], told["left_out"]) == (1, 1)
    assert "stranger" not in (club.folder / "out.csv").read_text(encoding="utf-8")
    club.run("suppressions", "lift", "anna@example.org", "--because", "to see")
    assert club.json("suppressions", "import", "out.csv")["reasons"] == {"complaint": 1}


def test_addresses_that_look_like_formulas_come_back_as_they_were(club: Shell) -> None:
    """In the file they have an apostrophe, for spreadsheets; on the list they have not."""
    club.run("customers", "add", "--name", "Eve", "--email", "=1+1@example.org")
    club.run("suppressions", "add", "=1+1@example.org", "--reason", "complaint")
    club.run("suppressions", "export", "out.csv")
    assert "\n'=1+1@example.org," in (club.folder / "out.csv").read_text(encoding="utf-8")
    assert club.json("suppressions", "import", "out.csv")["new"] == 0


def test_an_export_needs_its_permission(club: Shell) -> None:
    """Whoever may enter consent may not take addresses out."""
    club.run("people", "employees", "add", "Eva", "--role", "clerk")
    club.run("--as", "Eva", "suppressions", "add", "anna@example.org", "--reason", "bounce")
    club.error("--as", "Eva", "suppressions", "export", "out.csv", status=4)
    club.run("people", "employees", "add", "Jan", "--role", "viewer")
    club.error("--as", "Jan", "suppressions", "add", "b@example.org", status=4)


def test_the_person_is_told_why(club: Shell) -> None:
    """Who asks what is kept of them reads under which reasons their addresses are not written to."""
    club.run("suppressions", "add", "anna@example.org", "--reason", "bounce", "--note", "no mailbox")
    (row,) = club.json("privacy", "export", "1")["tables"]["suppression"]["rows"]
    assert (row["address"], row["reason"], row["note"]) == ("anna@example.org", "bounce", "no mailbox")


def test_until_a_day_is_said_as_that_day(club: Shell) -> None:
    """A suppression and a pause end with the day, and are shown by it; a time of day stays as it is."""
    added = club.run("suppressions", "add", "anna@example.org", "--until", "2099-05-01")
    assert "until 2099-05-01\n" in added.stderr
    assert "2099-05-01  anna@example.org" in club.run("suppressions", "list").stdout
    assert club.json("suppressions", "list")[0]["until"].startswith("2099-05-02T00:00")
    assert "until 2099-05-01\n" in club.run("effects", "pause", "--until", "2099-05-01").stderr
    paused = club.json("effects", "pause", "--until", "2099-05-01")
    assert paused["until"].startswith("2099-05-02T00:00")
    assert "until 2099-05-01 14:00" in club.run("effects", "pause", "--until", "2099-05-01 14:00").stderr


def test_a_question_that_cannot_be_confirmed_is_a_finding(club: Shell) -> None:
    """Without a page, a template, or a link in it."""
    found = [each["message"] for each in findings(club)]
    assert any("no page to confirm it on" in each for each in found)
    assert any('no template "confirm"' in each for each in found)
    (club.folder / "templates").mkdir()
    (club.folder / "templates" / "confirm.txt").write_text("Subject: Hi\n\nPlease.\n", encoding="utf-8")
    assert any("has no link" in each["message"] for each in findings(club))


def test_asking(club: Shell) -> None:
    """The receipt names the message; whoever is not asked is told why, and nothing is on record."""
    (club.folder / "templates").mkdir()
    (club.folder / "templates" / "confirm.txt").write_text("Subject: Hi\n\nPlease.\n", encoding="utf-8")
    asked = club.json("consent", "ask", "1", "news", "--channel", "phone", "--source", "form")
    assert (asked["state"], asked["effect"], asked["consent"]["state"]) == ("asked", 1, "asked")
    club.run("suppressions", "add", "+48512345678", "--reason", "complaint")
    assert (
        "was not asked"
        in club.error("consent", "ask", "1", "news", "--channel", "phone", status=5)["message"]
    )
    assert [each["state"] for each in club.json("consent", "show", "1")] == ["asked"]


def test_a_damaged_file_is_said(club: Shell) -> None:
    """A cell that goes on for ever, as after a quote that is never closed, names its line."""
    text = 'address,note\na@example.org,fine\nb@example.org,"' + "x" * 140_000 + "\n"
    (club.folder / "list.csv").write_text(text)
    message = club.error("suppressions", "import", "list.csv", status=5)["message"]
    assert "line 3" in message
    assert club.json("suppressions", "list") == []
