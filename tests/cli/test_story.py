"""The main story, on both databases: start, add, find, show, log, note, correct, look back."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Shell

_WORDS = """
[fields.favourite_bread]
type = "choice"
choices = ["rye", "wheat"]

[fields.birthday]
type = "date"

[identities]
shop = "Number in the web shop"

[purposes.offers]
type = "marketing"
wording_version = 2
"""


@pytest.fixture
def shop(empty: Shell, database: str) -> Shell:
    """A CRM on each kind of database, with a few words of its own."""
    options = ("--currency", "PLN", "--timezone", "Europe/Warsaw", "--database", database)
    empty.run("init", "shop", *options)
    shell = Shell(empty.folder / "shop")
    file = shell.folder / "crm.toml"
    file.write_text(file.read_text(encoding="utf-8") + _WORDS, encoding="utf-8")
    shell.run("db", "upgrade")
    return shell


def test_a_day_in_the_shop(shop: Shell) -> None:
    """What a newcomer does on the first day works, and what was written is found, shown and corrected."""
    added = shop.run(
        *("customers", "add", "--name", "Żółć Gęślą", "--email", "A@Example.org", "--phone", "+48600100200"),
        *("--set", "favourite_bread=Rye", "--set", "birthday=1980-02-29"),
        *("--identity", "shop:10042", "--tag", "vip"),
    )
    assert "Added Żółć Gęślą (#1)" in added.stderr
    assert "crm customers archive 1" in added.stderr
    assert shop.run("customers", "add", "--name", "محمد علی", "--locale", "ur_PK", "-q").stdout == "2\n"

    assert [each["id"] for each in shop.json("find", "zolc")] == [1]
    assert [each["name"] for each in shop.json("find", "محمد")] == ["محمد علی"]
    assert [each["name"] for each in shop.json("find", "محمد علي")] == ["محمد علی"], (
        "an Arabic ye finds an Urdu one"
    )

    bought = shop.run(
        "log", "shop:10042", "purchase", "12,50", "--at", "2026-05-01 10:00", "--text", "two loaves"
    )
    assert "purchase 12.50 PLN with Żółć Gęślą" in bought.stderr
    assert "crm interactions void 1" in bought.stderr
    shop.run("note", "a@example.org", "Asks", "for", "rye")
    granted = shop.json(
        "consent", "grant", "1", "offers", "phone", "--source", "till", "--wording-version", "2"
    )["consent"]
    assert (granted["source"], granted["wording_version"]) == ("till", 2)

    page = shop.run("show", "zolc").stdout
    for told in ("Żółć Gęślą", "A@Example.org", "shop:10042", "vip", "rye", "1980-02-29", "12.50 PLN"):
        assert told in page
    assert "2026-05-01 10:00" in page, "in the business's time zone"
    assert "offers by phone: yes" in page
    assert "Asks for rye" in page

    corrected = shop.json("interactions", "correct", "1", "--amount", "13.50")["interaction"]
    assert (corrected["seq"], corrected["corrects"], corrected["amount"]) == (3, 1, "13.50")
    assert corrected["payload"]["text"] == "two loaves", "what was not mentioned stays"
    listed = shop.json("interactions", "list", "1")
    assert {each["seq"] for each in listed} == {2, 3}
    everything = shop.json("interactions", "list", "1", "--superseded")
    assert {each["seq"] for each in everything} == {1, 2, 3}

    shop.run("customers", "update", "1", "--name", "Żółć Nowak")
    first = shop.json("customers", "history", "1")[0]
    assert (first["field"], first["old"], first["new"]) == ("name", "Żółć Gęślą", "Żółć Nowak")


def test_the_receipt_of_a_change_names_the_command_that_puts_it_back(shop: Shell) -> None:
    """Running what the receipt says restores the old values."""
    shop.run("customers", "add", "--name", "Anna Nowak", "--set", "favourite_bread=rye")
    said = shop.run("customers", "update", "1", "--name", "Anna B.", "--set", "favourite_bread=").stderr
    assert "name: Anna Nowak → Anna B." in said
    command = said.partition("To take it back: crm ")[2].strip()
    import shlex

    shop.run(*shlex.split(command))
    customer = shop.json("customers", "show", "1")["customer"]
    assert (customer["name"], customer["fields"]["favourite_bread"]) == ("Anna Nowak", "rye")


def test_adding_somebody_who_is_known_completes_them_and_says_so(shop: Shell) -> None:
    """A known e-mail address makes no second customer; the receipt tells what is different."""
    shop.run("customers", "add", "--name", "Anna Nowak", "--email", "anna@example.org")
    again = shop.run("customers", "add", "--email", "anna@example.org", "--tag", "vip")
    assert "On record already" in again.stderr
    assert len(shop.json("customers", "list")) == 1


def test_somebody_else_with_a_known_address_is_not_taken_for_them_in_silence(shop: Shell) -> None:
    """A couple shares an address: another name is asked about, with the way to have both; a new family name
    is not."""
    shop.run("customers", "add", "--name", "Jan Nowak", "--email", "both@example.org")
    said = shop.run("customers", "add", "--name", "Łucja Żak", "--email", "both@example.org").stderr
    assert "Is Łucja Żak somebody else than Jan Nowak?" in said
    shop.run("customers", "update", "1", "--name", "Jan Nowak")
    married = shop.run("customers", "add", "--name", "Jan Żak", "--email", "both@example.org").stderr
    assert "somebody else" not in married
    shop.run("customers", "add", "--name", "Łucja Żak")
    shop.run("customers", "update", "2", "--email", "both@example.org")
    assert [each["email"] for each in shop.json("customers", "list")] == ["both@example.org"] * 2


def test_an_ambiguous_reference_lists_the_candidates(shop: Shell) -> None:
    """Two people of one name: status 3, each named with a number to say which."""
    for address in ("one@example.org", "two@example.org"):
        shop.run("customers", "add", "--name", "Anna Nowak", "--email", address)
    shown = shop.run("show", "Anna Nowak", status=3).stderr
    assert "one@example.org" in shown
    assert "two@example.org" in shown
    error = shop.error("show", "Anna Nowak", status=3)
    assert [each["id"] for each in error["details"]["candidates"]] == [1, 2]


def test_an_archived_customer_leaves_the_lists_and_comes_back(shop: Shell) -> None:
    """Archive and restore are each other's way back."""
    shop.run("customers", "add", "--name", "Anna Nowak")
    assert "crm customers restore 1" in shop.run("customers", "archive", "anna").stderr
    assert shop.json("customers", "list") == []
    assert "Added" not in shop.run("customers", "restore", "1").stderr
    assert [each["id"] for each in shop.json("customers", "list")] == [1]


def test_empty_lists_say_what_to_do(shop: Shell) -> None:
    """Where there is nothing yet, the next command is named, on stderr."""
    for words in (("customers", "list"), ("find", "anna"), ("interactions", "list")):
        result = shop.run(*words)
        assert result.stdout == ""
        assert "crm " in result.stderr


def test_a_void_interaction_can_be_recorded_again_from_its_receipt(shop: Shell) -> None:
    """Voiding names the command that records the same again."""
    import shlex

    shop.run("customers", "add", "--name", "Anna Nowak")
    shop.run(
        "log", "1", "purchase", "12.50", "--at", "2026-05-01 10:00", "--text", "rye", "--channel", "in_person"
    )
    said = shop.run("interactions", "void", "1", "--reason", "mistyped").stderr
    assert shop.json("interactions", "list", "1") == []
    shop.run(*shlex.split(said.partition("To take it back: crm ")[2]))
    (again,) = shop.json("interactions", "list", "1")
    assert (again["amount"], again["at"][:16], again["payload"]["text"]) == (
        "12.50",
        "2026-05-01T10:00",
        "rye",
    )


def test_an_employee_does_what_their_role_allows(shop: Shell) -> None:
    """`--as` acts for an employee: a viewer looks and does not write (4); the history names who did what."""
    shop.run("people", "employees", "add", "Vera Viewer", "--role", "viewer")
    shop.run("people", "employees", "add", "Carl Clerk")
    shop.run("--as", "Carl Clerk", "customers", "add", "--name", "Anna Nowak")
    assert shop.json("--as", "Vera Viewer", "customers", "list")[0]["name"] == "Anna Nowak"
    assert "may not" in shop.run("--as", "Vera Viewer", "note", "1", "hello", status=4).stderr
    assert "may not" in shop.run("--as", "Carl Clerk", "db", "upgrade", status=4).stderr
    assert shop.json("customers", "history", "1")[0]["actor"] == "Carl Clerk"


def test_contacts_are_counted_the_most_frequent_first(shop: Shell) -> None:
    """How many of each kind, and in all where there are several kinds."""
    shop.run("customers", "add", "--name", "Anna Nowak")
    shop.run("log", "1", "visit")
    assert "(today); in all 1 × visit" in shop.run("show", "1").stdout.replace("\u00a0", " ")
    for _each in range(2):
        shop.run("log", "1", "call")
    assert "3 in all: 2 × call, 1 × visit" in shop.run("show", "1").stdout.replace("\u00a0", " ")
