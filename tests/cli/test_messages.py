"""`crm templates`, `crm send` and `crm go-live`, as a person uses them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.conftest import Shell

TOML = """
[fields.birthday]
type = "date"
[purposes.greetings]
type = "marketing"
[rules.birthday]
run = "daily at 00:00"
send_phone = "happy-birthday"
purpose = "greetings"
"""


@pytest.fixture
def bakery(started: Callable[..., Shell]) -> Shell:
    """A shop that writes to Anna, who agreed to it."""
    shell = started(toml=TOML)
    (shell.folder / "templates").mkdir()
    write(shell, "happy-birthday.txt", "Subject: Happy birthday!\n\nDear {{ customer.name }}, come in.")
    shell.run("customers", "add", "--name", "Anna Nowak", "--phone", "+48600100200", "--locale", "pl")
    shell.run("consent", "grant", "1", "greetings", "phone")
    return shell


def write(shell: Shell, name: str, text: str) -> None:
    """Write a template's file."""
    (shell.folder / "templates" / name).write_text(text, encoding="utf-8")


def test_templates_are_read_and_tried(bakery: Shell) -> None:
    """What there is, what it says, and what Anna would read in her language."""
    write(bakery, "happy-birthday.pl.txt", "Sto lat, {{ customer.name }}!")
    assert bakery.json("templates", "list") == [
        {"template": "happy-birthday", "languages": ["any", "pl"], "subject": "Happy birthday!",
         "html": False, "version": None, "problem": None}
    ]  # fmt: skip
    assert "Sto lat, {{ customer.name }}!" in bakery.run("templates", "show", "happy-birthday").stdout
    preview = ("templates", "preview", "happy-birthday", "--for", "Anna")
    assert bakery.run(*preview).stdout == "Sto lat, Anna Nowak!\n"
    assert (
        bakery.run(*preview, "--lang", "de").stdout
        == "Subject: Happy birthday!\n\nDear Anna Nowak, come in.\n"
    )
    assert (
        'Did you mean "happy-birthday"' in bakery.run("templates", "show", "happy_birthdy", status=3).stderr
    )


def test_a_message_says_how_the_business_is_reached(started: Callable[..., Shell]) -> None:
    """Telephone and pages stand once in crm.toml, and in every message that wants them."""
    shop = started()
    (shop.folder / "templates").mkdir(exist_ok=True)
    write(shop, "hello.txt", "Call {{ business.phone }}, see {{ business.website }}.")
    shop.run("customers", "add", "--name", "Anna Nowak")
    file = shop.folder / "crm.toml"
    said = file.read_text(encoding="utf-8").replace(
        "[crs]\n", '[crs]\nphone = "+48 22 123 45 67"\nwebsite = "https://rye.example"\n'
    )
    file.write_text(said, encoding="utf-8")
    shown = shop.run("templates", "preview", "hello", "--for", "Anna").stdout
    assert shown == "Call +48 22 123 45 67, see https://rye.example.\n"


def test_a_template_is_begun_previewed_and_tried(bakery: Shell) -> None:
    """Its files, a page for a browser in every language, and a test to a colleague, never to a customer."""
    begun = bakery.run("templates", "new", "spring", "--mjml")
    assert "templates/spring.txt and templates/spring.mjml" in begun.stderr
    assert "There is a template spring" in bakery.run("templates", "new", "spring", status=5).stderr
    write(bakery, "spring.ur.txt", "Subject: بہار\n\nسلام {{ customer.name }}")
    every = bakery.json("templates", "preview", "spring", "Anna", "--all")
    assert [(each["language"], each["subject"]) for each in every] == [
        (None, "Anna Nowak, a word from Shop"), ("ur", "بہار"),
    ]  # fmt: skip
    page = bakery.run("templates", "preview", "spring", "Anna", "--all", "--html", "-").stdout
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("<article>") == 2
    file = bakery.folder / "page.html"
    bakery.run("templates", "preview", "spring", "Anna", "--all", "--html", str(file))
    assert file.read_text(encoding="utf-8") == page
    bakery.run("templates", "preview", "spring", status=2)
    bakery.run("people", "employees", "add", "Vera", "--email", "vera@rye.example")
    write(bakery, "happy-birthday.txt", "x")
    tried = bakery.run("templates", "send", "spring", "--to", "Anna", status=3)
    assert 'There is no channel "email"' in tried.stderr


def test_templates_are_checked_before_anybody_is_written_to(bakery: Shell) -> None:
    """Syntax, names that no customer has, also where they are asked for only sometimes, and what is empty."""
    assert bakery.run("templates", "check").stderr == "1 template is right.\n"
    assert "greetings" in bakery.run("check").stdout
    for text, said in (
        ("Hi {{ customer.name", "templates/bad.txt, line 1"),
        ("{% if customer.locale == 'xx' %}{{ customer.birthdy }}{% endif %}Hi", "names customer.birthdy"),
        ("Hi {{ customr.name }}", 'names "customr"'),
        ("{{ customer.birthday }}", "(of whom nothing is known)"),
        ("{{ customer.tags | length / (1 - customer.tags | length) }}", "(of whom everything is known)"),
    ):
        write(bakery, "bad.txt", text)
        for command in (("templates", "check"), ("check",)):
            assert said in bakery.run(*command, status=6).stdout
    (bakery.folder / "templates" / "bad.txt").rename(bakery.folder / "templates" / "Bad.txt")
    assert "is no template by its name" in bakery.run("check", status=6).stdout


def test_a_message_by_hand(bakery: Shell) -> None:
    """Shown first, rehearsed to a file that is named; not sent without consent, and says why."""
    words = ("send", "Anna", "--template", "happy-birthday", "--purpose", "greetings")
    shown = bakery.run(*words, "--dry-run").stderr
    assert shown.startswith(
        "Nothing was written. This would be rehearsed:\n\nTo: Anna Nowak <+48600100200>\n"
    )
    assert not (bakery.folder / "rehearsal").exists()
    told = bakery.run(*words).stderr
    assert "Rehearsed a message to Anna Nowak by phone: rehearsal/" in told
    (file,) = (bakery.folder / "rehearsal").rglob("*.txt")
    assert str(file.relative_to(bakery.folder)) in told
    assert "Dear Anna Nowak, come in." in file.read_text(encoding="utf-8")
    bakery.run("consent", "withdraw", "1", "greetings", "phone")
    assert "Not sent: withdrew greetings by phone" in bakery.run(*words, status=5).stderr
    assert "would not be sent: withdrew" in bakery.run(*words, "--dry-run").stderr
    bakery.run("customers", "add", "--name", "Nobody")
    refused = bakery.run("send", "Nobody", "--template", "happy-birthday", "--purpose", "greetings", status=5)
    assert "There is no address for Nobody" in refused.stderr


def test_going_live_is_a_decision(bakery: Shell) -> None:
    """It shows what becomes real, asks, and says that nothing delivers; status, plan and back know."""
    assert "This is a rehearsal: what would go out is written to rehearsal/." in bakery.run("status").stdout
    assert "This is a rehearsal" in bakery.run("plan").stderr
    assert "This is a rehearsal" in bakery.run("apply", "1", "--yes").stderr
    shown = bakery.run("go-live", "--dry-run").stderr
    assert 'birthday: phone "happy-birthday"' in shown
    assert "Nothing delivers by phone" in shown
    assert "greetings has no wording" in shown
    assert "needs a yes" in bakery.run("go-live", status=2).stderr
    assert bakery.json("status")["rehearsal"] is True
    assert "crm go-live --back" in bakery.run("go-live", "--yes").stderr
    assert bakery.json("status")["rehearsal"] is False
    told = bakery.run("send", "1", "--template", "happy-birthday", "--purpose", "greetings", status=1).stderr
    assert 'Not sent: the channel "phone" has no means to deliver' in told
    file = bakery.folder / "crm.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[crs]", '[crs]\nclock = "1998-07-01T09:00"', 1), encoding="utf-8")
    assert "clock is set in" in bakery.run("status", status=5).stderr
    file.write_text(text, encoding="utf-8")
    bakery.run("go-live", "--back")
    file.write_text(text.replace("[crs]", '[crs]\nclock = "1998-07-01T09:00"', 1), encoding="utf-8")
    assert "crm clock --real" in bakery.run("go-live", "--dry-run").stderr
    file.write_text(text, encoding="utf-8")
    assert bakery.json("status")["rehearsal"] is True


def test_the_ledger_says_shortly_what_was_sent_by_hand(bakery: Shell) -> None:
    """The long number of a sending is for programs."""
    bakery.run("send", "1", "--template", "happy-birthday", "--purpose", "greetings")
    listed = bakery.run("effects", "list").stdout
    assert " send " in listed
    assert "send:" not in listed
    assert bakery.json("effects", "list")[0]["of"].startswith("send:")
