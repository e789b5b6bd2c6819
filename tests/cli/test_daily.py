"""What a day at the shop asks of the commands: honest receipts, names for numbers, a truthful doctor."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Shell

_OBSERVER = """
from pathlib import Path
from crmkit.plugin import InteractionType, hookimpl

@hookimpl
def crmkit_register_interaction_words():
    yield InteractionType(name="ring", doc="The bell rang")

@hookimpl
def crmkit_after_interactions_recorded(interactions):
    if (Path(__file__).parent / "broken").exists():
        raise RuntimeError("the printer is off")
"""


@pytest.fixture
def anna(shop: Shell) -> Shell:
    """A CRM with one customer, Anna Nowak, number 1."""
    shop.run("customers", "add", "--name", "Anna Nowak")
    return shop


@pytest.fixture
def observed(anna: Shell) -> Shell:
    """A CRM with the plugin `bell`, which fails as long as there is a file plugins/broken."""
    folder = anna.folder / "plugins"
    folder.mkdir()
    (folder / "bell.py").write_text(_OBSERVER, encoding="utf-8")
    (folder / "bell.toml").write_text('name = "bell"\ntitle = "Bell"\ndoc = "A bell"\n', encoding="utf-8")
    anna.run("plugins", "enable", "bell")
    anna.run("customers", "update", "1", "--tag", "vip")
    return anna


def _take_back(shell: Shell, said: str) -> str:
    """Run what a receipt offers, and answer what it said."""
    command = said.partition("To take it back: ")[2].strip()
    for each in command.split(" && "):
        said = shell.run(*shlex.split(each.removeprefix("crm "))).stderr
    return said


def test_doctor_tells_of_an_observer_that_fails(observed: Shell) -> None:
    """While a plugin waits to be tried again, doctor says so with its lag, and ends with 6."""
    assert "All is well" in observed.run("doctor").stderr
    broken: Path = observed.folder / "plugins" / "broken"
    broken.touch()
    observed.run("log", "1", "visit")
    said = observed.run("doctor", status=6).stdout
    for told in ("bell", "1 entry behind", "the printer is off", "crm plugins resume bell"):
        assert told in said
    broken.unlink()
    observed.run("plugins", "resume", "bell")
    fresh = observed.run("doctor").stdout
    assert "note     bell has 1 entry to see yet" in fresh, "what is seconds old is nothing to warn of"
    observed.run("clock", "+2min")
    waiting = observed.run("doctor", status=6).stdout
    assert "warning  bell has 1 entry to see yet" in waiting
    assert "crm worker --once" in waiting
    observed.run("worker", "--once")
    assert "All is well" in observed.run("doctor").stderr


def test_check_ends_with_6_while_the_database_lacks_a_field(shop: Shell) -> None:
    """A declared field that waits for the upgrade is something wrong for a script too."""
    file = shop.folder / "crm.toml"
    file.write_text(file.read_text(encoding="utf-8") + '\n[fields.size]\ntype = "number"\n', encoding="utf-8")
    assert shop.json_findings("check") == ["warning"]
    shop.run("db", "upgrade")
    shop.run("check")


@pytest.mark.parametrize("command", ["log", "interactions record"])
def test_recording_what_is_on_record_says_so(anna: Shell, command: str) -> None:
    """A repetition is named as such, with the number it has, and nothing is offered to take back."""
    from_shop = ("visit", "--source", "shop", "--source-ref", "A-1")
    assert "void 1" in anna.run(*command.split(), "1", *from_shop).stderr
    again = anna.run(*command.split(), "1", *from_shop).stderr
    assert "on record already" in again
    assert "number 1" in again
    assert "take it back" not in again
    assert anna.json(*command.split(), "1", *from_shop)["repeated"] is True
    assert len(anna.json("interactions", "list")) == 1


def test_a_purge_names_what_stays_apart_from_what_goes(observed: Shell) -> None:
    """The interactions that the log keeps are not among what a purge would delete."""
    observed.run("log", "1", "bell.ring")
    observed.run("plugins", "uninstall", "bell")
    said = observed.run("plugins", "purge", "bell", "--dry-run").stderr
    deleted, _, kept = said.partition("The log keeps")
    assert "interactions" not in deleted
    assert "its interactions: 1" in kept


@pytest.mark.parametrize(
    ("kind", "target", "wrong"),
    [("interactions", "payload:KEY", "field:NAME"), ("customers", "field:NAME", "payload:KEY")],
)
def test_an_unknown_column_is_answered_with_what_it_can_mean(
    shop: Shell, kind: str, target: str, wrong: str
) -> None:
    """The targets that the hint points to are those of the kind of file that is read."""
    (shop.folder / "f.csv").write_text("email,xyzzy\na@example.org,1\n", encoding="utf-8")
    said = shop.run(kind, "import", "f.csv", status=5).stderr
    assert f"crm {kind} import --help" in said
    listed = shop.run(kind, "import", "--help").stdout
    assert target in listed
    assert wrong not in listed


def test_the_owner_is_told_by_name(anna: Shell) -> None:
    """Receipt and history name the employee; the way back names the one before."""
    for name in ("Ewa Lis", "Jan Wilk"):
        anna.run("people", "employees", "add", name)
    assert "owner: + Ewa Lis" in anna.run("customers", "update", "1", "--owner", "Ewa Lis").stderr
    said = anna.run("customers", "update", "1", "--owner", "Jan Wilk").stderr
    assert "owner: Ewa Lis → Jan Wilk" in said
    shown = anna.run("customers", "history", "1").stdout
    assert "Jan Wilk" in shown
    assert "owner_id" not in shown
    assert anna.json("customers", "history", "1")[0]["field"] == "owner_id", "programs get the id"
    assert "owner: Jan Wilk → Ewa Lis" in _take_back(anna, said)


@pytest.mark.parametrize("section", ["identities", "interactions", "records", "purposes", "fields"])
def test_sections_of_the_settings_name_vocabularies(shop: Shell, section: str) -> None:
    """`crm words` takes the name under which crm.toml adds to a vocabulary."""
    shop.run("words", section)


def test_an_upgrade_counts_one_value_as_one(started: Callable[..., Shell]) -> None:
    """A single value outside the choices is "1 value", two are "2 values"."""
    shell = started(toml='\n[fields.size]\ntype = "text"\n')
    file = shell.folder / "crm.toml"
    text = file.read_text(encoding="utf-8")
    for count in ("1 value on record that is not", "2 values on record that are not"):
        file.write_text(text, encoding="utf-8")
        shell.run("customers", "add", "--name", f"Anna {count[0]}", "--set", "size=huge")
        chosen = text.replace('type = "text"', 'type = "choice"\nchoices = ["small"]')
        file.write_text(chosen, encoding="utf-8")
        assert f"{count} among its choices" in shell.run("db", "upgrade", status=5).stderr


def test_a_whole_topic_is_forgotten_and_brought_back(anna: Shell) -> None:
    """Without VALUE all that was said on a topic goes, and the receipt brings all of it back."""
    for liking in (("coffee", "black"), ("coffee", "no sugar", "--inferred"), ("tea", "green")):
        anna.run("customers", "prefer", "1", *liking)

    def liked() -> set[tuple[str, str, str]]:
        kept = anna.json("customers", "show", "1")["customer"]["preferences"]
        return {(each["topic"], each["value"], each["origin"]) for each in kept}

    before = liked()
    said = anna.run("customers", "forget", "1", "coffee").stderr
    assert liked() == {("tea", "green", "stated")}
    _take_back(anna, said)
    assert liked() == before


def test_what_somebody_types_in_a_hurry_is_answered_with_the_way_on(anna: Shell) -> None:
    """A rating without its key, a minus for money given back, nothing to look for, part of a phone number."""
    anna.run("customers", "update", "1", "--phone", "+48 501 000 002")
    rating = anna.error("log", "1", "feedback", "2", status=5)
    assert rating["hint"] == "It says rating, text. Such as: --set rating=…"
    assert "crm log REF refund 5" in anna.run("log", "1", "purchase", "-5", status=2).stderr
    assert "Such as: crm find nowak" in anna.run("find", "", status=2).stderr
    assert anna.error("show", "50100000", status=3)["hint"].endswith("crm find 50100000")
    assert anna.json("find", "50100000")[0]["id"] == 1
    for wanted, option in (("Żółć", "--name"), ("z@example.org", "--email"), ("600 700", "--phone")):
        assert f"crm customers add {option} " in anna.run("find", wanted).stderr


def test_a_refund_of_more_than_was_paid_is_remarked_upon(anna: Shell) -> None:
    """With those before it, beside the purchase as it was corrected since; it is on record all the same."""
    refund = ("log", "1", "refund", "60", "--set", "purchase=1")
    anna.run("log", "1", "purchase", "100")
    anna.run("interactions", "correct", "1", "--amount", "110")
    assert "remarks" not in anna.json(*refund)
    assert "More is given back than was paid: 120.00 PLN of 110.00 PLN" in anna.run(*refund).stderr
    assert "remarks" not in anna.json("log", "1", "refund", "900"), "it names no purchase"


def test_somebody_is_added_by_name_alone(shop: Shell) -> None:
    """As it is said, with or without quotation marks; not twice."""
    assert "Jan Kot (#1)" in shop.run("customers", "add", "Jan", "Kot", "--email", "jan@example.org").stderr
    assert shop.json("customers", "add", "Ewa Kot")["customer"]["name"] == "Ewa Kot"
    assert "given twice" in shop.run("customers", "add", "Jan", "--name", "Jan", status=2).stderr
