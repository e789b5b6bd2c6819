"""What is said of a wrong command line, in the language of whoever wrote it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crmkit.cli.meant import NOUNS
from crmkit.testing import run_crm
from crmkit.testing.business import write_business

_ENGLISH = re.compile(
    r"\b(?:the|and|of|is|not|such|missing|option|argument|value|did|you|how|used)\b", re.IGNORECASE
)
_WRONG = (
    ["custmers"],
    ["customers", "lst"],
    ["words", "--strict"],
    ["find"],
    ["customers", "list", "--limt", "3"],
    ["customers", "list", "--limit"],
    ["customers", "list", "--limit", "x"],
    ["customers", "list", "--limit", "-1"],
    ["customers", "import", "none.csv"],
    ["today", "too", "much"],
    ["plugins", "list", "--json=1"],
    ["rates", "import"],
)  # fmt: skip


@pytest.mark.parametrize("language", ["pl", "ur"])
@pytest.mark.parametrize("words", _WRONG, ids=" ".join)
def test_what_click_says_of_a_misuse_is_translated(language: str, words: list[str]) -> None:
    """Its own sentences too; the words of the command line stay as they were written."""
    answer = run_crm(*words, env={"CRMKIT_LANGUAGE": language})
    assert answer.status == 2, answer.stderr
    prose = re.sub(r"crm [a-z -]+|'[^']*'|\"[^\"]*\"|--?[a-z-]+", "", answer.stderr)
    assert _ENGLISH.findall(prose) == [], answer.stderr
    assert _ENGLISH.search(run_crm(*words).stderr)


def test_programs_are_told_of_a_misuse_in_english() -> None:
    """With --json the message and the hint are English, whoever runs the program."""
    answer = run_crm("find", "--json", env={"CRMKIT_LANGUAGE": "pl"})
    assert "Missing argument 'TEXT...'." in answer.stderr
    assert "How it is used: crm find --help" in answer.stderr


def test_what_crmkit_says_itself_is_translated_with_the_values_in_place() -> None:
    """Both of its lines, what to do as well."""
    answer = run_crm("records", "add", env={"CRMKIT_LANGUAGE": "pl"})
    assert answer.stderr.splitlines()[0].endswith("Najpierw podaj ich rodzaj: crm records TYPE add")
    assert answer.stderr.splitlines()[1].endswith("crm records types")


_PLUGINS = ("operational", "analytical", "campaign", "collaborative", "email")
_MEANT = {
    "custmers": "crm customers",
    "cutsomers": "crm customers",
    "clients": "crm customers",
    "deal": "crm deals",
    "roles": "crm people roles",
    "employee": "crm people employees",
    "merge": "crm customers merge",
    "serch": "crm find",
    "exprot": "crm customers export, crm interactions export",
    "opportunities": "crm deals",
    "segments shw": "crm segments show",
    "segments create": "crm segments add",
    "customers delete": "crm customers archive, crm privacy erase",
    "customers edit": "crm customers update",
    "deals close": "crm deals win, crm deals lose",
    "tasks finish": "crm tasks done",
    "rules run": "crm plan, crm apply",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The crm.toml of a business with every bundled plugin."""
    return write_business(tmp_path_factory.mktemp("house"), plugins=_PLUGINS)


@pytest.mark.parametrize(("typed", "meant"), _MEANT.items())
def test_a_command_that_there_is_not_leads_to_what_was_meant(house: Path, typed: str, meant: str) -> None:
    """What is misspelt, what other programs call it, what stands in another place."""
    answer = run_crm("--config", house, *typed.split())
    assert answer.status == 2
    assert answer.stderr.splitlines()[1] == f"Did you mean: {meant}"


@pytest.mark.parametrize("typed", ["zzz", "frobnicate", "orbit", "customers frobnicate", "rates explain"])
def test_nothing_far_fetched_is_suggested(house: Path, typed: str) -> None:
    """Where nothing is like it, all commands are named by their page."""
    answer = run_crm("--config", house, *typed.split())
    assert answer.stderr.splitlines()[1].startswith("All commands: crm")


def test_every_other_word_leads_to_a_command(house: Path) -> None:
    """None of them is a command itself, and each command that is suggested for it is there."""
    for word, commands in NOUNS.items():
        assert run_crm("--config", house, *word.split()).status == 2, word
        for command in commands:
            assert run_crm("--config", house, *command.split(), "--help").status == 0, command


def test_a_plugin_that_is_not_in_use_is_named_for_what_is_like_its_commands(tmp_path: Path) -> None:
    """What was meant, and how to get it."""
    config = write_business(tmp_path)
    said = run_crm("--config", config, "deal").stderr.splitlines()
    assert said[1:] == [
        "Did you mean: crm deals",
        'The plugin "operational" brings it: crm plugins enable operational',
    ]
    assert run_crm("--config", config, "ticket").stderr.splitlines()[1] == "Did you mean: crm cases"
